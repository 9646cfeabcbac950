/** Runs the programs that the set-up needs: pip, npm, tar, the compiler. */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/** What a program did. */
export interface Outcome {
  /** Exit status; 127 when there is no such program, 128 + number when a signal ended it. */
  status: number;
  /** The end of stdout and stderr together, as lines. */
  tail: string[];
  /** All of stdout. */
  stdout: string;
}

export interface RunOptions {
  signal?: AbortSignal;
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  /** Called with each line of stdout and stderr. */
  onLine?: (line: string) => void;
  /** Ends the program after this many milliseconds. */
  timeout?: number;
}

const TAIL_LINES = 20;
/** Time that a program gets to clean up after SIGTERM. */
const GRACE_MS = 2_000;

/**
 * Runs a program to its end.
 *
 * @throws the reason of `signal` when that is aborted; every other outcome is a value.
 */
export async function run(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Outcome> {
  options.signal?.throwIfAborted();
  const outcome = await new Promise<Outcome>((done) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      // A process group of its own, so that the programs it starts in turn (cc1plus) end with it.
      detached: true,
    });
    const tail: string[] = [];
    let stdout = '';
    let killer: NodeJS.Timeout | undefined;
    const stop = () => {
      killGroup(child.pid, 'SIGTERM');
      killer = setTimeout(() => killGroup(child.pid, 'SIGKILL'), GRACE_MS);
    };
    const timer = options.timeout === undefined ? undefined : setTimeout(stop, options.timeout);
    options.signal?.addEventListener('abort', stop, { once: true });

    const onLine = (line: string) => {
      if (line.trim() === '') return;
      tail.push(line.trimEnd());
      if (tail.length > TAIL_LINES) tail.shift();
      options.onLine?.(line);
    };
    const readers = [lineReader(onLine), lineReader(onLine)];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      readers[0].push(text);
    });
    child.stderr.setEncoding('utf8').on('data', readers[1].push);

    const finish = (status: number) => {
      clearTimeout(timer);
      clearTimeout(killer);
      options.signal?.removeEventListener('abort', stop);
      for (const reader of readers) reader.end();
      done({ status, tail, stdout });
    };
    child.once('error', (error: NodeJS.ErrnoException) => {
      tail.push(error.message);
      finish(error.code === 'ENOENT' ? 127 : 126);
    });
    child.once('close', (code, signal) => finish(code ?? 128 + constants.signals[signal!]));
  });
  options.signal?.throwIfAborted();
  return outcome;
}

function killGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended by itself meanwhile.
  }
}

function lineReader(onLine: (line: string) => void): { push: (text: string) => void; end: () => void } {
  let rest = '';
  return {
    push(text) {
      const lines = (rest + text).split(/\r\n|\n|\r/);
      rest = lines.pop()!;
      lines.forEach(onLine);
    },
    end() {
      if (rest !== '') onLine(rest);
      rest = '';
    },
  };
}
