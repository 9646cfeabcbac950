/** One layer against its golden row: config, weights, shapes, outputs, masks, losses, gradients, state; eager and compiled. */
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { UnsupportedError } from '../../src/backend/tfjs/storage.js';
import { grad, variable_gradients } from '../../src/engine/gradients.js';
import { jit } from '../../src/engine/jit.js';
import { tidy } from '../../src/engine/scope.js';
import { flatten, mapStructure } from '../../src/engine/structure.js';
import { Tensor } from '../../src/engine/tensor.js';
import type { Layer } from '../../src/layers/index.js';
import '../../src/layers/index.js';
import * as ops from '../../src/ops/index.js';
import { KerasTensor } from '../../src/ops/keras-tensor.js';
import { getExportedObject } from '../../src/saving/registration.js';
import { resetNames } from '../../src/utils/naming.js';
import { withoutBuildConfig } from './without-build-config.js';
import { isGoldenTensor, loadGolden, type GoldenTensor, type GoldenValue, type Tolerance } from '../golden/golden.js';
import { argumentOf, expectTensor, tensorOf } from '../golden/tensors.js';
import { describeBackends } from './backends.js';

interface GoldenRun {
  output: GoldenValue;
  output_mask?: GoldenValue;
  losses?: GoldenTensor[];
  probe?: GoldenTensor[];
  input_grads?: (GoldenTensor | null)[];
  weight_grads?: (GoldenTensor | null)[];
  state_after?: GoldenTensor[];
}

export interface GoldenLayer {
  class_name: string;
  config: Record<string, unknown>;
  serialized: { class_name: string; build_config?: Record<string, unknown> };
  count_params: number;
  output_shape: unknown;
  output_dtype: unknown;
  weights: { name: string; path: string; trainable: boolean; value: GoldenTensor }[];
  inputs: GoldenValue;
  call: Record<string, GoldenValue>;
  mask?: (GoldenTensor | null)[];
  inference: GoldenRun;
  training?: GoldenRun;
}

interface LayerClass {
  from_config(config: Record<string, unknown>): Layer;
}

/** What is allowed to differ. */
export interface LayerGoldenOptions {
  tolerance?: Tolerance;
  /** What the rows of bfloat16 are allowed on a processor without AVX-512. */
  other_rounding?: Tolerance;
  /** Why a row is left out because Python Keras is wrong there; undefined for rows that count. */
  departure?: (row: GoldenLayer) => string | undefined;
  /** Shape and dtype of the symbolic output, where Keras says something else there than what the call gives. */
  symbolic?: (row: GoldenLayer) => Partial<Pick<GoldenLayer, 'output_shape' | 'output_dtype'>>;
}

/** The symbolic output as the call's real one, with an open batch. */
export function asComputed(row: GoldenLayer): Pick<GoldenLayer, 'output_shape' | 'output_dtype'> {
  const outputs = leavesOf(row.inference.output);
  const shapes = outputs.map(({ shape }) => [null, ...shape.slice(1)]);
  const dtypes = outputs.map(({ dtype }) => dtype);
  return outputs.length > 1 ? { output_shape: shapes, output_dtype: dtypes } : { output_shape: shapes[0], output_dtype: dtypes[0] };
}

/** Half-precision rows are chains of rounded steps, in another order than TensorFlow's. */
const HALF_TOLERANCE: Tolerance = { rtol: 1e-2, atol: 4e-3 };
const FLOAT_TOLERANCE: Tolerance = { rtol: 2e-5, atol: 2e-6 };
/** The rows of bfloat16 were made on a processor with AVX-512; another may round them otherwise. */
const roundsLikeRows = process.platform !== 'linux' || /avx512/.test(readFileSync('/proc/cpuinfo', 'utf8'));

function toleranceFor(row: GoldenLayer, { tolerance, other_rounding }: LayerGoldenOptions): (golden: GoldenTensor) => Tolerance {
  const policy = JSON.stringify(row.config.dtype);
  const half = policy.includes('bfloat16') && !roundsLikeRows ? { ...HALF_TOLERANCE, ...other_rounding } : HALF_TOLERANCE;
  return ({ dtype }) => {
    if (policy.includes('16')) return half;
    return dtype === 'float32' ? { ...FLOAT_TOLERANCE, ...tolerance } : {};
  };
}

/** JSON with the digits that float32 has, so that configs can be compared as text with their order of keys. */
export const configText = (config: unknown): string =>
  JSON.stringify(config, (_, value: unknown) => (typeof value === 'number' ? Number(value.toPrecision(6)) : value));

export const layerOf = (row: Pick<GoldenLayer, 'class_name' | 'config'> & { serialized?: { class_name: string } }): Layer => {
  // The public name, which may be another than the class's own.
  const name = row.serialized?.class_name ?? row.class_name;
  const found = getExportedObject(`keras.layers.${name}`) as unknown as LayerClass | undefined;
  if (!found) throw new Error(`keras.layers.${name} does not exist`);
  // Layers inside are built by the one around them, as they were for the row.
  return found.from_config(withoutBuildConfig(row.config) as Record<string, unknown>);
};

/** The tensors of a golden value, in the order of `flatten`. */
function leavesOf(value: GoldenValue): GoldenTensor[] {
  if (isGoldenTensor(value)) return [value];
  return Array.isArray(value) ? value.flatMap(leavesOf) : [];
}

/** The masks of outputs, in the order of `flatten`; null where there is none. */
function masksOf(value: GoldenValue): (GoldenTensor | null)[] {
  if (isGoldenTensor(value)) return [value];
  return Array.isArray(value) ? value.flatMap(masksOf) : [null];
}

const isFloat = (tensor: Tensor): boolean => tensor.dtype.includes('float');

function inputsOf(row: GoldenLayer): unknown {
  const inputs = argumentOf(row.inputs);
  flatten(inputs).forEach((x, i) => {
    const mask = row.mask?.[i];
    if (mask && x instanceof Tensor) x.mask = tensorOf(mask);
  });
  return inputs;
}

function prepare(row: GoldenLayer): Layer {
  const layer = layerOf(row);
  if (row.serialized.build_config) layer.build_from_config(row.serialized.build_config);
  layer.set_weights(row.weights.map(({ value }) => tensorOf(value)));
  return layer;
}

const callOf = (layer: Layer, row: GoldenLayer, training: boolean): ((inputs: unknown) => unknown) => {
  const options = { ...(argumentOf(row.call) as object), training };
  return (inputs) => layer<unknown, unknown>(inputs, options);
};

function checkDescription(row: GoldenLayer): void {
  const layer = prepare(row);
  expect(configText(layer.get_config()), 'config').to.equal(configText(row.config));
  expect(layer.get_build_config() ?? undefined, 'build config').to.deep.equal(row.serialized.build_config);
  expect(layer.weights.map(({ name, path, trainable }) => ({ name, path, trainable })), 'weights')
    .to.deep.equal(row.weights.map(({ name, path, trainable }) => ({ name, path, trainable })));
  expect(layer.count_params(), 'count_params').to.equal(row.count_params);
  const specOf = ({ shape, dtype }: GoldenTensor): KerasTensor => new KerasTensor([null, ...shape.slice(1)], dtype);
  const specsIn = (value: GoldenValue): unknown =>
    (isGoldenTensor(value) ? specOf(value) : Array.isArray(value) ? value.map(specsIn) : value);
  const specs = leavesOf(row.inputs).map(specOf);
  const named = Object.fromEntries(Object.entries(row.call).map(([name, value]) => [name, specsIn(value)]));
  const spec = layer<unknown, unknown>(Array.isArray(row.inputs) ? specs : specs[0], named);
  const leaf = (read: (tensor: KerasTensor) => unknown): unknown => mapStructure((one) => read(one as KerasTensor), spec);
  expect(leaf(({ shape }) => shape), 'symbolic shape').to.deep.equal(row.output_shape);
  expect(leaf(({ dtype }) => dtype), 'symbolic dtype').to.deep.equal(row.output_dtype);
  // The shape is not a function of the inputs' alone where the call has other arguments.
  if (Object.keys(row.call).length > 0) return;
  const shapes = specs.map(({ shape }) => shape);
  expect(layer.compute_output_shape(Array.isArray(row.inputs) ? shapes : shapes[0]), 'compute_output_shape')
    .to.deep.equal(row.output_shape);
}

function checkOutputs(row: GoldenLayer, run: GoldenRun, training: boolean, allowed: (golden: GoldenTensor) => Tolerance): void {
  const layer = prepare(row);
  const outputs = callOf(layer, row, training)(inputsOf(row));
  const golden = leavesOf(run.output);
  (flatten(outputs) as Tensor[]).forEach((output, i) => expectTensor(output, golden[i], 'output', allowed(golden[i])));
  const masks = masksOf(run.output_mask ?? null);
  (flatten(outputs) as Tensor[]).forEach(({ mask }, i) => {
    const expected = masks[i] ?? null;
    if (expected) expectTensor(mask!, expected, 'mask of the output');
    else expect(mask, 'mask of the output').to.equal(undefined);
  });
  const { losses } = layer;
  expect(losses.length, 'number of losses').to.equal(run.losses?.length ?? 0);
  run.losses?.forEach((loss, i) => expectTensor(losses[i], loss, `loss ${i}`, allowed(loss)));
  run.state_after?.forEach((value, i) =>
    expectTensor(layer.non_trainable_weights[i].value, value, layer.non_trainable_weights[i].path, allowed(value)));
}

/** Outputs and state of the compiled call; masks come in as arguments. */
function checkCompiled(row: GoldenLayer, run: GoldenRun, training: boolean, allowed: (golden: GoldenTensor) => Tolerance): void {
  const layer = prepare(row);
  const call = callOf(layer, row, training);
  const compiled = jit((inputs: unknown, masks: unknown[]) => {
    flatten(inputs).forEach((x, i) => {
      if (masks[i] instanceof Tensor && x instanceof Tensor) x.mask = masks[i];
    });
    return flatten(call(inputs));
  });
  const inputs = inputsOf(row);
  const outputs = compiled(inputs, flatten(inputs).map((x) => (x as Tensor).mask ?? null));
  compiled.dispose();
  const golden = leavesOf(run.output);
  (outputs as Tensor[]).forEach((output, i) => expectTensor(output, golden[i], 'compiled output', allowed(golden[i])));
  run.state_after?.forEach((value, i) =>
    expectTensor(layer.non_trainable_weights[i].value, value, `compiled ${layer.non_trainable_weights[i].path}`, allowed(value)));
}

function checkGradients(row: GoldenLayer, run: GoldenRun, training: boolean, allowed: (golden: GoldenTensor) => Tolerance): void {
  const { probe, input_grads, weight_grads } = run;
  if (!probe || !input_grads || !weight_grads || (input_grads.length === 0 && weight_grads.length === 0)) return;
  // A call in training changes the state, so each gradient has a layer of its own.
  const weigh = (layer: Layer, inputs: unknown): Tensor => (flatten(callOf(layer, row, training)(inputs)) as Tensor[])
    .map((output, i) => ops.sum(ops.multiply(ops.cast(output, 'float32'), tensorOf(probe[i]))))
    .reduce((a, b) => ops.add(a, b));
  const compare = (found: (Tensor | null)[], expected: (GoldenTensor | null)[], what: string): void => {
    expect(found.length, `number of ${what}`).to.equal(expected.length);
    expected.forEach((golden, i) => {
      const tensor = found[i];
      if (golden && tensor) expectTensor(tensor, golden, `${what} ${i}`, allowed(golden));
      else if (golden) expect(golden.data, `${what} ${i}, where nothing flows`).to.deep.equal(golden.data.map(() => 0));
      else if (tensor) expect(Math.max(0, ...(tensor.dataSync() as Float32Array).map(Math.abs)), `${what} ${i}`).to.equal(0);
    });
  };
  const inputs = inputsOf(row);
  const floats = (flatten(inputs) as Tensor[]).filter(isFloat);
  if (floats.length > 0) {
    const layer = prepare(row);
    compare(grad((given: unknown[]) => {
      let next = 0;
      return weigh(layer, Array.isArray(inputs) ? inputs.map((x) => (isFloat(x as Tensor) ? given[next++] : x)) : given[0]);
    })(floats) as Tensor[], input_grads, 'gradient of input');
  }
  if (weight_grads.length > 0) {
    const layer = prepare(row);
    // A call may take the masks off its inputs, so that they are made anew.
    const again = inputsOf(row);
    const [, found] = variable_gradients(() => weigh(layer, again), layer.trainable_weights);
    compare(found, weight_grads, 'gradient of weight');
  }
}

/** Everything that a row says of a layer. */
export function checkGoldenLayer(row: GoldenLayer, options: LayerGoldenOptions = {}): void {
  const allowed = toleranceFor(row, options);
  for (const [run, training] of [[row.inference, false], [row.training, true]] as const) {
    if (!run) continue;
    tidy(() => checkOutputs(row, run, training, allowed));
    tidy(() => checkCompiled(row, run, training, allowed));
    tidy(() => checkGradients(row, run, training, allowed));
  }
}

/** A short name for a row: the class, and the options that are not defaults of their kind. */
const titleOf = (row: GoldenLayer, i: number): string => `${i}: ${row.class_name} on ${leavesOf(row.inputs)
  .map(({ shape }) => `[${shape.join(', ')}]`).join(', ')}${row.mask ? ' with a mask' : ''}`;

/** A test for each row of `test/golden/layers/<family>.json`. */
export function describeGoldenLayers(family: string, options: LayerGoldenOptions = {}): void {
  const rows = loadGolden<GoldenLayer>('layers', family).cases;
  describeBackends(`golden layers: ${family}`, (backend) => {
    rows.forEach((row, i) => {
      const departure = options.departure?.(row);
      it(titleOf(row, i) + (departure ? ` (left out: ${departure})` : ''), function () {
        if (departure) this.skip();
        try {
          resetNames();
          checkDescription({ ...row, ...options.symbolic?.(row) });
          checkGoldenLayer(row, options);
        } catch (error) {
          // The other backends lack some dtypes, and say so.
          if (backend !== 'tensorflow' && error instanceof UnsupportedError) this.skip();
          throw error;
        }
      });
    });
  });
}
