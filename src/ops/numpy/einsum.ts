/** Einstein's summation convention. */
import { toTensor, type TensorLike } from '../../engine/convert.js';
import { getDefaultFloat, isDifferentiable, resultType } from '../../engine/dtype.js';
import { formatShape, ShapeError } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import { reshapeTo } from '../compose.js';
import { defineVariadicOp } from '../define.js';
import { cast } from '../promotion.js';
import { contract, ordered, summed, type Labelled } from './contract.js';
import { diagonal } from './matrices.js';

const PATTERN = /^([a-zA-Z]|\.\.\.)*(,([a-zA-Z]|\.\.\.)*)*(->([a-zA-Z]|\.\.\.)*)?$/;

interface Parsed {
  terms: string[][];
  output: string[];
}

/**
 * Labels of each operand and of the result; the axes of an ellipsis are labelled `...0`, `...1` from the
 * right.
 */
function parse(subscripts: string, operands: readonly Tensor[]): Parsed {
  const text = subscripts.replace(/\s+/g, '');
  if (!PATTERN.test(text)) {
    throw new TypeError(
      `einsum cannot read the subscripts '${subscripts}': expected letters for axes, such as 'ij,jk->ik'.`);
  }
  const [inputs, target] = text.split('->');
  const parts = inputs.split(',');
  if (parts.length !== operands.length) {
    throw new TypeError(
      `einsum received ${operands.length} operands for the ${parts.length} terms of '${subscripts}'.`);
  }
  let widest = 0;
  const terms = parts.map((part, i) => {
    const letters = part.replace('...', '').length;
    const hidden = part.includes('...') ? operands[i].ndim - letters : 0;
    if (hidden < 0 || letters + hidden !== operands[i].ndim) {
      throw new ShapeError(
        `einsum: the term '${part}' of '${subscripts}' does not fit operand ${i} of shape ` +
        `${formatShape(operands[i].shape)}: it names ${letters} axes.`);
    }
    widest = Math.max(widest, hidden);
    return expand(part, hidden);
  });
  if (target !== undefined) return { terms, output: expand(target, target.includes('...') ? widest : 0) };
  // Without a result the labels that occur once are kept, in alphabetical order.
  const all = terms.flat();
  const isOnce = (label: string): boolean => all.indexOf(label) === all.lastIndexOf(label);
  const once = all.filter((label) => !label.startsWith('.') && isOnce(label));
  return { terms, output: [...expand('...', widest), ...once.toSorted()] };
}

const expand = (part: string, hidden: number): string[] =>
  (part.match(/\.\.\.|[a-zA-Z]/g) ?? []).flatMap((label) =>
    (label === '...' ? Array.from({ length: hidden }, (_, i) => `...${hidden - 1 - i}`) : [label]));

/** Labels that occur twice in one operand become its diagonal. */
function withoutRepeats(tensor: Tensor, labels: readonly string[]): Labelled {
  const second = labels.findIndex((label, i) => labels.indexOf(label) !== i);
  if (second < 0) return { tensor, labels };
  const first = labels.indexOf(labels[second]);
  if (tensor.shape[first] !== tensor.shape[second]) {
    throw new ShapeError(
      `einsum: the label '${labels[first]}' stands for axes of ${tensor.shape[first]} and ` +
      `${tensor.shape[second]} in an operand of shape ${formatShape(tensor.shape)}.`);
  }
  const rest = labels.filter((_, i) => i !== first && i !== second);
  return withoutRepeats(diagonal(tensor, 0, first, second), [...rest, labels[first]]);
}

/** Checks the sizes of labels; axes of length 1 against longer ones are dropped, which broadcasts them. */
function aligned(operands: readonly Labelled[], subscripts: string): Labelled[] {
  const length = new Map<string, number>();
  for (const { tensor, labels } of operands) {
    labels.forEach((label, i) => {
      const [size, known] = [tensor.shape[i], length.get(label)];
      if (known !== undefined && known !== size && known !== 1 && size !== 1) {
        throw new ShapeError(
          `einsum: the label '${label}' of '${subscripts}' stands for axes of ${known} and ${size}; ` +
          `operands have shapes ${operands.map((x) => formatShape(x.tensor.shape)).join(', ')}.`);
      }
      if (known === undefined || known === 1) length.set(label, size);
    });
  }
  return operands.map(({ tensor, labels }) => {
    const isKept = (_: unknown, i: number): boolean => tensor.shape[i] === length.get(labels[i]);
    return { tensor: reshapeTo(tensor, tensor.shape.filter(isKept)), labels: labels.filter(isKept) };
  });
}

/**
 * The pair in the order that gives the result's order of axes without a transposition, where there is one.
 */
function product(a: Labelled, b: Labelled, keep: ReadonlySet<string>): Labelled {
  const own = (x: Labelled, y: Labelled): number[] =>
    x.labels.filter((label) => !y.labels.includes(label)).map((label) => [...keep].indexOf(label));
  const [first, second] = [own(a, b), own(b, a)];
  const isSwapped = first.length > 0 && second.length > 0 && Math.min(...second) < Math.min(...first);
  return isSwapped ? contract(b, a, keep) : contract(a, b, keep);
}

function evaluate(subscripts: string, tensors: readonly Tensor[]): Tensor {
  const { terms, output } = parse(subscripts, tensors);
  const unknown = output.find((label, i) => !terms.flat().includes(label) || output.indexOf(label) !== i);
  if (unknown !== undefined) {
    throw new TypeError(
      `einsum: the label '${unknown}' of the result of '${subscripts}' occurs twice or in no operand.`);
  }
  const operands = aligned(tensors.map((tensor, i) => withoutRepeats(tensor, terms[i])), subscripts);
  let [result, ...rest] = operands;
  const neededBy = (others: readonly Labelled[]) => (label: string): boolean =>
    output.includes(label) || others.some((x) => x.labels.includes(label));
  result = summed(result, neededBy(rest));
  while (rest.length > 0) {
    const [next, ...later] = rest;
    const needed = neededBy(later);
    const other = summed(next, (label) => needed(label) || result.labels.includes(label));
    const mine = summed(result, (label) => needed(label) || other.labels.includes(label));
    const keep = new Set([...output, ...later.flatMap((x) => x.labels)]);
    result = product(mine, other, keep);
    rest = later;
  }
  return ordered(result, output);
}

/**
 * Sums of products by Einstein's convention: letters name axes, equal ones are multiplied together, and those
 * missing in the result are summed over. `...` stands for axes that broadcast. Source: keras.ops.einsum.
 *
 * Computed by transposition, reshape and matrix product. Integers are computed in floatx; int8 gives int32.
 * @param subscripts terms for the operands and the result, such as `'ij,jk->ik'`; without `->` the letters
 *   that occur once make the result, in alphabetical order
 * @param operands tensors, one after the other
 * @throws TypeError when the subscripts cannot be read or do not match the number of operands
 * @throws ShapeError when a letter stands for axes of different lengths
 * @example
 * ops.einsum('ij,j->i', [[1, 2], [3, 4]], [1, 1]).arraySync(); // [3, 7]
 */
export const einsum = defineVariadicOp('keras.ops.einsum', ['subscripts'], 'operands', [], (
  subscripts: string, operands: readonly TensorLike[], _options: Record<never, never>,
): Tensor => {
  const tensors = operands.map((operand) => toTensor(operand));
  const isBytes = tensors.every(({ dtype }) => dtype === 'int8');
  const dtype = isBytes ? 'int32' : resultType(...tensors.map((t) => t.dtype));
  const compute = isDifferentiable(dtype) ? dtype : getDefaultFloat();
  return cast(evaluate(subscripts, tensors.map((t) => cast(t, compute))), dtype);
});
