/** Symbolic results with an unknown first dimension against the shapes of golden results. */
import { expect } from 'chai';
import { KerasTensor } from '../../src/ops/keras-tensor.js';
import { ellipsis, slice } from '../../src/utils/slice.js';
import {
  isGoldenTensor, loadGolden, type GoldenCall, type GoldenTensor, type GoldenValue,
} from '../golden/golden.js';
import { describeCall, opNamed } from '../support/check-op.js';

const FAMILIES = [
  'unary', 'binary', 'comparison', 'choosing', 'reductions', 'norms', 'ordering', 'shapes',
  'indexing', 'products', 'attention', 'folding', 'image', 'image_sampling',
  'linalg', 'fourier', 'complex_numbers',
];
const REFUSALS = new Set(['ShapeError', 'RangeError', 'TracedValueError', 'TypeError']);
/** Their results have shapes that depend on values. */
const EAGER_ONLY = new Set(['nonzero', 'bincount', 'unique']);

function convert(value: GoldenValue, make: (tensor: GoldenTensor) => unknown): unknown {
  if (isGoldenTensor(value)) return make(value);
  if (Array.isArray(value)) return value.map((item) => convert(item, make));
  if (typeof value !== 'object' || value === null) return value;
  if ('slice' in value) return slice(...(value.slice as [number | null, number | null, number | null]));
  if ('ellipsis' in value) return ellipsis;
  const entries = Object.entries(value).map(([key, item]) => [key, convert(item as GoldenValue, make)]);
  return Object.fromEntries(entries);
}

/** Results for tensors whose first dimension is unknown, or undefined where the call needs to know it. */
function specsOf({ op, args, kwargs }: GoldenCall): unknown[] | undefined {
  let unknown = 0;
  const make = ({ shape, dtype }: GoldenTensor): KerasTensor => {
    const isOpen = shape.length >= 2 && shape[0] !== 1;
    if (isOpen) unknown++;
    return new KerasTensor(isOpen ? [null, ...shape.slice(1)] : shape, dtype);
  };
  const all = [...args, kwargs as GoldenValue].map((value) => convert(value, make));
  if (unknown === 0) return undefined;
  try {
    const result = opNamed(op)(...all);
    const isList = Array.isArray(result) && result.some((item) => item instanceof KerasTensor);
    return isList ? result as unknown[] : [result];
  } catch (error) {
    if (REFUSALS.has((error as Error).name)) return undefined;
    throw error;
  }
}

describe('symbolic ops with an unknown dimension', () => {
  for (const family of FAMILIES) {
    it(family, () => {
      const { cases } = loadGolden<GoldenCall>('ops', family);
      const seen = new Set<string>();
      for (const row of cases) {
        if (EAGER_ONLY.has(row.op)) continue;
        const specs = specsOf(row);
        if (!specs || specs.length !== row.outputs.length) continue;
        seen.add(row.op);
        row.outputs.forEach((output, i) => {
          const spec = specs[i];
          if (!isGoldenTensor(output) || !(spec instanceof KerasTensor)) return;
          const fits = spec.shape.length === output.shape.length &&
            spec.shape.every((d, axis) => d === null || d === output.shape[axis]);
          const found = `[${spec.shape.join(', ')}] for [${output.shape.join(', ')}]`;
          expect(fits, `${describeCall(row)}: ${found}`).to.equal(true);
        });
      }
      // Every family has ops that keep the dimension unknown; most of its ops must get here.
      expect(seen.size).to.be.greaterThan(new Set(cases.map(({ op }) => op)).size * 0.5);
    });
  }

  it('takes an unknown dimension for the known one that it meets', () => {
    const open = new KerasTensor([null, 3], 'float32');
    const shapeOf = (op: string, ...args: unknown[]): unknown => (opNamed(op)(...args) as KerasTensor).shape;
    expect(shapeOf('matmul', open, new KerasTensor([null, 4]))).to.deep.equal([null, 4]);
    expect(shapeOf('add', open, new KerasTensor([4, 1]))).to.deep.equal([4, 3]);
    expect(shapeOf('segment_sum', open, new KerasTensor([4], 'int32'), 2)).to.deep.equal([2, 3]);
    expect(shapeOf('concatenate', [open, new KerasTensor([5, 4])], 1)).to.deep.equal([5, 7]);
    // No size fits, and the message is that of the first try.
    expect(() => opNamed('matmul')(open, new KerasTensor([4, 5]))).to.throw(Error, '[null, 3] and [4, 5]');
  });

  it('keeps the batch unknown', () => {
    const x = new KerasTensor([null, 3], 'float32');
    const shapeOf = (op: string, ...args: unknown[]): unknown => (opNamed(op)(...args) as KerasTensor).shape;
    expect(shapeOf('add', x, 1)).to.deep.equal([null, 3]);
    expect(shapeOf('sum', x, 0)).to.deep.equal([3]);
    expect(shapeOf('reshape', x, [-1])).to.deep.equal([null]);
    expect(shapeOf('matmul', x, new KerasTensor([3, 5]))).to.deep.equal([null, 5]);
    expect(shapeOf('einsum', 'bi,io->bo', x, new KerasTensor([3, 5]))).to.deep.equal([null, 5]);
    expect(shapeOf('get_item', x, [slice(null, 2)])).to.deep.equal([null, 3]);
    expect(shapeOf('get_item', x, [ellipsis, 0])).to.deep.equal([null]);
    expect(shapeOf('concatenate', [x, x], -1)).to.deep.equal([null, 6]);
    expect(shapeOf('quantile', x, [0.1, 0.9], -1)).to.deep.equal([2, null]);
  });
});
