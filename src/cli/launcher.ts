/** Starts local processes that train together, passes on what they print, and ends all when one fails. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { availableParallelism, constants } from 'node:os';

export interface LaunchOptions {
  workers: number;
  /** How often all are started again when one has failed. */
  restart: number;
  script: string;
  args: readonly string[];
  /** Where a line goes that a worker printed. */
  print(stream: 'stdout' | 'stderr', line: string): void;
}

type Signal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';
const SIGNALS: readonly Signal[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** Milliseconds for the others to notice, say so and end by themselves when one has failed. */
const GRACE = 2500;
/** Milliseconds from asking a process to end to making it end. */
const PATIENCE = 2000;

interface Ended {
  code: number;
  /** In words. */
  how: string;
}

/** Ports on loopback that nobody listens on now. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  // All at once, so that none is given twice.
  await Promise.all(servers.map((server) => new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  })));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => void server.close(resolve))));
  return ports;
}

/** Calls back for each whole line, and for the rest at the end. */
function eachLine(stream: NodeJS.ReadableStream, visit: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop()!;
    lines.forEach(visit);
  });
  stream.on('end', () => {
    if (rest) visit(rest);
  });
}

export class Launcher {
  readonly #options: LaunchOptions;
  #children: ChildProcess[] = [];
  #signal: Signal | undefined;

  constructor(options: LaunchOptions) {
    this.#options = options;
  }

  /** Runs the workers to their end; gives 0, or the exit code of the one that failed first. */
  async run(): Promise<number> {
    const stop = (signal: Signal): void => {
      this.#signal = signal;
      void this.#end(signal);
    };
    for (const signal of SIGNALS) process.on(signal, stop);
    try {
      for (let attempt = 0; ; attempt++) {
        const failed = await this.#attempt(attempt);
        if (this.#signal) return 128 + constants.signals[this.#signal];
        if (!failed || attempt === this.#options.restart) return failed?.code ?? 0;
        this.#say(`starting all workers again (${attempt + 1} of ${this.#options.restart})`);
      }
    } finally {
      for (const signal of SIGNALS) process.off(signal, stop);
    }
  }

  #say(text: string): void {
    this.#options.print('stderr', `keras-node launch: ${text}`);
  }

  /** Starts all, and waits until all have ended; gives the first that failed. */
  async #attempt(attempt: number): Promise<Ended | undefined> {
    const { workers } = this.#options;
    const addresses = (await freePorts(workers)).map((port) => `127.0.0.1:${port}`).join(',');
    let first: Ended | undefined;
    let grace: NodeJS.Timeout | undefined;
    this.#children = [];
    const ends = Array.from({ length: workers }, async (_, i) => {
      const ended = await this.#start(i, addresses, attempt);
      if (ended.code === 0 || first) return;
      first = ended;
      if (this.#signal) return;
      this.#say(`worker ${i} ${ended.how}`);
      // The others notice it and say so before they are ended.
      grace = setTimeout(() => void this.#end('SIGTERM'), GRACE);
    });
    await Promise.all(ends);
    clearTimeout(grace);
    return first;
  }

  #start(index: number, addresses: string, attempt: number): Promise<Ended> {
    const { workers, script, args, print } = this.#options;
    const threads = String(Math.max(1, Math.floor(availableParallelism() / workers)));
    const child = spawn(process.execPath, [...process.execArgv, script, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        TF_NUM_INTRAOP_THREADS: threads, ...process.env,
        KERAS_DISTRIBUTION_JOB_ADDRESSES: addresses, KERAS_DISTRIBUTION_NUM_PROCESSES: String(workers),
        KERAS_DISTRIBUTION_PROCESS_ID: String(index), KERAS_DISTRIBUTION_ATTEMPT: String(attempt),
      },
    });
    this.#children.push(child);
    for (const name of ['stdout', 'stderr'] as const) eachLine(child[name], (line) => print(name, `[${index}] ${line}`));
    return new Promise((resolve) => {
      child.once('error', (error) => resolve({ code: 1, how: `could not be started: ${error.message}` }));
      // After the last of what it printed.
      child.once('close', (code, signal) => resolve(signal
        ? { code: 128 + constants.signals[signal], how: `was ended by ${signal}` }
        : { code: code ?? 1, how: `ended with exit code ${code}` }));
    });
  }

  /** Ends what still runs: asks first, then makes it. */
  async #end(signal: Signal): Promise<void> {
    const running = this.#children.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null);
    for (const child of running) child.kill(signal);
    await new Promise((resolve) => void setTimeout(resolve, PATIENCE).unref());
    for (const child of running) if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  }
}
