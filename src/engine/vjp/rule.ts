/** Types and helpers of the vjp rules: how gradients flow back through each primitive, in terms of primitives. */
import { apply } from '../apply.js';
import { sameShape, type Shape } from '../shape.js';
import type { Tensor } from '../tensor.js';

/** A tape, as far as rules use one: to differentiate a graph among their parameters. */
export interface GraphTape {
  watch(...tensors: Tensor[]): void;
  run<T>(fn: () => T): T;
  dependsOn(tensor: Tensor): boolean;
  gradients(targets: readonly Tensor[], sources: readonly Tensor[], seeds: readonly Tensor[]): (Tensor | undefined)[];
}

export interface VjpContext<P> {
  /** One for each result; undefined where none arrived. */
  gradients: readonly (Tensor | undefined)[];
  inputs: readonly Tensor[];
  outputs: readonly Tensor[];
  params: P;
  /** Which inputs want a gradient; computing others is wasted. */
  needs: readonly boolean[];
  newTape(): GraphTape;
}

type Gradients = readonly (Tensor | undefined)[];

/** Gradients by the inputs; undefined means zero. */
export type VjpRule<P> = (ctx: VjpContext<P>) => Gradients;

/** How a primitive is applied whose gradient needs more of its computation than its results. */
export interface SavingRule<P> {
  save(ctx: Omit<VjpContext<P>, 'gradients' | 'outputs'>):
  { outputs: readonly Tensor[]; pullback(gradients: Gradients): Gradients };
}

/** `null`: no gradient flows through. */
export type GradientRule<P> = VjpRule<P> | SavingRule<P> | null;

/** Complex conjugate; real tensors stay as they are. */
export const conj = (x: Tensor): Tensor => (x.dtype === 'complex64' ? apply('conj', [x]) : x);
export const realOf = (x: Tensor): Tensor => (x.dtype === 'complex64' ? apply('real', [x]) : x);

/** Rule of a primitive with one input and one result. */
export const unary = (fn: (g: Tensor, x: Tensor, y: Tensor) => Tensor | undefined): VjpRule<object> =>
  ({ gradients: [g], inputs: [x], outputs: [y] }) => [fn(g!, x, y)];

/**
 * Rule of a function of complex numbers with a derivative f': the gradient is g times the conjugate of f', as in
 * TensorFlow. `fn` is linear in g with f' as it stands.
 */
export const holomorphic = (fn: (g: Tensor, x: Tensor, y: Tensor) => Tensor): VjpRule<object> =>
  ({ gradients: [g], inputs: [x], outputs: [y] }) => [conj(fn(conj(g!), x, y))];

/**
 * Rule of a broadcasting primitive with two inputs: each gradient is summed back to its operand's shape. Complex ones
 * are handled as by `holomorphic`.
 */
export const binary = (
  left: ((g: Tensor, x: Tensor, y: Tensor, out: Tensor) => Tensor) | null,
  right: ((g: Tensor, x: Tensor, y: Tensor, out: Tensor) => Tensor) | null,
): VjpRule<object> => ({ gradients: [g], inputs: [x, y], outputs: [out], needs }) => [
  left && needs[0] ? unbroadcast(conj(left(conj(g!), x, y, out)), x.shape) : undefined,
  right && needs[1] ? unbroadcast(conj(right(conj(g!), x, y, out)), y.shape) : undefined,
];

/** Sums a gradient over the axes along which an operand of this shape was repeated. */
export function unbroadcast(gradient: Tensor, shape: Shape): Tensor {
  if (sameShape(gradient.shape, shape)) return gradient;
  const offset = gradient.shape.length - shape.length;
  const axes: number[] = [];
  gradient.shape.forEach((d, i) => {
    if (i < offset || (shape[i - offset] === 1 && d !== 1)) axes.push(i);
  });
  const summed = axes.length === 0 ? gradient : apply('reduce_sum', [gradient], { axes, keepdims: false });
  return sameShape(summed.shape, shape) ? summed : apply('reshape', [summed], { shape });
}

export const add = (a: Tensor, b: Tensor): Tensor => apply('add', [a, b]);
export const sub = (a: Tensor, b: Tensor): Tensor => apply('subtract', [a, b]);
export const mul = (a: Tensor, b: Tensor): Tensor => apply('multiply', [a, b]);
export const div = (a: Tensor, b: Tensor): Tensor => apply('divide', [a, b]);
export const neg = (a: Tensor): Tensor => apply('negative', [a]);
/** A scalar of the dtype of `like`. */
export const scalar = (value: number, like: Tensor): Tensor =>
  apply('full', [], { value, shape: [], dtype: like.dtype });
export const zeros = (like: Tensor): Tensor => apply('full', [], { value: 0, shape: like.shape, dtype: like.dtype });
/** In the dtype of `like`. */
export const toDType = (x: Tensor, like: Tensor): Tensor =>
  (x.dtype === like.dtype ? x : apply('cast', [x], { dtype: like.dtype }));
/** `x` where the condition holds, else zero. */
export const where = (condition: Tensor, x: Tensor): Tensor => apply('select', [condition, x, scalar(0, x)]);
