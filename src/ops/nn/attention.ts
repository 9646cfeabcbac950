/** Attention: values mixed by the likeness of queries and keys. */
import { apply } from '../../engine/apply.js';
import { toTensor, type TensorLike } from '../../engine/convert.js';
import { getDefaultFloat, isFloat, resultType } from '../../engine/dtype.js';
import { broadcastShapes, formatShape, sameShape, ShapeError, type Shape } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import { iota } from '../compose.js';
import { cast, promoteAll } from '../promotion.js';
import { add, greaterEqual, logicalAnd, multiply, reshape, transpose, where } from '../tensor-math.js';
import { defineNN } from './define.js';

/** Stands for minus infinity where attention is masked; a row masked everywhere then gives equal weights, not NaN. */
const MASKED = 3.38953e38 * -0.7;

/** [batch, length, heads, depth] with heads before lengths, as products of matrices want them. */
const byHead = (x: Tensor): Tensor => transpose(x, [0, 2, 1, 3]);

function checkShapes(query: Tensor, key: Tensor, value: Tensor): void {
  const [q, k, v] = [query.shape, key.shape, value.shape];
  const shapes = `query ${formatShape(q)}, key ${formatShape(k)}, value ${formatShape(v)}`;
  if ([q, k, v].some((shape) => shape.length !== 4)) {
    throw new ShapeError('dot_product_attention takes a query [batch, query length, heads, depth] and a key and a value ' +
      `[batch, key length, key heads, depth], received ${shapes}.`);
  }
  if (q[0] !== k[0] || q[3] !== k[3] || !sameShape(k.slice(0, 3), v.slice(0, 3))) {
    throw new ShapeError('dot_product_attention: all have one batch size, query and key one depth, key and value ' +
      `one length and number of heads, received ${shapes}.`);
  }
  if (k[2] === 0 ? q[2] !== 0 : q[2] % k[2] !== 0) {
    throw new ShapeError('dot_product_attention: the heads of the query must be a multiple of those of the key, ' +
      `received ${shapes}.`);
  }
}

/** An argument that broadcasts to the attention weights. */
function fitting(what: string, x: Tensor, weights: Shape): Tensor {
  const fits = x.shape.length <= 4 && x.shape.every((d, i) => d === 1 || d === weights[4 - x.shape.length + i]);
  if (!fits || !sameShape(broadcastShapes(x.shape, weights, 'dot_product_attention'), weights)) {
    throw new ShapeError(`dot_product_attention: the ${what} must broadcast to [batch, heads, query length, key length] ` +
      `${formatShape(weights)}, received shape ${formatShape(x.shape)}.`);
  }
  return x;
}

/** Where attention is allowed, or null for everywhere. */
function allowed(mask: TensorLike | null, is_causal: boolean, weights: Shape): Tensor | null {
  let given: Tensor | null = null;
  if (mask !== null) {
    const t = Array.isArray(mask) ? toTensor(mask, 'bool') : toTensor(mask);
    if (isFloat(t.dtype)) {
      throw new TypeError('The mask of dot_product_attention is of dtype bool (true: takes part), received dtype ' +
        `${t.dtype}. Give numbers to be added to the logits as 'bias'.`);
    }
    given = cast(fitting('mask', t, weights), 'bool');
  }
  if (!is_causal) return given;
  const [rows, columns] = weights.slice(2);
  const causal = greaterEqual(reshape(iota(rows), [rows, 1]), iota(columns));
  return given === null ? causal : logicalAnd(given, causal);
}

/**
 * softmax(query key^T scale + bias) value: each position of the query takes the mean of the values, weighted by how
 * alike its query is to their keys. The softmax is computed in float32 at least. With fewer key heads than query heads,
 * each serves a group of query heads. Source: keras.ops.dot_product_attention; Vaswani et al., 2017.
 *
 * @param query [batch, query length, heads, depth]
 * @param key [batch, key length, key heads, depth]; key heads divide heads
 * @param value [batch, key length, key heads, value depth]
 * @param bias added to the logits; broadcasts to [batch, heads, query length, key length]; default null
 * @param mask booleans of such a shape, true where attention is allowed; default null
 * @param scale factor of the logits; default 1 / sqrt(depth)
 * @param is_causal whether a position sees only those up to itself; default false
 * @param flash_attention whether to insist on a fused kernel; no backend has one yet, so true is an error.
 *   Default null: whatever the backend has
 * @param attn_logits_soft_cap only null: Keras has this bound of the logits on TPUs alone
 * @returns [batch, query length, heads, value depth]
 * @throws ShapeError when the shapes do not fit together
 * @throws TypeError when the mask is of a floating-point dtype, or for true flash_attention
 * @example
 * const x = keras.random.normal([2, 4, 8, 16], {seed: 1});
 * ops.dot_product_attention(x, x, x, {is_causal: true}).shape; // [2, 4, 8, 16]
 */
export const dot_product_attention = defineNN('dot_product_attention', [
  'query', 'key', 'value', 'bias', 'mask', 'scale', 'is_causal', 'flash_attention', 'attn_logits_soft_cap',
], (
  query: TensorLike, key: TensorLike, value: TensorLike, bias: TensorLike | null = null, mask: TensorLike | null = null,
  scale: TensorLike | null = null, is_causal: boolean = false, flash_attention: boolean | null = null,
  attn_logits_soft_cap: null = null,
): Tensor => {
  if (flash_attention === true) {
    throw new TypeError('No backend has flash attention yet. Leave flash_attention out, or give null or false.');
  }
  if (attn_logits_soft_cap !== null) {
    throw new TypeError('attn_logits_soft_cap works on TPUs alone, with Keras on JAX. Leave it out.');
  }
  // 1. operands of one floating-point dtype
  const given = promoteAll([query, key, value]);
  const dtype = isFloat(given[0].dtype) ? given[0].dtype : getDefaultFloat();
  const [q, k, v] = given.map((x) => cast(x, dtype));
  checkShapes(q, k, v);
  const [batch, length, heads, depth] = q.shape;
  const [, keys, groups, valueDepth] = v.shape;
  // The query heads that share a key head, as rows of one matrix.
  const rows = [batch, groups, groups === 0 ? 0 : (heads / groups) * length];
  const weights: Shape = [batch, heads, length, keys];

  // 2. logits, from here on in float32 or better
  const precise = resultType(dtype, 'float32');
  const products = apply('matmul', [reshape(byHead(q), [...rows, depth]), byHead(k)], { transposeA: false, transposeB: true });
  // Keras computes the default in float32, and numbers pass through that dtype too.
  const number = scale ?? Math.fround(1 / Math.fround(Math.sqrt(depth)));
  const factor = typeof number === 'number' ? Math.fround(number) : toTensor(number, precise);
  let logits = multiply(cast(reshape(products, weights), precise), factor);
  if (bias !== null) logits = add(logits, cast(fitting('bias', toTensor(bias, dtype), weights), precise));

  // 3. masks and softmax
  const isAllowed = allowed(mask, is_causal, weights);
  if (isAllowed) logits = where(isAllowed, logits, MASKED);
  const probabilities = cast(apply('softmax', [logits]), dtype);

  // 4. the values' mean
  const mixed = apply('matmul', [reshape(probabilities, [...rows, keys]), byHead(v)], { transposeA: false, transposeB: false });
  return byHead(reshape(mixed, [batch, heads, length, valueDepth]));
});
