/** Boundaries that part data into bins of equal counts, from a summary that stays small however many data there are. */

/** Values in ascending order, and how many data each stands for. Numbers have the precision of float32, as in Keras. */
export interface Summary {
  values: Float32Array;
  weights: Float32Array;
}

export const EMPTY: Summary = { values: new Float32Array(), weights: new Float32Array() };

/** A summary of data: of each `epsilon` of them, the last value. */
export function summarize(data: Float32Array, epsilon: number): Summary {
  const sorted = data.toSorted();
  const step = Math.max(sorted.length * epsilon, 1);
  const values: number[] = [];
  for (let i = Math.trunc(step - 1); i < sorted.length; i += Math.trunc(step)) values.push(sorted[i]);
  return { values: Float32Array.from(values), weights: new Float32Array(values.length).fill(step) };
}

/** One summary of two. */
export function mergeSummaries(a: Summary, b: Summary, epsilon: number): Summary {
  const values = [...a.values, ...b.values];
  const weights = [...a.weights, ...b.weights];
  const order = values.map((_, i) => i).toSorted((i, j) => values[i] - values[j] || i - j);
  return compress({
    values: Float32Array.from(order, (i) => values[i]), weights: Float32Array.from(order, (i) => weights[i]),
  }, epsilon);
}

/** The boundaries of `bins` bins. */
export const boundariesOf = (summary: Summary, bins: number): number[] => [...compress(summary, 1 / bins).values.subarray(0, -1)];

/** `y` at `x` on the lines between the points (xs, ys), and their ends' beyond. */
function interpolate(x: number, xs: ArrayLike<number>, ys: ArrayLike<number>): number {
  const last = xs.length - 1;
  if (x >= xs[last]) return ys[last];
  if (x <= xs[0]) return ys[0];
  let i = 0;
  while (xs[i + 1] <= x) i++;
  return ys[i] + ((ys[i + 1] - ys[i]) / (xs[i + 1] - xs[i])) * (x - xs[i]);
}

function compress(summary: Summary, epsilon: number): Summary {
  const { values, weights } = summary;
  if (values.length * epsilon < 1) return summary;
  let sum = 0;
  const sums = Float32Array.from(weights, (weight) => {
    sum = Math.fround(sum + weight);
    return sum;
  });
  const shares = sums.map((part) => part / sum);
  const wanted = Array.from({ length: Math.ceil(1 / epsilon) }, (_, i) => epsilon + i * epsilon);
  const newSums = wanted.map((share) => interpolate(share, shares, sums));
  return {
    values: Float32Array.from(wanted, (share) => interpolate(share, shares, values)),
    weights: Float32Array.from(newSums, (part, i) => part - (i > 0 ? newSums[i - 1] : 0)),
  };
}
