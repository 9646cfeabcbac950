/** Lowering of the primitives that make and move elements. */
import { numbersToBits } from '../../../engine/host.js';
import type { structure } from '../../../engine/primitives/structure.js';
import { sizeOf } from '../../../engine/shape.js';
import { reshape, type Builder, type LoweringTable } from './builder.js';

/**
 * Elements up to which TensorFlow's own transposition of rows is used instead of oneDNN's, which it takes for float32 alone:
 * waking oneDNN's threads took 50 us or more, where 8,192 elements took 8 us without. At 262,144 oneDNN was ahead.
 */
const SMALL = 1 << 16;

/** Start indices moved so that the slice lies inside. */
function clampedStart<V>(b: Builder<V>, start: V, from: readonly number[], size: readonly number[]): V {
  const last = b.ints(from.map((d, i) => d - size[i]));
  return b.op('Maximum', [b.op('Minimum', [start, last]), b.ints(from.map(() => 0))]);
}

export const structureLowering: LoweringTable<keyof typeof structure> = {
  constant: (b, _, { params: { data, shape, dtype } }) => b.constant(data, shape, dtype),
  full: (b, _, { params: { value, shape, dtype } }) =>
    shape.length === 0 ? b.scalar(value, dtype) : b.op('Fill', [b.ints(shape), b.scalar(value, dtype)]),
  iota: (b, _, { params: { start, step, length, dtype } }) => {
    if (step === 0) return b.op('Fill', [b.ints([length]), b.scalar(start, dtype)]);
    if (b.anySize && dtype !== 'int32' && dtype !== 'int64') {
      const steps = b.op('Range', [0, length, 1].map((v) => b.scalar(v, 'int32')));
      const scaled = b.op('Mul', [b.op('Cast', [steps], { DstT: { type: 'float64' } }), b.scalar(step, 'float64')]);
      return b.op('Cast', [b.op('AddV2', [scaled, b.scalar(start, 'float64')])], { DstT: { type: dtype } });
    }
    if (dtype !== 'int32' && dtype !== 'int64') {
      const values = numbersToBits(Array.from({ length }, (__, i) => start + i * step), dtype);
      return b.constant(values, [length], dtype);
    }
    return b.op('Range', [start, start + step * length, step].map((v) => b.scalar(v, dtype)));
  },
  reshape: (b, [x], { outputs: [{ shape }] }) => reshape(b, x, shape),
  transpose: (b, [x], { params: { permutation }, inputs: [{ shape, dtype }] }) => {
    const order = b.ints(permutation);
    const movesRows = permutation[shape.length - 1] === shape.length - 1;
    if (!b.forOneDnn || dtype !== 'float32' || !movesRows || sizeOf(shape) > SMALL) return b.op('Transpose', [x, order]);
    const bits = b.op('Bitcast', [x], { type: { type: 'int32' } });
    return b.op('Bitcast', [b.op('Transpose', [bits, order])], { type: { type: 'float32' } });
  },
  broadcast_to: (b, [x], { params: { shape } }) => b.op('BroadcastTo', [x, b.ints(shape)]),
  concatenate: (b, x, { params: { axis }, inputs: [{ dtype }] }) =>
    x.length === 1 ? b.op('Identity', x)
      : b.op('ConcatV2', [...x, b.scalar(axis, 'int32')], { N: { int: x.length }, T: { type: dtype }, Tidx: { type: 'int32' } }),
  stack: (b, x, { params: { axis }, inputs: [{ dtype }] }) =>
    b.op('Pack', x, { N: { int: x.length }, T: { type: dtype }, axis: { int: axis } }),
  split: (b, [x], { params: { axis, sizes } }) =>
    sizes.length === 1 ? [b.op('Identity', [x])]
      : b.ops('SplitV', [x, b.ints(sizes), b.scalar(axis, 'int32')], { num_split: { int: sizes.length } }, sizes.length),
  strided_slice: (b, [x], { params: { begin, size, strides } }) => {
    if (strides.every((stride) => stride === 1)) return b.op('Slice', [x, b.ints(begin), b.ints(size)]);
    const end = begin.map((from, i) => from + size[i] * strides[i]);
    // Walking backwards past the first element ends at -1, which TensorFlow would count from the end: leave it open.
    const open = end.reduce((mask, to, i) => (strides[i] < 0 && to < 0 && size[i] > 0 ? mask | (1 << i) : mask), 0);
    // An empty slice is the same from 0 to 0.
    const from = begin.map((v, i) => (size[i] === 0 ? 0 : v));
    const to = end.map((v, i) => (size[i] === 0 ? 0 : v));
    return b.op('StridedSlice', [x, b.ints(from), b.ints(to), b.ints(strides)], { end_mask: { int: open } });
  },
  dynamic_slice: (b, [x, start], { params: { size }, inputs: [{ shape }] }) =>
    b.op('Slice', [x, clampedStart(b, start, shape, size), b.ints(size)]),
  dynamic_update_slice: (b, [x, start, updates], { inputs: [{ shape }, , { shape: size }] }) => {
    if (shape.length === 0) return b.op('Identity', [updates]);
    const from = clampedStart(b, start, shape, size);
    const to = b.op('AddV2', [from, b.ints(size)]);
    return b.op('TensorStridedSliceUpdate', [x, from, to, b.ints(size.map(() => 1)), updates]);
  },
  pad: (b, [x], { params: { paddings, mode, value }, inputs: [{ shape, dtype }] }) => {
    let inner = x;
    if (paddings.some(([before, after]) => before < 0 || after < 0)) {
      const begin = paddings.map(([before]) => Math.max(-before, 0));
      const size = shape.map((d, i) => d + Math.min(paddings[i][0], 0) + Math.min(paddings[i][1], 0));
      inner = b.op('Slice', [x, b.ints(begin), b.ints(size)]);
    }
    const amounts = paddings.flatMap(([before, after]) => [Math.max(before, 0), Math.max(after, 0)]);
    const pairs = b.constant(Int32Array.from(amounts), [paddings.length, 2], 'int32');
    return mode === 'constant'
      ? b.op('PadV2', [inner, pairs, b.scalar(value, dtype)])
      : b.op('MirrorPad', [inner, pairs], { mode: { string: mode.toUpperCase() } });
  },
  reverse: (b, [x], { params: { axes } }) => b.op('ReverseV2', [x, b.ints(axes)]),
  tile: (b, [x], { params: { repeats }, inputs: [{ dtype }] }) => {
    // The one dtype without a kernel.
    if (dtype !== 'uint16') return b.op('Tile', [x, b.ints(repeats)]);
    const wide = b.op('Cast', [x], { DstT: { type: 'int32' } });
    return b.op('Cast', [b.op('Tile', [wide, b.ints(repeats)])], { DstT: { type: dtype } });
  },
};

