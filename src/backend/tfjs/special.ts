/** Special functions that JavaScript's Math lacks, in double precision. */
import { scaledBessel } from '../../utils/bessel.js';

/** Error function: Maclaurin series near 0, continued fraction of erfc in the tail. Relative error below 1e-14. */
export function erf(x: number): number {
  const z = Math.abs(x);
  if (!(z < 6)) return Number.isNaN(x) ? NaN : Math.sign(x);
  const square = x * x;
  if (z < 2.5) {
    // erf x = 2/sqrt(pi) exp(-x^2) sum of 2^n x^(2n+1) / (2n+1)!!: all terms positive, so nothing cancels.
    let term = x;
    let sum = x;
    for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
      term *= (2 * square) / (2 * n + 1);
      sum += term;
    }
    return (2 / Math.sqrt(Math.PI)) * Math.exp(-square) * sum;
  }
  return Math.sign(x) * (1 - erfcTail(z));
}

/** erfc z = exp(-z^2)/sqrt(pi) / (z + (1/2)/(z + 1/(z + (3/2)/(z + ...)))) for z >= 2.5, from the inside out. */
function erfcTail(z: number): number {
  let fraction = z;
  for (let n = 60; n > 0; n--) fraction = z + n / 2 / fraction;
  return Math.exp(-z * z) / Math.sqrt(Math.PI) / fraction;
}

/** 1 - erf x, without cancellation in the tail. */
export const erfc = (x: number): number => (x >= 2.5 && x < Infinity ? erfcTail(x) : 1 - erf(x));

/** e^z in two factors, so that it overflows no sooner than the product. */
const unscaled = (scaled: number, z: number): number => scaled * Math.exp(z / 2) * Math.exp(z / 2);

export const besselI0 = (x: number): number =>
  (Math.abs(x) === Infinity ? Infinity : unscaled(scaledBessel(0, x), Math.abs(x)));
export const besselI1 = (x: number): number =>
  (Math.abs(x) === Infinity ? x : Math.sign(x) * unscaled(scaledBessel(1, x), Math.abs(x)));

/** Inverse of erf on (-1, 1). Start: Winitzki's approximation; then Halley steps. */
export function erfInv(y: number): number {
  if (!(y > -1 && y < 1)) return Math.abs(y) === 1 ? y * Infinity : NaN;
  if (y === 0) return y;
  const a = 0.147;
  const log = Math.log1p(-y * y);
  const half = 2 / (Math.PI * a) + log / 2;
  let x = Math.sign(y) * Math.sqrt(Math.sqrt(half * half - log / a) - half);
  for (let step = 0; step < 3; step++) {
    const error = (erf(x) - y) / ((2 / Math.sqrt(Math.PI)) * Math.exp(-x * x));
    x -= error / (1 + x * error);
  }
  return x;
}

/** Coefficients of Lanczos's approximation with g = 7 and nine terms (error near 1e-15). Source: Godfrey. */
const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

/** Logarithm of the absolute value of the gamma function. */
export function lgamma(x: number): number {
  if (Number.isNaN(x)) return NaN;
  if (!Number.isFinite(x)) return Infinity;
  if (x <= 0 && Number.isInteger(x)) return Infinity;
  if (x < 0.5) return Math.log(Math.PI / Math.abs(Math.sin(Math.PI * x))) - lgamma(1 - x);
  const z = x - 1;
  const t = z + 7.5;
  const sum = LANCZOS.reduce((s, c, i) => (i === 0 ? c : s + c / (z + i)), 0);
  return 0.5 * Math.log(2 * Math.PI) + (z + 0.5) * Math.log(t) - t + Math.log(sum);
}

/** Derivative of lgamma: reflection below 0, recurrence up to 10, then the asymptotic series. */
export function digamma(x: number): number {
  if (x === -Infinity || (x <= 0 && Number.isInteger(x))) return NaN;
  if (x < 0) return digamma(1 - x) - Math.PI / Math.tan(Math.PI * x);
  let shift = 0;
  let z = x;
  for (; z < 10; z++) shift -= 1 / z;
  const s = 1 / (z * z);
  return shift + Math.log(z) - 0.5 / z -
    s * (1 / 12 - s * (1 / 120 - s * (1 / 252 - s * (1 / 240 - s * (1 / 132)))));
}
