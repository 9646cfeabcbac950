/** Architectures as the golden files of `applications/` know them: built small, described line by line, filled by formula. */
import { createHash } from 'node:crypto';
import * as applications from '../../src/applications/index.js';
import { NDArray } from '../../src/engine/convert.js';
import { VarianceScaling } from '../../src/initializers/index.js';
import { Layer } from '../../src/layers/index.js';
import type { Model } from '../../src/models/index.js';
import { zeros } from '../../src/ops/index.js';
import type { KerasTensor } from '../../src/ops/keras-tensor.js';
import { counterDType } from '../../src/utils/counter-dtype.js';
import { resetNames } from '../../src/utils/naming.js';

const SMALLEST: Readonly<Record<string, number>> = { Xception: 71, InceptionV3: 75, InceptionResNetV2: 75 };

/** A model as `build` in the generator makes it. */
export function buildApplication(name: string, options: Record<string, unknown>): Model {
  resetNames();
  const size = SMALLEST[name] ?? 32;
  const make = applications[name as keyof typeof applications] as unknown as (options: Record<string, unknown>) => Model;
  return make({ input_shape: [size, size, 3], weights: null, classes: 10, ...options });
}

export const operationsOf = (model: Model): string[] => model._graph!.operations.map((operation) =>
  `${operation.name} ${operation instanceof Layer ? operation.constructor.name : 'op'} ${
    JSON.stringify((operation.output as KerasTensor).shape)}`);

const python = (value: boolean): string => (value ? 'True' : 'False');

export const weightsOf = (model: Model): string[] =>
  model.weights.map(({ path, shape, dtype, trainable }) =>
    // Counters have 64 bits where the backend has them.
    `${path} ${JSON.stringify(shape)} ${dtype === counterDType() ? 'int64' : dtype} ${python(trainable)}`);

export const digest = (lines: readonly string[]): string => createHash('sha256').update(lines.join('\n')).digest('hex').slice(0, 16);

/** `units` of the generator, numbers from 0 to 1 without a pattern, as `scale u + offset`. */
export function units(size: number, seed: number, scale = 1, offset = 0): Float32Array {
  const out = new Float32Array(size);
  for (let i = 0; i < size; i++) {
    let h = (i + seed * 7919 + 1) | 0;
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    out[i] = (((h ^ (h >>> 16)) >>> 0) / 2 ** 32) * scale + offset;
  }
  return out;
}

const product = (shape: readonly number[]): number => shape.reduce((n, d) => n * d, 1);

/** `fill` of the generator. */
export function fillByFormula(model: Model): void {
  model.weights.forEach((weight, i) => {
    const { name, path, shape } = weight;
    if (path.split('/').at(-2)!.startsWith('normalization')) return;
    const fanIn = product(/depthwise|dw/.test(path) ? shape.slice(0, 2) : shape.slice(0, -1));
    const bound = Math.sqrt(6 / fanIn);
    const [scale, offset] = name.includes('variance') ? [1, 0.5]
      : shape.length > 1 ? [2 * bound, -bound] : [0.4, name === 'gamma' ? 0.8 : -0.2];
    weight.assign(new NDArray(units(product(shape), i, scale, offset), shape, 'float32'));
  });
}

/** Within the block of tests weights begin with zeros: drawing hundreds of millions of numbers would take longer than the rest. */
export function beginWithZeros(): void {
  const { __call__: draw } = VarianceScaling.prototype;
  before(() => {
    VarianceScaling.prototype.__call__ = (shape) => zeros(shape);
  });
  after(() => {
    VarianceScaling.prototype.__call__ = draw;
  });
}
