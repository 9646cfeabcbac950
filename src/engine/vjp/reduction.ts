/** Vjp rules of reductions and scans. */
import { apply } from '../apply.js';
import type { ParamsOf } from '../primitives/index.js';
import type { reduction, ReduceParams } from '../primitives/reduction.js';
import { reducedShape, type Shape } from '../shape.js';
import type { Tensor } from '../tensor.js';
import { add, conj, div, mul, scalar, sub, where, type VjpRule } from './rule.js';

const withKeptAxes = (x: Tensor, shape: Shape, axes: readonly number[]): Tensor =>
  apply('reshape', [x], { shape: reducedShape(shape, axes, true) });

/** Repeats the gradient of a reduction over the axes it reduced. */
const spread = (g: Tensor, x: Tensor, axes: readonly number[]): Tensor =>
  apply('broadcast_to', [withKeptAxes(g, x.shape, axes)], { shape: x.shape });

/** The gradient of max and min is shared equally by all elements that reach the extremum, as TensorFlow does. */
const extremum: VjpRule<ReduceParams> = ({ gradients: [g], inputs: [x], outputs: [y], params: { axes } }) => {
  const chosen = apply('cast', [apply('equal', [x, withKeptAxes(y, x.shape, axes)])], { dtype: x.dtype });
  const count = apply('reduce_sum', [chosen], { axes, keepdims: true });
  return [mul(div(chosen, count), withKeptAxes(g!, x.shape, axes))];
};

export const reductionVjp = {
  reduce_sum: ({ gradients: [g], inputs: [x], params: { axes } }) => [spread(g!, x, axes)],
  reduce_mean: ({ gradients: [g], inputs: [x], outputs: [y], params: { axes } }) =>
    [spread(mul(g!, scalar(Math.max(y.size, 1) / Math.max(x.size, 1), g!)), x, axes)],
  /** The product of all other elements, from exclusive products from both ends, so that zeros are no trouble. */
  reduce_prod: ({ gradients: [g], inputs: [x], params: { axes } }) => {
    const others = x.shape.map((_, i) => i).filter((i) => !axes.includes(i));
    const permutation = [...others, ...axes];
    const moved = apply('transpose', [x], { permutation });
    const lead = others.map((i) => x.shape[i]);
    const flat = apply('reshape', [moved], { shape: [...lead, axes.reduce((n, i) => n * x.shape[i], 1)] });
    const scan = { axis: lead.length, exclusive: true };
    const rest = mul(
      apply('cumprod', [flat], { ...scan, reverse: false }), apply('cumprod', [flat], { ...scan, reverse: true }));
    const inverse = permutation.map((_, i) => permutation.indexOf(i));
    const back = apply('transpose', [apply('reshape', [rest], { shape: moved.shape })], { permutation: inverse });
    return [mul(conj(back), withKeptAxes(g!, x.shape, axes))];
  },
  reduce_max: extremum,
  reduce_min: extremum,
  reduce_any: null, reduce_all: null, argmax: null, argmin: null,
  cumsum: ({ gradients: [g], params }) => [apply('cumsum', [g!], { ...params, reverse: !params.reverse })],
  /** d/dx_i sum_j g_j y_j = sum over j from i of g_j y_j, divided by x_i; elements after a zero are handled apart. */
  cumprod: ({ gradients: [g], inputs: [x], outputs: [y], params }) => {
    const reversed = { ...params, reverse: !params.reverse };
    const isZero = apply('equal', [x, scalar(0, x)]);
    const safe = apply('select', [isZero, scalar(1, x), x]);
    const plain = div(apply('cumsum', [mul(y, g!)], reversed), safe);
    // With one zero in the way, the product of the other factors is what a scan with the zero replaced by 1 gives.
    const zeros = apply('cast', [isZero], { dtype: x.dtype });
    const before = apply('cumsum', [zeros], { axis: params.axis, reverse: params.reverse, exclusive: true });
    const upTo = apply('cumsum', [zeros], params);
    const first = apply('logical_and', [isZero, apply('equal', [before, scalar(0, x)])]);
    const onlyOne = apply('cast', [apply('equal', [upTo, scalar(1, x)])], { dtype: x.dtype });
    const others = mul(apply('cumprod', [safe], params), onlyOne);
    const atZero = apply('cumsum', [mul(others, g!)], reversed);
    return [add(sub(plain, where(isZero, plain)), where(first, atZero))];
  },
} satisfies { [N in keyof typeof reduction]: VjpRule<ParamsOf<N>> | null };
