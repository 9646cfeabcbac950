import assert from 'node:assert/strict';
import type { Backend } from '../../src/backend/backend.js';
import { createTensorFlowBackend } from '../../src/backend/tensorflow/index.js';
import { createCpuBackend } from '../../src/backend/tfjs/index.js';
import { applyAll } from '../../src/engine/apply.js';
import { withContext } from '../../src/engine/context.js';
import { fromHost } from '../../src/engine/convert.js';
import { isDifferentiable, type DType } from '../../src/engine/dtype.js';
import { numbersToBits } from '../../src/engine/host.js';
import type { ParamsOf, PrimitiveName } from '../../src/engine/primitives/index.js';
import { memoryScope } from '../../src/engine/scope.js';
import { formatShape } from '../../src/engine/shape.js';
import { Tape, zerosLike } from '../../src/engine/tape.js';
import type { Tensor } from '../../src/engine/tensor.js';
import { vjpRules } from '../../src/engine/vjp/index.js';
import { locateRuntime } from '../../src/setup/runtime.js';
import { gradientCases, mirrored, type GradientCase, type Input } from './gradient-cases.js';

interface Precision {
  dtype: 'float32' | 'float64';
  /** Distance of the finite differences. */
  step: number;
  /** Accepted difference, relative to the larger of 1 and the difference quotient. */
  tolerance: number;
}

const weights = (size: number, phase: number): number[] =>
  Array.from({ length: size }, (_, i) => Math.cos(i * 1.7 + phase) + 0.3);
const differentiable = (input: Input): boolean => !input.dtype && !input.fixed;

/** A primitive at some operands: its weighted sum, gradients, and gradients of a weighted sum of gradients. */
class Subject<N extends PrimitiveName> {
  readonly name: N;
  readonly inputs: readonly Input[];
  readonly params: ParamsOf<N>;
  readonly dtype: DType;

  constructor(name: N, { inputs, params }: GradientCase<ParamsOf<N>>, dtype: DType) {
    this.name = name;
    this.inputs = inputs;
    this.dtype = dtype;
    this.params = (typeof params === 'function' ? (params as (dtype: DType) => ParamsOf<N>)(dtype) : params);
  }

  #tensors(values: readonly (readonly number[])[]): Tensor[] {
    return this.inputs.map(({ shape, dtype = this.dtype }, i) => fromHost(numbersToBits(values[i], dtype), shape, dtype));
  }

  #seed(like: Tensor, phase: number): Tensor {
    return fromHost(numbersToBits(weights(like.size, phase), like.dtype), like.shape, like.dtype);
  }

  /** Runs the primitive under a tape; gives gradients by the differentiated operands. */
  #gradients(tensors: readonly Tensor[]): Tensor[] {
    const tape = new Tape();
    const sources = tensors.filter((_, i) => differentiable(this.inputs[i]));
    tape.watch(...sources);
    const outputs = tape.run(() => applyAll(this.name, tensors, this.params)).filter(({ dtype }) => isDifferentiable(dtype));
    return tape.gradients(outputs, sources, outputs.map((y, i) => this.#seed(y, i)))
      .map((gradient, i) => gradient ?? zerosLike(sources[i]));
  }

  /** The primitive's results, weighted and added up. */
  value(values: readonly (readonly number[])[]): number {
    return memoryScope(() => {
      const outputs = applyAll(this.name, this.#tensors(values), this.params).filter(({ dtype }) => isDifferentiable(dtype));
      return outputs.reduce((sum, y, i) => sum + dot(y, weights(y.size, i)), 0);
    });
  }

  /** The gradients, weighted and added up. */
  gradientValue(values: readonly (readonly number[])[]): number {
    return memoryScope(() =>
      this.#gradients(this.#tensors(values)).reduce((sum, g, i) => sum + dot(g, weights(g.size, i + 9)), 0));
  }

  first(): ReturnType<typeof host>[] {
    return memoryScope(() => this.#gradients(this.#tensors(this.inputs.map(({ values }) => values))).map(host));
  }

  second(): ReturnType<typeof host>[] {
    return memoryScope(() => {
      const tensors = this.#tensors(this.inputs.map(({ values }) => values));
      const sources = tensors.filter((_, i) => differentiable(this.inputs[i]));
      const tape = new Tape();
      tape.watch(...sources);
      const first = tape.run(() => this.#gradients(tensors));
      return tape.gradients(first, sources, first.map((g, i) => this.#seed(g, i + 9)))
        .map((gradient, i) => host(gradient ?? zerosLike(sources[i])));
    });
  }
}

const host = (tensor: Tensor): { shape: readonly number[]; dtype: DType; values: number[] } =>
  ({ shape: tensor.shape, dtype: tensor.dtype, values: Array.from(tensor.dataSync() as Float64Array) });
const dot = (tensor: Tensor, other: readonly number[]): number =>
  Array.from(tensor.dataSync() as Float64Array).reduce((sum, v, i) => sum + v * other[i], 0);

/** Gradients by matrices that are moved symmetrically: the mean with the transpose. */
const symmetrized = (gradient: ReturnType<typeof host>): ReturnType<typeof host> => ({
  ...gradient,
  values: gradient.values.map((v, i) => (v + gradient.values[mirrored(gradient.shape, i)]) / 2),
});

/** Compares gradients with difference quotients of `f`, element by element. */
function compare(
  what: string, inputs: readonly Input[], found: ReturnType<typeof host>[], f: (values: number[][]) => number,
  { dtype, step, tolerance }: Precision,
): void {
  const values = inputs.map((input) => [...input.values]);
  let next = 0;
  inputs.forEach((input, i) => {
    if (!differentiable(input)) return;
    const gradient = input.symmetric ? symmetrized(found[next]) : found[next];
    next++;
    assert.deepEqual([gradient.shape, gradient.dtype], [input.shape, dtype], `${what}: gradient by operand ${i}`);
    gradient.values.forEach((value, j) => {
      // Half of the way for each of two mirrored elements.
      const across = input.symmetric ? mirrored(input.shape, j) : j;
      const moveBy = (by: number): number => {
        values[i] = [...input.values];
        values[i][j] += by / 2;
        values[i][across] += by / 2;
        return f(values);
      };
      const [above, below] = [moveBy(step), moveBy(-step)];
      values[i] = [...input.values];
      const expected = (above - below) / (2 * step);
      assert.ok(Math.abs(value - expected) <= tolerance * Math.max(1, Math.abs(expected)),
        `${what}: by element ${j} of operand ${i} is ${value}, the difference quotient ${expected}`);
    });
  });
}

function check<N extends PrimitiveName>(name: N, item: GradientCase<ParamsOf<N>>, precision: Precision): void {
  const subject = new Subject(name, item, precision.dtype);
  compare('gradient', item.inputs, subject.first(), (values) => subject.value(values), precision);
  if (item.second ?? true) {
    compare('second derivative', item.inputs, subject.second(), (values) => subject.gradientValue(values), precision);
  }
}

const describeCase = ({ inputs, params }: GradientCase<unknown>): string =>
  `${inputs.map(({ shape, dtype }) => (dtype ?? '') + formatShape(shape)).join(' ')} ${JSON.stringify(params) ?? ''}`;

const SINGLE: Precision = { dtype: 'float32', step: 5e-3, tolerance: 1e-2 };
const settings: Record<string, { create: () => Backend; precision: Precision }> = {
  tensorflow: { create: createTensorFlowBackend, precision: { dtype: 'float64', step: 1e-5, tolerance: 1e-6 } },
  cpu: { create: createCpuBackend, precision: SINGLE },
};

for (const [backendName, { create, precision }] of Object.entries(settings)) {
  describe(`gradients against finite differences, ${backendName} in ${precision.dtype}`, () => {
    let backend: Backend;
    before(function () {
      if (backendName === 'tensorflow' && 'missing' in locateRuntime()) this.skip();
      backend = create();
    });
    for (const name of Object.keys(gradientCases) as PrimitiveName[]) {
      const cases = gradientCases[name];
      if (cases === null) {
        it(`${name} lets no gradient through`, () => assert.equal(vjpRules[name], null));
      } else if (cases instanceof RegExp) {
        it(`${name} refuses, and says so`, () =>
          assert.throws(() => (vjpRules[name] as unknown as (context: object) => void)({}), cases));
      } else {
        for (const item of cases as readonly GradientCase<never>[]) {
          it(`${name}: ${describeCase(item)}`, () =>
            withContext({ backend }, () => check(name, item, item.single ? SINGLE : precision)));
        }
      }
    }
  });
}
