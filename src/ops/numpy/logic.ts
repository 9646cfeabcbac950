/** Logic on truth values (what is not zero is true), choices by condition, and bits of integers. */
import { apply } from '../../engine/apply.js';
import { promotionType, toTensor, type TensorLike } from '../../engine/convert.js';
import { isFloat, resultType } from '../../engine/dtype.js';
import type { Tensor } from '../../engine/tensor.js';
import { either } from '../compose.js';
import { defineOp, type Op } from '../define.js';
import { promote, promoteAll, toBool } from '../promotion.js';
import { nonzeroIndices } from './nonzero.js';

const PAIR = ['x1', 'x2'] as const;
const BITS = ['x', 'y'] as const;

/**
 * Whether both are true. Source: keras.ops.logical_and.
 * @example
 * ops.logical_and([true, false], [true, true]).arraySync(); // [true, false]
 */
export const logical_and = defineOp('keras.ops.logical_and', PAIR, (x1: TensorLike, x2: TensorLike): Tensor =>
  apply('logical_and', [toBool(x1), toBool(x2)]));

/**
 * Whether one or both are true. Source: keras.ops.logical_or.
 * @example
 * ops.logical_or([true, false], [false, false]).arraySync(); // [true, false]
 */
export const logical_or = defineOp('keras.ops.logical_or', PAIR, (x1: TensorLike, x2: TensorLike): Tensor =>
  apply('logical_or', [toBool(x1), toBool(x2)]));

/**
 * Whether one is true and the other false. Source: keras.ops.logical_xor.
 * @example
 * ops.logical_xor([true, false], [true, true]).arraySync(); // [false, true]
 */
export const logical_xor = defineOp('keras.ops.logical_xor', PAIR, (x1: TensorLike, x2: TensorLike): Tensor =>
  apply('not_equal', [toBool(x1), toBool(x2)]));

/**
 * Whether it is false. Source: keras.ops.logical_not.
 * @example
 * ops.logical_not([true, false]).arraySync(); // [false, true]
 */
export const logical_not = defineOp('keras.ops.logical_not', ['x'], (x: TensorLike): Tensor =>
  apply('logical_not', [toBool(x)]));

/**
 * Elements of x1 where the condition holds, of x2 elsewhere; the three broadcast. With the condition alone,
 * the indices of its true elements, as `ops.nonzero` gives them. Source: keras.ops.where.
 *
 * @throws TypeError when one of x1 and x2 is given without the other
 * @example
 * ops.where([true, false], [1, 2], 0).arraySync(); // [1, 0]
 */
export const where = defineOp('keras.ops.where', ['condition', 'x1', 'x2'], (
  condition: TensorLike, x1: TensorLike | null = null, x2: TensorLike | null = null,
): Tensor | Tensor[] => {
  if (x1 === null && x2 === null) return nonzeroIndices(toTensor(condition), 'where');
  if (x1 === null || x2 === null) {
    throw new TypeError('where takes both x1 and x2, or neither; received one of them.');
  }
  return either(toBool(condition), ...promote(x1, x2));
}) as unknown as Op<['condition', 'x1', 'x2'], [TensorLike, TensorLike, TensorLike], Tensor>
  & Op<['condition'], [TensorLike], Tensor[]>;

/**
 * Elements of the first choice whose condition holds, and `default` where none does.
 * Source: keras.ops.select.
 *
 * @param condlist conditions, the first has precedence
 * @param choicelist as many values
 * @param default value where no condition holds; default 0
 * @example
 * const x = ops.array([1, 2, 3]);
 * ops.select([ops.less(x, 2), ops.greater(x, 2)], [x, ops.negative(x)], 9).arraySync(); // [1, 9, -3]
 */
export const select = defineOp('keras.ops.select', ['condlist', 'choicelist', 'default'], (
  condlist: readonly TensorLike[], choicelist: readonly TensorLike[], otherwise: TensorLike = 0,
): Tensor => {
  if (condlist.length !== choicelist.length || condlist.length === 0) {
    throw new TypeError('select takes as many choices as conditions, and at least one, received ' +
      `${choicelist.length} choices and ${condlist.length} conditions.`);
  }
  const [last, ...choices] = promoteAll([otherwise, ...choicelist]);
  return choices.reduceRight((rest, choice, i) => either(toBool(condlist[i]), choice, rest), last);
});

/** Integer (or boolean) operands of one dtype. */
function integers(name: string, x: TensorLike, y: TensorLike): [Tensor, Tensor] {
  const dtype = resultType(promotionType(x), promotionType(y));
  if (isFloat(dtype)) throw new TypeError(`${name} takes integers, received operands of dtype ${dtype}.`);
  return promote(x, y);
}

type Bitwise = 'bitwise_and' | 'bitwise_or' | 'bitwise_xor' | 'left_shift' | 'right_shift';
/** On booleans the bits are the truth values. */
const LOGICAL = { bitwise_and: 'logical_and', bitwise_or: 'logical_or', bitwise_xor: 'not_equal' } as const;

const bitwise = (name: Bitwise) => (x: TensorLike, y: TensorLike): Tensor => {
  const [a, b] = integers(name, x, y);
  return apply(a.dtype === 'bool' && name in LOGICAL ? LOGICAL[name as keyof typeof LOGICAL] : name, [a, b]);
};

/**
 * Bits that both integers have. Source: keras.ops.bitwise_and.
 * @example
 * ops.bitwise_and(ops.array([6], 'int32'), 3).arraySync(); // [2]
 */
export const bitwise_and = defineOp('keras.ops.bitwise_and', BITS, bitwise('bitwise_and'));

/**
 * Bits that one or both integers have. Source: keras.ops.bitwise_or.
 * @example
 * ops.bitwise_or(ops.array([6], 'int32'), 3).arraySync(); // [7]
 */
export const bitwise_or = defineOp('keras.ops.bitwise_or', BITS, bitwise('bitwise_or'));

/**
 * Bits that one of the two integers has. Source: keras.ops.bitwise_xor.
 * @example
 * ops.bitwise_xor(ops.array([6], 'int32'), 3).arraySync(); // [5]
 */
export const bitwise_xor = defineOp('keras.ops.bitwise_xor', BITS, bitwise('bitwise_xor'));

const invert = (x: TensorLike): Tensor => {
  const t = toTensor(x, typeof x === 'number' && Number.isInteger(x) ? 'int32' : undefined);
  if (isFloat(t.dtype)) throw new TypeError(`bitwise_not takes integers, received dtype ${t.dtype}.`);
  return apply(t.dtype === 'bool' ? 'logical_not' : 'bitwise_not', [t]);
};

/**
 * All bits of an integer flipped. Source: keras.ops.bitwise_invert.
 * @example
 * ops.bitwise_invert(ops.array([0, 5], 'int32')).arraySync(); // [-1, -6]
 */
export const bitwise_invert = defineOp('keras.ops.bitwise_invert', ['x'], invert);

/**
 * Alias of `bitwise_invert`. Source: keras.ops.bitwise_not.
 * @example
 * ops.bitwise_not(ops.array([0, 5], 'int32')); // [-1, -6]
 */
export const bitwise_not = defineOp('keras.ops.bitwise_not', ['x'], invert);

/**
 * Bits moved up: x times 2 to the power of y. Source: keras.ops.bitwise_left_shift.
 * @example
 * ops.bitwise_left_shift(ops.array([1, 3], 'int32'), 2).arraySync(); // [4, 12]
 */
export const bitwise_left_shift = defineOp('keras.ops.bitwise_left_shift', BITS, bitwise('left_shift'));

/**
 * Bits moved down; the sign stays. Source: keras.ops.bitwise_right_shift.
 * @example
 * ops.bitwise_right_shift(ops.array([8, -8], 'int32'), 2).arraySync(); // [2, -2]
 */
export const bitwise_right_shift = defineOp('keras.ops.bitwise_right_shift', BITS, bitwise('right_shift'));

/**
 * Alias of `bitwise_left_shift`. Source: keras.ops.left_shift.
 * @example
 * ops.left_shift(ops.array([1, 3], 'int32'), 2); // [4, 12]
 */
export const left_shift = defineOp('keras.ops.left_shift', BITS, bitwise('left_shift'));

/**
 * Alias of `bitwise_right_shift`. Source: keras.ops.right_shift.
 * @example
 * ops.right_shift(ops.array([8, -8], 'int32'), 2); // [2, -2]
 */
export const right_shift = defineOp('keras.ops.right_shift', BITS, bitwise('right_shift'));
