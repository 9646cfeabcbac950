/**
 * One contender at work in a process of its own.
 *
 * The protocol is lines on stdout, each a tag and a JSON object; all other lines are passed over:
 * - A worker of a workload in rounds prints `READY {...}` (facts about it), then one `ROUND {metric: value}` for each
 *   line `go` on its stdin, and `END {...}` when stdin ends.
 * - A one-shot worker prints one `RESULT {metric: value, meta: {...}}`.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { performance } from 'node:perf_hooks';

type Tag = 'READY' | 'ROUND' | 'END' | 'RESULT';
export type Values = Record<string, unknown>;

/** A worker that ended before it answered; holds the end of what it wrote to stderr. */
export class WorkerError extends Error {
  override name = 'WorkerError';
}

export class WorkerProcess {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #ended: Promise<string>;
  readonly #started = performance.now();
  #stderr = '';

  constructor(command: readonly string[], env: NodeJS.ProcessEnv = {}) {
    const [program, ...args] = command;
    this.#child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'pipe'] });
    this.#ended = new Promise((resolve) => {
      this.#child.once('error', (error) => resolve(`could not be started: ${error.message}`));
      this.#child.once('close', (code, signal) => resolve(`ended with ${signal ?? `code ${code}`}`));
    });
    this.#child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-2000);
    });
    // A worker that dies while it is written to is reported by `waitFor`.
    this.#child.stdin!.on('error', () => {});
    this.#lines = createInterface({ input: this.#child.stdout! })[Symbol.asyncIterator]();
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Seconds since the process was started. */
  get age(): number {
    return (performance.now() - this.#started) / 1e3;
  }

  /** The values of the next line with this tag. */
  async waitFor(tag: Tag): Promise<Values> {
    while (true) {
      const { value, done } = await this.#lines.next();
      if (done) break;
      if (value.startsWith(`${tag} `)) return JSON.parse(value.slice(tag.length + 1)) as Values;
    }
    throw new WorkerError(`${await this.#ended}\n${this.#stderr.trim()}`);
  }

  /** One measured round. */
  async round(): Promise<Values> {
    this.#child.stdin!.write('go\n');
    return this.waitFor('ROUND');
  }

  /** Ends the worker. */
  async finish(): Promise<Values> {
    this.#child.stdin!.end();
    const last = await this.waitFor('END');
    await this.#ended;
    return last;
  }

  /** Waits for the end of a one-shot worker, after its result. */
  async exit(): Promise<void> {
    this.#child.stdin!.end();
    await this.#ended;
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }
}
