/**
 * The part of a step that this process computes when several train together: each on rows of its own of one batch.
 *
 * What a step assigns to variables is kept back: it is this process's own. `reduce` joins it, and gradients, with those of
 * the others in one collective; from then on all have the same values.
 */
import { apply, applyAll } from './apply.js';
import { context, withContext, type VariableScope } from './context.js';
import { scalarTensor } from './convert.js';
import { isFloat, type DType } from './dtype.js';
import { nextOrdinal } from './ordinals.js';
import { keep } from './scope.js';
import { sizeOf } from './shape.js';
import type { Tensor } from './tensor.js';
import type { Variable } from './variable.js';

/** Which rows of a batch a process has. */
export interface Share {
  from: number;
  to: number;
  /** Rows of the whole batch; null where only each process knows its own. */
  total: number | null;
}

/** A share as text, which is part of a program's signature. */
export const shareToText = ({ from, to, total }: Share): string => `rows ${from}-${to}/${total ?? '?'}`;

export function shareFromText(text: string): Share {
  const [, from, to, total] = /^rows (\d+)-(\d+)\/(\d+|\?)$/.exec(text)!;
  return { from: Number(from), to: Number(to), total: total === '?' ? null : Number(total) };
}

const multiply = (x: Tensor, y: Tensor): Tensor => apply('multiply', [x, y]);
const cast = (x: Tensor, dtype: DType): Tensor => (x.dtype === dtype ? x : apply('cast', [x], { dtype }));

export class Replica implements VariableScope {
  readonly size: number;
  readonly index: number;
  readonly share: Share;
  #weight: Tensor | undefined;
  readonly #own = new Map<Variable, Tensor>();
  #isShared = false;

  constructor(group: { size: number; index: number }, share: Share) {
    this.size = group.size;
    this.index = group.index;
    this.share = share;
  }

  /** Runs a step as this process's part. */
  run<T>(step: () => T): T {
    if (this.share.total === null) {
      const rows = scalarTensor(this.rows, 'float32');
      this.#weight = keep(apply('divide', [rows, this.#sum(rows)]));
    }
    return withContext({ replica: this, variableScopes: [...context.variableScopes, this] }, step);
  }

  /** Whether what is computed now is the same in all processes, so that there is nothing to reduce. */
  get isShared(): boolean {
    return this.#isShared;
  }

  /** Runs what is the same in all processes: assignments take effect. */
  shared<T>(fn: () => T): T {
    const before = this.#isShared;
    this.#isShared = true;
    try {
      return fn();
    } finally {
      this.#isShared = before;
    }
  }

  read(variable: Variable): Tensor | undefined {
    return this.#isShared ? undefined : this.#own.get(variable);
  }

  assign(variable: Variable, value: Tensor): boolean {
    if (this.#isShared) return false;
    this.#own.set(variable, keep(cast(value, variable.dtype)));
    return true;
  }

  /** The number of rows that count here: none of those that only fill an empty share. */
  get rows(): number {
    return this.share.to - this.share.from;
  }

  /** This process's part of the rows, a scalar: what its means count for in those of the whole batch. */
  get #part(): Tensor {
    return this.#weight ?? scalarTensor(this.rows / this.share.total!, 'float32');
  }

  #sum(x: Tensor): Tensor {
    return apply('all_reduce', [x], { size: this.size, ordinal: nextOrdinal() });
  }

  /** The sum over all processes of a tensor that no gradient flows through; a share without rows counts for nothing. */
  total(x: Tensor): Tensor {
    return this.#sum(this.rows === 0 ? apply('full', [], { value: 0, shape: x.shape, dtype: x.dtype })
      : apply('stop_gradient', [x]));
  }

  /** Makes of a part of a sum over the whole batch what, as a mean of this process, gives that sum. */
  asMean(x: Tensor): Tensor {
    return this.rows === 0 ? x : apply('divide', [x, cast(this.#part, x.dtype)]);
  }

  /**
   * The mean over all processes, each with the weight of its rows, through which gradients flow: for statistics of the
   * whole batch.
   */
  mean(x: Tensor): Tensor {
    // The gradient that arrives is of this process's own mean of losses.
    const weight = cast(this.#part, x.dtype);
    const weighted = this.rows === 0 ? multiply(x, apply('full', [], { value: 0, shape: x.shape, dtype: x.dtype })) : multiply(x, weight);
    const { tapes } = context;
    const result = withContext({ tapes: [] }, () => this.#sum(weighted));
    for (const tape of tapes) {
      tape.recordCustom([weighted], [result], ([g]) => {
        if (!g) return [undefined];
        const sum = this.#sum(multiply(g, weight));
        return [this.rows === 0 ? sum : apply('divide', [sum, weight])];
      });
    }
    return result;
  }

  /**
   * Joins what this process has assigned with what the others have, and gives the means of further tensors over the
   * processes. Sums (`aggregation: 'sum'`, as of metrics) add up what was added; other floats become their mean; integers
   * and the like, which count steps, stay.
   */
  reduce(means: readonly (Tensor | null | undefined)[]): (Tensor | null | undefined)[] {
    return withContext({ autocast: undefined }, () => this.shared(() => this.#reduce(means)));
  }

  #reduce(means: readonly (Tensor | null | undefined)[]): (Tensor | null | undefined)[] {
    const own = [...this.#own];
    this.#own.clear();
    // 1. what goes into the collective, in one dtype
    const joined = own.filter(([variable]) => variable.aggregation === 'sum' || isFloat(variable.dtype));
    const given = means.filter((x): x is Tensor => Boolean(x));
    const isWide = [...given, ...joined.map(([, value]) => value)].some(({ dtype }) => dtype === 'float64');
    const dtype: DType = isWide ? 'float64' : 'float32';
    const parts = [
      ...given.map((x) => this.#weighted(cast(x, dtype))),
      ...joined.map(([variable, value]) => this.#contribution(variable, value, dtype)),
    ];
    // 2. the collective
    const sums = this.#sumAll(parts, dtype);
    // 3. assignments, which are the same in all processes
    joined.forEach(([variable], i) => {
      const sum = cast(sums[given.length + i], variable.dtype);
      variable.assign(variable.aggregation === 'sum' ? apply('add', [variable.value, sum]) : sum);
    });
    for (const [variable, value] of own) if (!joined.some(([other]) => other === variable)) variable.assign(value);
    let next = 0;
    return means.map((x) => x && cast(sums[next++], x.dtype));
  }

  #weighted(x: Tensor): Tensor {
    // A share without rows may hold anything.
    return this.rows === 0 ? apply('full', [], { value: 0, shape: x.shape, dtype: x.dtype }) : multiply(x, cast(this.#part, x.dtype));
  }

  #contribution(variable: Variable, value: Tensor, dtype: DType): Tensor {
    const { shape } = value;
    const nothing = (): Tensor => apply('full', [], { value: 0, shape, dtype });
    if (variable.aggregation === 'only_first_replica') return this.index === 0 ? cast(value, dtype) : nothing();
    if (variable.aggregation !== 'sum') return this.#weighted(cast(value, dtype));
    return this.rows === 0 ? nothing() : cast(apply('subtract', [value, variable.value]), dtype);
  }

  /** Sums over the processes, all in one collective. */
  #sumAll(parts: readonly Tensor[], dtype: DType): Tensor[] {
    if (parts.length === 0) return [];
    const flat = parts.map((x) => apply('reshape', [x], { shape: [x.size] }));
    const sum = this.#sum(flat.length === 1 ? flat[0] : apply('concatenate', flat, { axis: 0 }));
    const split = flat.length === 1 ? [sum] : applyAll('split', [sum], { axis: 0, sizes: flat.map(({ size }) => size) });
    return split.map((x, i) => apply('reshape', [cast(x, dtype)], { shape: parts[i].shape }));
  }

  /** The rows of all processes one after the other, which all then have; null totals leave each its own. */
  gather(x: Tensor): Tensor {
    const { from, to, total } = this.share;
    if (total === null) return x;
    const rest = x.shape.slice(1);
    const kept = apply('strided_slice', [x], {
      begin: x.shape.map(() => 0), size: [to - from, ...rest], strides: x.shape.map(() => 1) });
    const summed: DType = isFloat(x.dtype) || x.dtype === 'int64' ? x.dtype : 'int32';
    const padded = apply('pad', [cast(kept, summed)], {
      paddings: x.shape.map((_, i) => (i === 0 ? [from, total - to] as const : [0, 0] as const)), mode: 'constant', value: 0 });
    return sizeOf(padded.shape) === 0 ? cast(padded, x.dtype) : cast(this.#sum(padded), x.dtype);
  }
}
