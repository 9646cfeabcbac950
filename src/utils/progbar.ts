/** The progress bar that Keras shows in a terminal; in a pipe, plain lines. */
import { kerasExport } from '../saving/registration.js';
import { is_interactive_logging_enabled, writeOut } from './interactive-logging.js';

export interface ProgbarOptions {
  /** Total number of steps; null when unknown. */
  target: number | null;
  /** Width in characters. Default 20. */
  width?: number;
  /** 0 silent, 1 a bar, 2 one line at the end. Default 1. */
  verbose?: number;
  /** Least time between two redraws, in seconds. Default 0.05. */
  interval?: number;
  /** Names of values shown as they are; all others are averaged over the steps. */
  stateful_metrics?: readonly string[] | null;
  /** The other way round: names of values that are averaged, all others are shown as they are. */
  stateless_metrics?: readonly string[] | null;
  /** What a step is called. Default `step`. */
  unit_name?: string;
  /** Where it prints. Default stdout, or the debug log when interactive logging is off. */
  stream?: NodeJS.WritableStream & { isTTY?: boolean };
}

const now = (): number => performance.now() / 1000;

/**
 * Displays a progress bar. Source: keras.utils.Progbar.
 *
 * @example
 * const bar = new keras.utils.Progbar({ target: 3, verbose: 0 });
 * bar.update(1, { loss: 0.5 });
 */
export class Progbar {
  target: number | null;
  readonly #width: number;
  readonly #verbose: number;
  readonly #interval: number;
  readonly #unit: string;
  readonly #isAveraged: (name: string) => boolean;
  readonly #stream: ProgbarOptions['stream'];
  #seen = 0;
  #values = new Map<string, { sum: number; count: number }>();
  readonly #start = now();
  #timeAfterFirstStep: number | undefined;
  #lastUpdate = -Infinity;
  #lastWidth = 0;

  constructor(options: ProgbarOptions) {
    const { stateful_metrics: stateful, stateless_metrics: stateless } = options;
    if (stateful && stateless) {
      throw new TypeError('Only one of stateful_metrics and stateless_metrics can be given to Progbar.');
    }
    this.target = options.target;
    this.#width = options.width ?? 20;
    this.#verbose = options.verbose ?? 1;
    this.#interval = options.interval ?? 0.05;
    this.#unit = options.unit_name ?? 'step';
    this.#isAveraged = (name) => (stateless ? stateless.includes(name) : !stateful?.includes(name));
    this.#stream = options.stream;
  }

  get #isTerminal(): boolean {
    return this.#stream ? this.#stream.isTTY === true : is_interactive_logging_enabled() && process.stdout.isTTY === true;
  }

  #write(text: string): void {
    if (this.#stream) this.#stream.write(text);
    else writeOut(text);
  }

  /** Whether an update to this step would be drawn now. */
  due(current: number): boolean {
    return this.#verbose === 1 && (now() - this.#lastUpdate >= this.#interval || current === this.target);
  }

  /**
   * Moves the bar to a step.
   * @param values losses and metrics to show
   * @param options `finalize`: whether this is the last update. Default: when `current` reaches the target.
   */
  update(
    current: number, values: Readonly<Record<string, number>> = {}, options: { finalize?: boolean } = {},
  ): void {
    const finalize = options.finalize ?? (this.target !== null && current >= this.target);
    for (const [name, value] of Object.entries(values)) {
      const before = this.#values.get(name);
      if (!this.#isAveraged(name) || finalize) this.#values.set(name, { sum: value, count: 1 });
      else {
        const steps = Math.max(current - this.#seen, 1);
        const { sum, count } = before ?? { sum: 0, count: 0 };
        this.#values.set(name, { sum: sum + value * steps, count: count + steps });
      }
    }
    this.#seen = current;
    const time = now();
    const perStep = this.#stepDuration(current, time);
    if (this.#verbose === 1) this.#draw(current, time, perStep, finalize);
    else if (this.#verbose === 2 && finalize && this.target) {
      const count = `${String(current).padStart(String(this.target).length)}/${this.target}`;
      const tail = `${this.#rate(perStep)}${this.#metrics()}`;
      this.#write(`${count} - ${(time - this.#start).toFixed(0)}s -${tail}\n`);
    }
  }

  /** Moves the bar by `n` steps. */
  add(n: number, values: Readonly<Record<string, number>> = {}): void {
    this.update(this.#seen + n, values);
  }

  #draw(current: number, time: number, perStep: number, finalize: boolean): void {
    if (time - this.#lastUpdate < this.#interval && !finalize) return;
    const tty = this.#isTerminal;
    // A pipe gets the finished line alone: redrawing has no meaning there.
    if (!tty && !finalize) {
      this.#lastUpdate = time;
      return;
    }
    const bold = (text: string): string => (tty ? `\x1b[1m${text}\x1b[0m` : text);
    const color = (code: number, text: string): string => (tty ? `\x1b[${code}m${text}\x1b[0m` : text);
    let plain: string;
    let styled: string;
    if (this.target) {
      const count = `${String(current).padStart(String(this.target).length)}/${this.target}`;
      const done = Math.min(this.#width, Math.floor((this.#width * current) / this.target));
      plain = `${count} ${'━'.repeat(this.#width)}`;
      const full = done > 0 ? color(32, '━'.repeat(done)) : '';
      styled = `${bold(count)} ${full}${color(37, '━'.repeat(this.#width - done))}`;
    } else plain = styled = `${String(current).padStart(7)}/Unknown`;
    const left = this.target && !finalize ? formatEta(perStep * (this.target - current))
      : `${(time - this.#start).toFixed(0)}s`;
    const tail = `${this.#rate(perStep)}${this.#metrics()}`;
    const width = plain.length + left.length + 1 + tail.length;
    const padding = tty ? ' '.repeat(Math.max(0, this.#lastWidth - width)) : '';
    this.#write(`${tty ? '\r' : ''}${styled} ${bold(left)}${tail}${padding}${finalize ? '\n' : ''}`);
    this.#lastWidth = width;
    this.#lastUpdate = time;
  }

  #metrics(): string {
    return [...this.#values].map(([name, { sum, count }]) => {
      const value = sum / Math.max(1, count);
      return ` - ${name}: ${formatValue(value)}`;
    }).join('');
  }

  #rate(perStep: number): string {
    if (perStep >= 1 || perStep === 0) return ` ${perStep.toFixed(0)}s/${this.#unit}`;
    if (perStep >= 1e-3) return ` ${(perStep * 1e3).toFixed(0)}ms/${this.#unit}`;
    return ` ${(perStep * 1e6).toFixed(0)}us/${this.#unit}`;
  }

  /** Mean duration of a step; the first one, with its compilation, does not count once there are others. */
  #stepDuration(current: number, time: number): number {
    if (!current) return 0;
    const duration = this.#timeAfterFirstStep !== undefined && current > 1
      ? (time - this.#timeAfterFirstStep) / (current - 1) : (time - this.#start) / current;
    this.#timeAfterFirstStep ??= current === 1 ? time : undefined;
    return duration;
  }
}
kerasExport(Progbar, 'keras.utils.Progbar');

/** As Python writes it: 0.2500, small values such as 1.2000e-04, nan, inf. */
function formatValue(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
  if (Math.abs(value) > 1e-3) return value.toFixed(4);
  const [mantissa, exponent] = value.toExponential(4).split('e');
  return `${mantissa}e${exponent[0]}${exponent.slice(1).padStart(2, '0')}`;
}

function formatEta(seconds: number): string {
  const s = Math.floor(seconds);
  const two = (n: number): string => String(n).padStart(2, '0');
  if (s > 3600) return `${Math.floor(s / 3600)}:${two(Math.floor((s % 3600) / 60))}:${two(s % 60)}`;
  return s > 60 ? `${Math.floor(s / 60)}:${two(s % 60)}` : `${s}s`;
}
