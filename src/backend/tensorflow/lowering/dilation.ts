/**
 * Dilated convolutions for kernels that have no dilations: zeros are put between the elements of the convolution's
 * kernel, or every d-th element is taken of a gradient by such a wider kernel.
 */
import type { DType } from '../../../engine/dtype.js';
import type { ConvParams } from '../../../engine/primitives/linear.js';
import type { Shape } from '../../../engine/shape.js';
import { reshape, type Builder, type LoweringContext, type LoweringFunction } from './builder.js';

type When = (context: LoweringContext<ConvParams>) => boolean;

export const isDilated = ({ dilations }: ConvParams): boolean => dilations.some((d) => d > 1);

const undilated = <P extends ConvParams>(params: P): P => ({ ...params, dilations: params.dilations.map(() => 1) });

/** The kernel's shape with the zeros. */
const wide = (kernel: Shape, dilations: readonly number[]): number[] =>
  kernel.map((d, i) => (i < dilations.length ? (d - 1) * dilations[i] + 1 : d));

function spread<V>(b: Builder<V>, kernel: V, shape: Shape, dilations: readonly number[], dtype: DType): V {
  const last = shape.slice(dilations.length);
  const paired = [...dilations.flatMap((_, i) => [shape[i], 1]), ...last];
  const amounts = [...dilations.flatMap((d) => [0, 0, 0, d - 1]), ...last.flatMap(() => [0, 0])];
  const pairs = b.constant(Int32Array.from(amounts), [paired.length, 2], 'int32');
  const padded = b.op('PadV2', [reshape(b, kernel, paired), pairs, b.scalar(0, dtype)]);
  const flat = reshape(b, padded, [...dilations.map((d, i) => d * shape[i]), ...last]);
  return b.op('Slice', [flat, b.ints(shape.map(() => 0)), b.ints(wide(shape, dilations))]);
}

/** A rule whose operand at `position` is the kernel. */
export const denseKernel = (
  rule: LoweringFunction<ConvParams>, position: number, when: When,
): LoweringFunction<ConvParams> =>
  (b, x, context) => {
    if (!when(context)) return rule(b, x, context);
    const { params } = context;
    const { shape, dtype } = context.inputs[position];
    const kernel = { shape: wide(shape, params.dilations), dtype };
    const operands = x.map((v, i) => (i === position ? spread(b, v, shape, params.dilations, dtype) : v));
    const inputs = context.inputs.map((aval, i) => (i === position ? kernel : aval));
    return rule(b, operands, { ...context, params: undilated(params), inputs });
  };

/** A rule whose result is a gradient by the kernel. */
export const denseResult = (rule: LoweringFunction<ConvParams>, when: When): LoweringFunction<ConvParams> =>
  (b, x, context) => {
    if (!when(context)) return rule(b, x, context);
    const { params, outputs: [{ shape, dtype }] } = context;
    const dense = wide(shape, params.dilations);
    const made = rule(b, x, { ...context, params: undilated(params), outputs: [{ shape: dense, dtype }] });
    const gradient = Array.isArray(made) ? made[0] : made;
    const steps = shape.map((_, i) => params.dilations[i] ?? 1);
    return b.op('StridedSlice', [gradient, b.ints(shape.map(() => 0)), b.ints(dense), b.ints(steps)]);
  };
