/** Seeded damage to files: what storage, transfers and people with bad intentions do to them. */

/** Mulberry32: the same numbers for the same seed everywhere. */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const EXTREMES = [0, 1, 0x7f, 0x80, 0xff];

/** A damaged copy of `bytes`; the same for the same seed. */
export function mutate(bytes: Uint8Array, seed: number): Uint8Array {
  const next = random(seed);
  const below = (n: number): number => Math.floor(next() * n);
  const copy = new Uint8Array(bytes);
  const kind = seed % 6;
  // Headers and directories lie at the ends, and most of what matters with them.
  const anywhere = (): number => {
    const near = Math.min(2048, copy.length);
    const place = below(3);
    if (place === 0) return below(near);
    return place === 1 ? copy.length - 1 - below(near) : below(copy.length);
  };
  if (kind === 0) return copy.subarray(0, below(copy.length)); // cut short
  if (kind === 1) for (let n = 1 + below(8); n > 0; n--) copy[anywhere()] ^= 1 << below(8); // flipped bits
  if (kind === 2) for (let n = 1 + below(4); n > 0; n--) copy[anywhere()] = EXTREMES[below(EXTREMES.length)];
  if (kind === 3) { // two stretches exchanged
    const length = 1 + below(64);
    const [a, b] = [below(copy.length - length), below(copy.length - length)];
    const kept = copy.slice(a, a + length);
    copy.copyWithin(a, b, b + length);
    copy.set(kept, b);
  }
  if (kind === 4) copy.fill(EXTREMES[below(EXTREMES.length)], anywhere()).subarray(0); // a tail of one byte
  if (kind === 5) { // one 64-bit number set to something absurd
    const at = Math.min(anywhere(), copy.length - 8);
    new DataView(copy.buffer).setBigUint64(at, [0n, 2n ** 31n, 2n ** 40n, 2n ** 63n, BigInt(at)][below(5)], true);
  }
  return copy;
}

const WRONG_VALUES: unknown[] = [null, 0, -1, 1.5, true, 'x', '', [], {}, [[]], [null, 2], { class_name: 'Dense', config: {} }];

/** A copy of JSON with one thing in it changed, left out, doubled, or put where another was. */
export function mutateJSON(value: unknown, seed: number): unknown {
  const next = random(seed);
  const copy: unknown = structuredClone(value);
  const places: [holder: Record<string, unknown>, key: string][] = [];
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    for (const key of Object.keys(node)) {
      places.push([node as Record<string, unknown>, key]);
      visit((node as Record<string, unknown>)[key]);
    }
  };
  visit(copy);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(next() * items.length)];
  const [holder, key] = pick(places);
  switch (seed % 4) {
    case 0:
      holder[key] = structuredClone(pick(WRONG_VALUES));
      break;
    case 1:
      if (Array.isArray(holder)) holder.splice(Number(key), 1);
      else delete holder[key];
      break;
    case 2: {
      const [other, from] = pick(places);
      holder[key] = structuredClone(other[from]);
      break;
    }
    default:
      if (Array.isArray(holder)) holder.push(structuredClone(holder[Number(key)]));
      else holder[`${key}_`] = holder[key];
  }
  return copy;
}
