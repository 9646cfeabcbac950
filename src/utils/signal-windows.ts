/** Windows of signal processing by SciPy's names: weights of the elements of a piece of a signal. */

type Weight = (i: number, size: number) => number;

/** `a0 - a1 cos(x) + a2 cos(2 x) - ...` over one turn. */
const cosines = (...factors: readonly number[]): Weight => (i, size) => {
  const angle = (2 * Math.PI * i) / (size - 1);
  return factors.reduce((sum, factor, k) => sum + (k % 2 === 0 ? 1 : -1) * factor * Math.cos(k * angle), 0);
};
/** From -1 at the first element to 1 at the last. */
const position = (i: number, size: number): number => (2 * i) / (size - 1) - 1;
const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));

/** Share of the Tukey window that is not flat. */
const TUKEY_SHARE = 0.5;
/** Level of Taylor's side lobes below the main one, in dB, and how many are level. */
const [TAYLOR_LEVEL, TAYLOR_LOBES] = [30, 4];

/** Coefficients of the cosines of Taylor's window. Source: Carrara and Majewski, Spotlight Synthetic Aperture Radar, 1995. */
function taylorFactors(): number[] {
  const a = Math.acosh(10 ** (TAYLOR_LEVEL / 20)) / Math.PI;
  const width = TAYLOR_LOBES ** 2 / (a ** 2 + (TAYLOR_LOBES - 0.5) ** 2);
  const lobes = Array.from({ length: TAYLOR_LOBES - 1 }, (_, i) => i + 1);
  return lobes.map((m) => {
    const over = lobes.reduce((p, k) => p * (1 - m ** 2 / width / (a ** 2 + (k - 0.5) ** 2)), 1);
    const under = lobes.reduce((p, k) => (k === m ? p : p * (1 - (m / k) ** 2)), 2);
    return ((m % 2 === 1 ? 1 : -1) * over) / under;
  });
}

function taylor(): Weight {
  const factors = taylorFactors();
  const at = (i: number, size: number): number => 1 + 2 * factors.reduce((sum, factor, k) =>
    sum + factor * Math.cos((2 * Math.PI * (k + 1) * (i - size / 2 + 0.5)) / size), 0);
  return (i, size) => at(i, size) / at((size - 1) / 2, size);
}

function parzen(i: number, size: number): number {
  const from = Math.abs(i - (size - 1) / 2);
  const x = from / (size / 2);
  return from <= (size - 1) / 4 ? 1 - 6 * x ** 2 + 6 * x ** 3 : 2 * (1 - x) ** 3;
}

function bohman(i: number, size: number): number {
  const x = Math.abs(position(i, size));
  // The ends are 0; rounding would leave a trace.
  return x === 1 ? 0 : (1 - x) * Math.cos(Math.PI * x) + Math.sin(Math.PI * x) / Math.PI;
}

function tukey(i: number, size: number): number {
  const edge = Math.floor((TUKEY_SHARE * (size - 1)) / 2);
  const from = Math.min(i, size - 1 - i);
  return from > edge ? 1 : 0.5 * (1 + Math.cos(Math.PI * ((2 * from) / TUKEY_SHARE / (size - 1) - 1)));
}

const WINDOWS: Readonly<Record<string, Weight>> = {
  barthann: (i, size) => {
    const x = Math.abs(i / (size - 1) - 0.5);
    return 0.62 - 0.48 * x + 0.38 * Math.cos(2 * Math.PI * x);
  },
  bartlett: (i, size) => 1 - Math.abs(position(i, size)),
  blackman: cosines(0.42, 0.5, 0.08),
  blackmanharris: cosines(0.35875, 0.48829, 0.14128, 0.01168),
  bohman,
  boxcar: () => 1,
  cosine: (i, size) => Math.sin((Math.PI / size) * (i + 0.5)),
  exponential: (i, size) => Math.exp(-Math.abs(i - (size - 1) / 2)),
  flattop: cosines(0.21557895, 0.41663158, 0.277263158, 0.083578947, 0.006947368),
  hamming: cosines(0.54, 0.46),
  hann: cosines(0.5, 0.5),
  lanczos: (i, size) => sinc(position(i, size)),
  nuttall: cosines(0.3635819, 0.4891775, 0.1365995, 0.0106411),
  parzen,
  taylor: taylor(),
  triang: (i, size) => {
    const from = Math.min(i, size - 1 - i) + 1;
    return size % 2 === 0 ? (2 * from - 1) / size : (2 * from) / (size + 1);
  },
  tukey,
};

export const SIGNAL_WINDOWS: readonly string[] = Object.keys(WINDOWS);

/**
 * The weights of a window.
 * @param isPeriodic whether the window is one period of a signal, which its first element would follow
 */
export function signalWindow(name: string, size: number, isPeriodic: boolean): Float64Array {
  if (size <= 1) return new Float64Array(size).fill(1);
  const whole = isPeriodic ? size + 1 : size;
  return Float64Array.from({ length: size }, (_, i) => WINDOWS[name](i, whole));
}
