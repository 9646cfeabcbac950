/** What every layer must do, checked by one call: configs, building, three ways of calling, masks, dtypes, memory. */
import { expect } from 'chai';
import { UnsupportedError } from '../../src/backend/tfjs/storage.js';
import type { DType } from '../../src/engine/dtype.js';
import { activeBackend } from '../../src/engine/context.js';
import { variable_gradients } from '../../src/engine/gradients.js';
import { jit } from '../../src/engine/jit.js';
import { tidy } from '../../src/engine/scope.js';
import type { Shape, SymbolicShape } from '../../src/engine/shape.js';
import { flatten, mapStructure } from '../../src/engine/structure.js';
import { Tensor } from '../../src/engine/tensor.js';
import { fromHost, toTensor } from '../../src/engine/convert.js';
import { numbersToBits } from '../../src/engine/host.js';
import type { Layer } from '../../src/layers/index.js';
import * as ops from '../../src/ops/index.js';
import { KerasTensor } from '../../src/ops/keras-tensor.js';
import type { SeedGenerator } from '../../src/random/index.js';
import { ownedBy } from '../../src/layers/tracking.js';
import { describeBackends } from './backends.js';

export interface LayerTest {
  /** Arguments of the constructor, by name. */
  init_kwargs?: Record<string, unknown>;
  /** Shape of the input, or an array of shapes for several; filled with small numbers. */
  input_shape: Shape | readonly Shape[];
  /** Default float32; integers are filled with 0, 1, 2, ... up to 4. */
  input_dtype?: DType;
  /** Shapes of further tensors that the call takes, by name; filled as the input is. */
  call_shapes?: Readonly<Record<string, Shape>>;
  /** Named arguments of the call. */
  call_kwargs?: Record<string, unknown>;
  expected_output_shape?: Shape;
  expected_num_trainable_weights?: number;
  expected_num_non_trainable_weights?: number;
  expected_num_seed_generators?: number;
  expected_num_losses?: number;
  supports_masking?: boolean;
  /** The shape of the mask that comes out for a mask [batch, steps] of the (first) input. */
  expected_mask_shape?: Shape;
  /** Whether the layer is built by its constructor, as layers without weights are. */
  built_at_init?: boolean;
  /** Whether it computes in half precision under a mixed policy. Default true. */
  mixed_precision?: boolean;
}

type LayerConstructor = (new (options: never) => Layer) & { from_config(config: Record<string, unknown>): Layer };

const isShapeList = (shape: Shape | readonly Shape[]): shape is readonly Shape[] => Array.isArray(shape[0]);
const size = (shape: Shape): number => shape.reduce((n, d) => n * d, 1);

/** Numbers between -1 and 1 without a pattern, the same at every call. */
function dataOf(shape: Shape, dtype: DType, salt: number): Tensor {
  const values = Array.from({ length: size(shape) }, (_, i) => (dtype.startsWith('int')
    ? (i + salt) % 5 : Math.fround(Math.sin(i * 12.9898 + salt * 78.233))));
  return fromHost(numbersToBits(values, dtype), shape, dtype);
}

function inputsFor({ input_shape, input_dtype = 'float32' }: LayerTest): Tensor | Tensor[] {
  return isShapeList(input_shape)
    ? input_shape.map((shape, i) => dataOf(shape, input_dtype, i)) : dataOf(input_shape, input_dtype, 0);
}

const shapesFor = ({ input_shape }: LayerTest, batch?: null): unknown => {
  const withBatch = (shape: Shape): SymbolicShape => (batch === null ? [null, ...shape.slice(1)] : [...shape]);
  return isShapeList(input_shape) ? input_shape.map(withBatch) : withBatch(input_shape);
};

const specsFor = (test: LayerTest, batch?: null): unknown => {
  const spec = (shape: Shape): KerasTensor =>
    new KerasTensor(batch === null ? [null, ...shape.slice(1)] : shape, test.input_dtype ?? 'float32');
  return isShapeList(test.input_shape) ? test.input_shape.map(spec) : spec(test.input_shape);
};

/** The further tensors of a call: as the inputs, KerasTensors or tensors. */
function furtherFor({ call_shapes = {}, input_dtype = 'float32' }: LayerTest, inputs: unknown): Record<string, unknown> {
  const [first] = flatten(inputs);
  return Object.fromEntries(Object.entries(call_shapes).map(([name, shape], i) => {
    if (!(first instanceof KerasTensor)) return [name, dataOf(shape, input_dtype, i + 7)];
    return [name, new KerasTensor(first.shape[0] === null ? [null, ...shape.slice(1)] : shape, input_dtype)];
  }));
}

const shapesOfAll = (test: LayerTest): unknown[] => [shapesFor(test), ...Object.values(test.call_shapes ?? {})];

const seedsOf = (layer: Layer): SeedGenerator[] => ownedBy(layer).seedGenerators;
const call = (layer: Layer, inputs: unknown, test: LayerTest): unknown =>
  layer<unknown, unknown>(inputs, { ...furtherFor(test, inputs), ...test.call_kwargs });
const values = (outputs: unknown): unknown[] => (flatten(outputs) as Tensor[]).map((x) => Array.from(x.dataSync() as Float32Array));

/** Weights and seeds as they are now, and the way back. */
function snapshot(layer: Layer): () => void {
  const saved = layer.variables.map((variable) => ({ variable, data: variable.value.bits() }));
  return () => {
    for (const { variable, data } of saved) variable.assign(fromHost(data, variable.shape, variable.dtype));
  };
}

function expectClose(actual: unknown[], expected: unknown[], what: string, tolerance = 1e-5): void {
  expect(actual.length, what).to.equal(expected.length);
  actual.forEach((one, i) => (one as number[]).forEach((value, j) => {
    const wanted = (expected[i] as number[])[j];
    const near = Number.isNaN(wanted) ? Number.isNaN(value) : Math.abs(value - wanted) <= tolerance * (1 + Math.abs(wanted));
    if (!near) throw new Error(`${what}: output ${i} at ${j}: expected ${wanted}, received ${value}`);
  }));
}

function checkConfig(make: LayerConstructor, layer: Layer): void {
  const config = layer.get_config();
  const read = JSON.parse(JSON.stringify(config)) as Record<string, unknown>;
  const revived = make.from_config(read);
  expect(JSON.stringify(revived.get_config()), 'config after a round trip through JSON').to.equal(JSON.stringify(config));
  expect(revived.built, 'built after from_config').to.equal(layer.built);
}

function checkCounts(layer: Layer, test: LayerTest): void {
  const expected = (name: keyof LayerTest, received: number): void => {
    if (test[name] !== undefined) expect(received, name).to.equal(test[name]);
  };
  expected('expected_num_trainable_weights', layer.trainable_weights.length);
  expected('expected_num_non_trainable_weights', layer.non_trainable_weights.length);
  expected('expected_num_seed_generators', seedsOf(layer).length);
  if (test.supports_masking !== undefined) expect(layer.supports_masking, 'supports_masking').to.equal(test.supports_masking);
}

function checkBuild(make: LayerConstructor, test: LayerTest): void {
  const layer = new make({ ...test.init_kwargs } as never);
  if (!layer.built) layer.build(...shapesOfAll(test));
  expect(layer.built, 'built').to.equal(true);
  checkCounts(layer, test);
  const again = new make({ ...test.init_kwargs } as never);
  again.build_from_config(JSON.parse(JSON.stringify(layer.get_build_config())) as Record<string, unknown> | null);
  expect(again.weights.map((w) => w.shape), 'weights after build_from_config').to.deep.equal(layer.weights.map((w) => w.shape));
}

/** Symbolic, eager, compiled and stateless calls agree. */
function checkCalls(make: LayerConstructor, test: LayerTest): void {
  const layer = new make({ ...test.init_kwargs } as never);
  const fixed = flatten(call(layer, specsFor(test), test)) as KerasTensor[];
  const open = flatten(call(layer, specsFor(test, null), test)) as KerasTensor[];
  const rewind = snapshot(layer);
  const inputs = inputsFor(test);
  const eager = flatten(call(layer, inputs, test)) as Tensor[];
  if (test.expected_output_shape) expect(eager[0].shape, 'expected_output_shape').to.deep.equal(test.expected_output_shape);
  if (test.expected_num_losses !== undefined) expect(layer.losses.length, 'expected_num_losses').to.equal(test.expected_num_losses);
  expect(fixed.map(({ shape, dtype }) => ({ shape, dtype })), 'symbolic shapes and dtypes')
    .to.deep.equal(eager.map(({ shape, dtype }) => ({ shape: [...shape], dtype })));
  const batch = (isShapeList(test.input_shape) ? test.input_shape[0] : test.input_shape)[0];
  open.forEach(({ shape }, i) => {
    const completed = shape.map((d, axis) => d ?? (axis === 0 ? eager[i].shape[0] : eager[i].shape[axis]));
    expect(completed, 'symbolic shape of an open batch').to.deep.equal([...eager[i].shape]);
    if (eager[i].shape[0] === batch) expect(shape[0], 'the batch of the symbolic shape').to.equal(null);
  });
  const shapeRule = layer.compute_output_shape.bind(layer) as (...shapes: unknown[]) => unknown;
  expect(flattenShapes(shapeRule(...shapesOfAll(test))), 'compute_output_shape')
    .to.deep.equal(eager.map(({ shape }) => [...shape]));

  const after = layer.variables.map((variable) => Array.from(variable.value.dataSync() as Float32Array, Number));
  rewind();
  const compiled = jit((x: unknown) => call(layer, x, test));
  expectClose(values(compiled(inputs)), values(eager), 'compiled outputs');
  compiled.dispose();
  expectClose(layer.variables.map((variable) => Array.from(variable.value.dataSync() as Float32Array, Number)), after,
    'state after the compiled call');

  rewind();
  const before = layer.variables.map((variable) => Array.from(variable.value.dataSync() as Float32Array, Number));
  const [outputs, updated] = layer.stateless_call(
    layer.trainable_variables.map((v) => v.value), layer.non_trainable_variables.map((v) => v.value), inputs,
    { ...furtherFor(test, inputs), ...test.call_kwargs });
  expectClose(values(outputs), values(eager), 'stateless outputs');
  const expectedState = layer.non_trainable_variables.map((variable) => after[layer.variables.indexOf(variable)]);
  expectClose(updated.map((x) => Array.from(x.dataSync() as Float32Array, Number)), expectedState, 'state of the stateless call');
  expectClose(layer.variables.map((variable) => Array.from(variable.value.dataSync() as Float32Array, Number)), before,
    'variables after the stateless call');
}

const flattenShapes = (shapes: unknown): unknown[] =>
  (Array.isArray(shapes) && Array.isArray(shapes[0]) ? shapes.flatMap(flattenShapes) : [shapes]);

/** Gradients of the trainable weights exist, are finite, and are the same when compiled. */
function checkGradients(make: LayerConstructor, test: LayerTest): void {
  const layer = new make({ ...test.init_kwargs } as never);
  const inputs = inputsFor(test);
  call(layer, inputs, test);
  const weights = layer.trainable_weights;
  if (weights.length === 0) return;
  const rewind = snapshot(layer);
  const gradients = (x: unknown): Tensor[] => {
    const [, found] = variable_gradients(() => ops.sum(ops.square(ops.cast(flatten(call(layer, x, test))[0] as Tensor, 'float32'))), weights);
    return found.map((gradient, i) => gradient ?? ops.zeros(weights[i].shape));
  };
  const eager = gradients(inputs);
  eager.forEach((gradient, i) => {
    expect(gradient.shape, `gradient of ${weights[i].path}`).to.deep.equal(weights[i].shape);
    expect((gradient.dataSync() as Float32Array).every(Number.isFinite), `gradient of ${weights[i].path} is finite`).to.equal(true);
  });
  rewind();
  const compiled = jit(gradients);
  expectClose(values(compiled(inputs)), values(eager), 'compiled gradients', 1e-4);
  compiled.dispose();
}

function checkMask(make: LayerConstructor, test: LayerTest): void {
  if (!test.supports_masking || !test.expected_mask_shape) return;
  const layer = new make({ ...test.init_kwargs } as never);
  const inputs = mapStructure((leaf) => {
    const x = leaf as Tensor;
    const [batch, steps] = x.shape;
    x.mask = toTensor(Array.from({ length: batch }, (_, i) => Array.from({ length: steps }, (__, j) => (i + j) % 2 === 0)));
    return x;
  }, inputsFor(test));
  const [output] = flatten(call(layer, inputs, test)) as Tensor[];
  expect(output.mask?.shape, 'expected_mask_shape').to.deep.equal(test.expected_mask_shape);
  expect(output.mask?.dtype, 'dtype of the mask').to.equal('bool');
}

/** Weights in float32, computation in half precision. */
function checkMixedPrecision(make: LayerConstructor, test: LayerTest): void {
  if (test.mixed_precision === false) return;
  for (const dtype of ['float16', 'bfloat16'] as const) {
    const layer = new make({ ...test.init_kwargs, dtype: `mixed_${dtype}` } as never);
    const spec = flatten(call(layer, specsFor(test), test))[0] as KerasTensor;
    const output = flatten(call(layer, inputsFor(test), test))[0] as Tensor;
    // Counters are integers all the same.
    for (const { dtype, path } of layer.weights) if (!dtype.startsWith('int')) expect(dtype, `dtype of ${path}`).to.equal('float32');
    if (output.dtype.includes('float')) expect(output.dtype, `output under mixed_${dtype}`).to.equal(dtype);
    expect(spec.dtype, `symbolic dtype under mixed_${dtype}`).to.equal(output.dtype);
    expect((output.dataSync() as Float32Array).every((value) => Number.isFinite(Number(value))), 'finite').to.equal(true);
  }
}

/** Calls leave no tensors behind but their results. */
function checkMemory(make: LayerConstructor, test: LayerTest): void {
  const layer = new make({ ...test.init_kwargs } as never);
  const inputs = inputsFor(test);
  const further = furtherFor(test, inputs);
  const run = (): void => {
    for (const output of flatten(layer<unknown, unknown>(inputs, { ...further, ...test.call_kwargs })) as Tensor[]) {
      const isInput = (flatten(inputs) as Tensor[]).includes(output);
      if (output.logits !== inputs) output.logits?.dispose();
      output.mask?.dispose();
      if (!isInput) output.dispose();
    }
    for (const one of layer._flatten_layers()) for (const loss of one._losses) loss.dispose();
  };
  run();
  const before = activeBackend().memory();
  for (let i = 0; i < 3; i++) run();
  call(layer, specsFor(test), test);
  expect(activeBackend().memory(), 'tensors and bytes in use after calls').to.deep.equal(before);
}

/** All checks of one layer under one set of options, on the active backend. */
export function runLayerTest(make: LayerConstructor, test: LayerTest): void {
  const layer = new make({ ...test.init_kwargs } as never);
  if (test.built_at_init !== undefined) expect(layer.built, 'built_at_init').to.equal(test.built_at_init);
  expect(layer.name.startsWith(layer.constructor.name[0].toLowerCase()), `default name ${layer.name}`).to.equal(true);
  checkConfig(make, layer);
  tidy(() => checkBuild(make, test));
  tidy(() => checkCalls(make, test));
  tidy(() => checkGradients(make, test));
  tidy(() => checkMask(make, test));
  checkMemory(make, test);
  try {
    tidy(() => checkMixedPrecision(make, test));
  } catch (error) {
    // Backends without half precision say so.
    if (!(error instanceof UnsupportedError)) throw error;
  }
}

/** A test of each layer and its options, on every backend. */
export function describeLayers(title: string, rows: readonly (readonly [LayerConstructor, LayerTest])[]): void {
  describeBackends(title, () => {
    rows.forEach(([make, test]) => {
      it(`${make.name} ${JSON.stringify(test.init_kwargs ?? {})} on ${JSON.stringify(test.input_shape)}`, () => {
        runLayerTest(make, test);
      });
    });
  });
}
