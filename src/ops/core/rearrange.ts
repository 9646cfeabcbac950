/** Axes named, split, joined and moved by a pattern. */
import { toTensor, type TensorLike } from '../../engine/convert.js';
import { formatShape, ShapeError, type Shape } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import { permute, reshapeTo } from '../compose.js';
import { defineOp } from '../define.js';

/** An axis of the tensor: one name, or those joined in parentheses (none for an axis of length 1). */
interface Group {
  names: string[];
  isJoined: boolean;
}
/** One side of a pattern: its axes in order. */
type Side = Group[];

const TOKEN = /\.\.\.|…|[A-Za-z_]\w*|1(?!\w)|[()]|\S/g;
const ELLIPSIS = '...';
const NAME = /^[A-Za-z_]\w*$/;

const namesOf = (side: Side): string[] => side.flatMap(({ names }) => names);

/** Axes of one side. */
function parseSide(text: string, pattern: string): Side {
  const groups: Side = [];
  let open: string[] | undefined;
  const fail = (what: string): never => {
    throw new TypeError(`rearrange cannot read the pattern '${pattern}': ${what}. Expected names of axes, 1, '...' ` +
      "and groups in parentheses, such as 'b (h p) c -> b h (p c)'.");
  };
  for (const token of text.match(TOKEN) ?? []) {
    const name = token === '…' ? ELLIPSIS : token;
    if (name === '(') {
      if (open) fail('a group inside of a group');
      open = [];
    } else if (name === ')') {
      if (!open) fail("a ')' without '('");
      groups.push({ names: open!, isJoined: true });
      open = undefined;
    } else if (name === '1') {
      if (!open) groups.push({ names: [], isJoined: true });
    } else if (name !== ELLIPSIS && !NAME.test(name)) {
      fail(`'${name}' is no name of an axis`);
    } else if (open) {
      open.push(name);
    } else {
      groups.push({ names: [name], isJoined: false });
    }
  }
  if (open) fail("a '(' without ')'");
  const names = namesOf(groups);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) fail(`'${twice}' occurs twice on one side`);
  return groups;
}

interface Pattern {
  left: Side;
  right: Side;
}

function parse(pattern: string): Pattern {
  const sides = pattern.split('->');
  if (sides.length !== 2) {
    throw new TypeError(`A pattern of rearrange has one '->' between the axes before and after, received '${pattern}'.`);
  }
  const [left, right] = sides.map((side) => parseSide(side, pattern));
  const [before, after] = [namesOf(left), namesOf(right)];
  const lone = [...before.filter((name) => !after.includes(name)), ...after.filter((name) => !before.includes(name))];
  if (lone.length > 0) {
    throw new TypeError(`The pattern '${pattern}' of rearrange has ${lone.map((name) => `'${name}'`).join(', ')} on one side ` +
      'only: every axis stays.');
  }
  if (left.some(({ names, isJoined }) => isJoined && names.includes(ELLIPSIS))) {
    throw new TypeError(`The pattern '${pattern}' of rearrange has an ellipsis in a group on the left: its axes could not ` +
      'be told apart.');
  }
  return { left, right };
}

/** The side with the ellipsis written out as names for the axes that it stands for. */
const spread = (side: Side, hidden: readonly string[]): Side => side.flatMap(({ names, isJoined }) => {
  if (!names.includes(ELLIPSIS)) return [{ names, isJoined }];
  if (!isJoined) return hidden.map((name) => ({ names: [name], isJoined }));
  return [{ names: names.flatMap((name) => (name === ELLIPSIS ? hidden : [name])), isJoined }];
});

/** The length of every name on the left. */
function lengthsOf(
  left: Side, shape: Shape, given: Readonly<Record<string, number>>, pattern: string,
): Map<string, number> {
  const lengths = new Map<string, number>();
  left.forEach(({ names: group }, axis) => {
    const known = group.filter((name) => given[name] !== undefined);
    const unknown = group.filter((name) => given[name] === undefined);
    const product = known.reduce((n, name) => n * given[name], 1);
    known.forEach((name) => lengths.set(name, given[name]));
    const rest = product === 0 ? 0 : shape[axis] / product;
    const isGood = unknown.length === 0 ? product === shape[axis] : Number.isInteger(rest);
    if (unknown.length > 1) {
      throw new TypeError(`The pattern '${pattern}' of rearrange splits axis ${axis} into ${group.join(', ')}: the lengths of ` +
        `all but one of ${unknown.join(', ')} must be given.`);
    }
    if (!isGood) {
      throw new ShapeError(`The pattern '${pattern}' of rearrange does not fit shape ${formatShape(shape)}: axis ${axis} has ` +
        `length ${shape[axis]}, and (${group.join(' ')}) has ` +
        `${known.length === 0 ? 'length 1' : known.map((name) => `${name}=${given[name]}`).join(', ')}.`);
    }
    if (unknown.length === 1) lengths.set(unknown[0], rest);
  });
  return lengths;
}

/**
 * The elements in another arrangement of axes, written as in einops: each side of `->` names the axes, parentheses
 * split one axis (left) or join several (right), `...` stands for any axes, `1` or `()` for one of length 1.
 * Source: keras.ops.rearrange; the patterns are those of einops.
 *
 * @param tensor the elements
 * @param pattern such as `'b (h p) w c -> b h w (p c)'`
 * @param axes_lengths lengths of names, by name; in a group on the left all but one must be given
 * @throws TypeError when the pattern cannot be read, names axes on one side only, or lacks a length
 * @throws ShapeError when it does not fit the tensor's shape
 * @example
 * ops.rearrange(ops.ones([8, 6, 3]), '(h p) w c -> h w (p c)', {p: 2}).shape; // [4, 6, 6]
 */
export const rearrange = defineOp('keras.ops.rearrange', ['tensor', 'pattern', 'axes_lengths'], (
  tensor: TensorLike, pattern: string, axes_lengths: Readonly<Record<string, number>> = {},
): Tensor => {
  const t = toTensor(tensor);
  const { left, right } = parse(pattern);

  // 1. the ellipsis stands for the axes that the left side does not name
  const hasEllipsis = namesOf(left).includes(ELLIPSIS);
  const hidden = t.shape.length - left.length + (hasEllipsis ? 1 : 0);
  if (hidden < 0 || (!hasEllipsis && hidden > 0)) {
    throw new ShapeError(`The pattern '${pattern}' of rearrange is for ${hasEllipsis ? 'at least ' : ''}` +
      `${left.length - (hasEllipsis ? 1 : 0)} axes, received shape ${formatShape(t.shape)}.`);
  }
  const names = Array.from({ length: hidden }, (_, i) => `${ELLIPSIS}${i}`);
  const before = spread(left, names);
  const after = spread(right, names);

  // 2. lengths
  for (const [name, length] of Object.entries(axes_lengths)) {
    if (!namesOf(before).includes(name)) throw new TypeError(`The pattern '${pattern}' of rearrange has no axis '${name}'.`);
    if (!Number.isInteger(length) || length < 0) {
      throw new TypeError(`The length of axis '${name}' of rearrange must be an integer >= 0, received ${String(length)}.`);
    }
  }
  const lengths = lengthsOf(before, t.shape, axes_lengths, pattern);

  // 3. split, move, join
  const order = namesOf(before);
  const size = (name: string): number => lengths.get(name)!;
  const split = reshapeTo(t, order.map(size));
  const moved = permute(split, namesOf(after).map((name) => order.indexOf(name)));
  return reshapeTo(moved, after.map(({ names: group }) => group.reduce((n, name) => n * size(name), 1)));
}, ['axes_lengths']);
