/** Equations of the projections and products in attention over any axes. */

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';

/** A projection that keeps `free` axes, sums over the `bound` ones after them, and gives `made` new ones. */
export function projection(free: number, bound: number, made: number): { equation: string; bias_axes: string } {
  const kept = LETTERS.slice(0, free);
  const summed = LETTERS.slice(free, free + bound);
  const added = LETTERS.slice(free + bound, free + bound + made);
  return { equation: `${kept}${summed},${summed}${added}->${kept}${added}`, bias_axes: added };
}

/** The output_shape of such a projection: what it keeps is left open. */
export const openShape = (free: number, made: readonly number[]): (number | null)[] =>
  [...Array.from({ length: free - 1 }, () => null), ...made];

/**
 * Products of query, key and value of `rank` axes, [batch, ..., heads, depth], with attention over some of them.
 *
 * `scores`: key and query to [batch axes, heads, query axes, key axes]. `mix`: these and the value to the query's form.
 */
export function attentionProducts(rank: number, axes: readonly number[]): { scores: string; mix: string } {
  const query = LETTERS.slice(0, rank);
  let next = rank;
  const key = Array.from(query, (letter, i) => (axes.includes(i) ? LETTERS[next++] : letter)).join('');
  const batch = Array.from(query).filter((_, i) => !axes.includes(i) && i < rank - 1).join('');
  const at = (letters: string): string => axes.map((axis) => letters[axis]).join('');
  const product = `${batch}${at(query)}${at(key)}`;
  return { scores: `${key},${query}->${product}`, mix: `${product},${key}->${query}` };
}
