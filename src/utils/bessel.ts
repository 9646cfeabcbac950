/** The modified Bessel functions of the first kind, in double precision. */

/**
 * exp(-|x|) I_order(|x|). The power series has positive terms only; far out the asymptotic series.
 * Source: Abramowitz and Stegun 9.6.10, 9.7.1.
 */
export function scaledBessel(order: 0 | 1, x: number): number {
  const z = Math.abs(x);
  if (z <= 30) {
    let term = order === 0 ? 1 : z / 2;
    let sum = term;
    for (let k = 1; term > 1e-17 * sum; k++) {
      term *= (z * z) / 4 / (k * (k + order));
      sum += term;
    }
    return sum * Math.exp(-z);
  }
  let term = 1;
  let sum = 1;
  for (let k = 1; k < 30 && Math.abs(term) > 1e-17; k++) {
    term *= -(4 * order * order - (2 * k - 1) ** 2) / (k * 8 * z);
    sum += term;
  }
  return sum / Math.sqrt(2 * Math.PI * z);
}
