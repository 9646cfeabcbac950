/** Vjp rules of the primitives that move elements. */
import { apply, applyAll } from '../apply.js';
import type { ParamsOf } from '../primitives/index.js';
import type { structure } from '../primitives/structure.js';
import type { Tensor } from '../tensor.js';
import { unary, unbroadcast, zeros, type VjpRule } from './rule.js';

const slice = (x: Tensor, begin: readonly number[], size: readonly number[]): Tensor =>
  apply('strided_slice', [x], { begin, size, strides: size.map(() => 1) });

export const structureVjp = {
  constant: null, full: null, iota: null,
  reshape: unary((g, x) => apply('reshape', [g], { shape: x.shape })),
  transpose: ({ gradients: [g], params: { permutation } }) =>
    [apply('transpose', [g!], { permutation: permutation.map((_, i) => permutation.indexOf(i)) })],
  broadcast_to: unary((g, x) => unbroadcast(g, x.shape)),
  concatenate: ({ gradients: [g], inputs, params: { axis } }) =>
    applyAll('split', [g!], { axis, sizes: inputs.map((x) => x.shape[axis]) }),
  stack: ({ gradients: [g], inputs, params: { axis } }) =>
    applyAll('split', [g!], { axis, sizes: inputs.map(() => 1) })
      .map((part, i) => apply('reshape', [part], { shape: inputs[i].shape })),
  split: ({ gradients, outputs, params: { axis } }) =>
    [apply('concatenate', outputs.map((y, i) => gradients[i] ?? zeros(y)), { axis })],
  /** Steps of 1 or -1 are padded back; other strides scatter. */
  strided_slice: ({ gradients: [g], inputs: [x], params: { begin, size, strides } }) => {
    if (x.size === 0 || g!.size === 0) return [zeros(x)];
    if (strides.every((stride) => stride === 1)) {
      const paddings = x.shape.map((d, i) => [begin[i], d - begin[i] - size[i]] as const);
      return [apply('pad', [g!], { paddings, mode: 'constant', value: 0 })];
    }
    // Flat positions of the elements taken, added up axis by axis.
    let positions: Tensor | undefined;
    let step = 1;
    for (let axis = x.shape.length - 1; axis >= 0; axis--) {
      const along = apply('iota', [], {
        start: begin[axis] * step, step: strides[axis] * step, length: size[axis], dtype: 'int32' });
      const column = apply('reshape', [along], { shape: size.map((d, i) => (i === axis ? d : 1)) });
      positions = positions ? apply('add', [positions, column]) : column;
      step *= x.shape[axis];
    }
    const count = g!.size;
    const flat = apply('scatter_nd', [
      apply('reshape', [apply('broadcast_to', [positions!], { shape: size })], { shape: [count, 1] }),
      apply('reshape', [g!], { shape: [count] }),
    ], { shape: [x.size] });
    return [apply('reshape', [flat], { shape: x.shape })];
  },
  dynamic_slice: ({ gradients: [g], inputs: [x, start] }) =>
    [apply('dynamic_update_slice', [zeros(x), start, g!]), undefined],
  dynamic_update_slice: ({ gradients: [g], inputs: [, start, updates], needs }) => [
    needs[0] ? apply('dynamic_update_slice', [g!, start, zeros(updates)]) : undefined,
    undefined,
    needs[2] ? apply('dynamic_slice', [g!, start], { size: updates.shape }) : undefined,
  ],
  pad: ({ gradients: [g], inputs: [x], params: { paddings, mode } }) => {
    if (mode === 'constant') {
      // Negative padding cut elements off: they get zeros.
      const kept = slice(g!, paddings.map(([before]) => Math.max(before, 0)),
        x.shape.map((d, i) => d + Math.min(paddings[i][0], 0) + Math.min(paddings[i][1], 0)));
      if (paddings.every(([a, b]) => a >= 0 && b >= 0)) return [kept];
      const back = paddings.map(([a, b]) => [Math.max(-a, 0), Math.max(-b, 0)] as const);
      return [apply('pad', [kept], { paddings: back, mode: 'constant', value: 0 })];
    }
    // Mirrored borders are folded back, axis by axis.
    let gradient = g!;
    const edge = mode === 'reflect' ? 1 : 0;
    paddings.forEach(([before, after], axis) => {
      if (before === 0 && after === 0) return;
      const length = x.shape[axis];
      const [left, middle, right] = applyAll('split', [gradient], { axis, sizes: [before, length, after] });
      const place = (part: Tensor, at: number, size: number): Tensor => apply('pad', [
        apply('reverse', [part], { axes: [axis] })], {
        paddings: x.shape.map((_, i) => (i === axis ? [at, length - at - size] as const : [0, 0] as const)),
        mode: 'constant', value: 0 });
      gradient = middle;
      if (before > 0) gradient = apply('add', [gradient, place(left, edge, before)]);
      if (after > 0) gradient = apply('add', [gradient, place(right, length - after - edge, after)]);
    });
    return [gradient];
  },
  reverse: ({ gradients: [g], params }) => [apply('reverse', [g!], params)],
  tile: ({ gradients: [g], inputs: [x], params: { repeats } }) => {
    const shape = x.shape.flatMap((d, i) => [repeats[i], d]);
    const axes = x.shape.map((_, i) => 2 * i);
    return [apply('reduce_sum', [apply('reshape', [g!], { shape })], { axes, keepdims: false })];
  },
} satisfies { [N in keyof typeof structure]: VjpRule<ParamsOf<N>> | null };
