/**
 * The likeliest label sequences of connectionist temporal classification, found frame by frame among the prefixes that
 * are kept. Step for step as in TensorFlow, core/util/ctc/ctc_beam_search.h, so that the same prefixes are kept.
 * Source: Graves et al., 2006.
 */

/** log(exp(a) + exp(b)) */
function logAddExp(a: number, b: number): number {
  if (a === -Infinity) return b;
  if (b === -Infinity) return a;
  return Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b)));
}

/** Logarithms of the probability of a prefix, with the last frame at its last label or at a blank. */
class Probability {
  label = -Infinity;
  blank = -Infinity;
  total = -Infinity;

  copy({ label, blank, total }: Probability): void {
    this.label = label;
    this.blank = blank;
    this.total = total;
  }

  reset(): void {
    this.label = this.blank = this.total = -Infinity;
  }
}

/** A prefix: a node of the tree of all prefixes met so far. */
class Prefix {
  readonly before = new Probability();
  readonly now = new Probability();
  readonly #children = new Map<number, Prefix>();

  constructor(readonly parent: Prefix | undefined, readonly label: number) {}

  /** Whether it is kept at present. */
  get isKept(): boolean {
    return this.now.total !== -Infinity;
  }

  child(label: number): Prefix {
    let found = this.#children.get(label);
    if (!found) this.#children.set(label, (found = new Prefix(this, label)));
    return found;
  }

  labels(): number[] {
    return this.parent ? [...this.parent.labels(), this.label] : [];
  }
}

/** The best prefixes, best first, as many as the beam is wide. */
class Beam {
  #kept: Prefix[] = [];
  constructor(readonly width: number) {}

  get worst(): Prefix {
    return this.#kept[this.#kept.length - 1];
  }

  accepts(total: number): boolean {
    return total > -Infinity && (this.#kept.length < this.width || total > this.worst.now.total);
  }

  /** Puts a prefix into its place; the worst is dropped when there is no room, and returned. */
  add(prefix: Prefix): Prefix | undefined {
    let [low, high] = [0, this.#kept.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#kept[middle].now.total >= prefix.now.total) low = middle + 1;
      else high = middle;
    }
    this.#kept.splice(low, 0, prefix);
    return this.#kept.length > this.width ? this.#kept.pop() : undefined;
  }

  /** All, best first; the beam is empty then. */
  take(): Prefix[] {
    const all = this.#kept;
    this.#kept = [];
    return all;
  }
}

/** One frame: `logits` of the labels, then of the blank. */
function step(beam: Beam, logits: ArrayLike<number>, classes: number): void {
  const blank = classes - 1;
  let most = -Infinity;
  for (let i = 0; i < classes; i++) most = Math.max(most, logits[i]);
  let sum = 0;
  for (let i = 0; i < classes; i++) sum += Math.exp(logits[i] - most);
  const offset = most + Math.log(sum);

  // 1. prefixes that stay as they are: by a blank, or by their last label once more
  const prefixes = beam.take();
  for (const prefix of prefixes) prefix.before.copy(prefix.now);
  for (const { parent, label, before, now } of prefixes) {
    if (parent) {
      if (parent.isKept) now.label = logAddExp(now.label, label === parent.label ? parent.before.blank : parent.before.total);
      now.label += logits[label] - offset;
    }
    now.blank = before.total + logits[blank] - offset;
    now.total = logAddExp(now.blank, now.label);
  }
  for (const prefix of prefixes) beam.add(prefix);

  // 2. prefixes that grow by a label
  for (const prefix of prefixes) {
    if (!beam.accepts(prefix.before.total)) continue;
    for (let label = 0; label < blank; label++) {
      const grown = prefix.child(label);
      if (grown.isKept) continue;
      grown.now.blank = -Infinity;
      grown.now.label = logits[label] - offset + (label === prefix.label ? prefix.before.blank : prefix.before.total);
      grown.now.total = grown.now.label;
      if (beam.accepts(grown.now.total)) beam.add(grown)?.now.reset();
      else {
        grown.before.reset();
        grown.now.reset();
      }
    }
  }
}

export interface Path {
  labels: readonly number[];
  logarithm: number;
}

/** The best `paths` sequences of one sample, best first. */
export function beamSearch(
  frames: readonly ArrayLike<number>[], classes: number, beamWidth: number, paths: number,
): Path[] {
  const beam = new Beam(beamWidth);
  const root = new Prefix(undefined, -1);
  root.now.blank = root.now.total = 0;
  beam.add(root);
  for (const logits of frames) step(beam, logits, classes);
  const best = beam.take().slice(0, paths);
  if (best.length < paths) {
    throw new RangeError(`A beam search over ${frames.length} frames of ${classes} classes found ${best.length} sequences, ` +
      `${paths} were asked for.`);
  }
  return best.map((prefix) => ({ labels: prefix.labels(), logarithm: prefix.now.total }));
}
