/** Random choices that follow from a seed, so that a failure can be played again (mulberry32). */

let state = 0;

export function setSeed(seed: number): void {
  state = seed;
}

export function random(): number {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
}

export const below = (n: number): number => Math.floor(random() * n);
export const chance = (p: number): boolean => random() < p;
export const pick = <T>(items: readonly T[]): T => items[below(items.length)];
export const times = <T>(n: number, make: () => T): T[] => Array.from({ length: n }, () => make());

/** A small shape, now and then an empty one. */
export const shape = (): number[] => times(below(5), () => pick([0, 1, 1, 2, 2, 3, 4]));
