/**
 * What the set-up shows while it works: lines, and a progress bar for long steps.
 *
 * On a terminal the bar is drawn by cli-progress ; elsewhere a line appears at each quarter.
 */
import type { SingleBar } from 'cli-progress';

/** A long step with a known amount of work in bytes. */
export interface Progress {
  update(done: number): void;
  /** Ends the bar; `complete` fills it. */
  stop(complete: boolean): void;
}

export interface Reporter {
  /** A line on what is being done or has been done. */
  say(line: string): void;
  /** A line that matters even when the rest is silenced. */
  warn(line: string): void;
  /** Starts a long step of `total` bytes. */
  progress(label: string, total: number): Promise<Progress>;
}

/** What a reporter writes to; `process.stdout` fits. */
export interface Sink extends NodeJS.WritableStream {
  isTTY?: boolean;
}

const LABEL_WIDTH = 34;

/** Sizes as pip prints them: decimal megabytes. */
export function megabytes(bytes: number): string {
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}

/**
 * @param sink Where lines and bars go.
 * @param warnings Where warnings go.
 * @param quiet Only warnings.
 */
export function createReporter(sink: Sink, warnings: Sink, quiet = false): Reporter {
  const write = (line: string) => void sink.write(`${line}\n`);
  const nothing: Progress = { update() {}, stop() {} };
  return {
    say: quiet ? () => {} : write,
    warn: (line) => void warnings.write(`warning: ${line}\n`),
    async progress(label, total) {
      if (quiet) return nothing;
      return sink.isTTY === true ? drawnBar(sink, label, total) : writtenQuarters(write, label, total);
    },
  };
}

async function drawnBar(sink: Sink, label: string, total: number): Promise<Progress> {
  const { default: cliProgress } = await import('cli-progress');
  const bar: SingleBar = new cliProgress.SingleBar({
    stream: sink,
    format: `${label.padEnd(LABEL_WIDTH)} {bar} {percentage}%  {amount}{left}`,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 28,
    hideCursor: true,
    // The set-up handles SIGINT itself and stops the bar on its way out.
    gracefulExit: false,
  });
  const began = performance.now();
  const show = (done: number) => ({
    amount: `${megabytes(done)} of ${megabytes(total)}`,
    left: timeLeft((performance.now() - began) / 1000, done / total),
  });
  bar.start(total, 0, show(0));
  const update = (done: number) => bar.update(Math.min(done, total), show(Math.min(done, total)));
  return {
    update,
    stop(complete) {
      if (complete) update(total);
      bar.stop();
    },
  };
}

/** `, 1m 5s left`, or nothing while there is nothing to reckon with. */
function timeLeft(seconds: number, done: number): string {
  if (done < 0.01 || done >= 1 || seconds < 1) return '';
  const left = Math.ceil((seconds / done) * (1 - done));
  return left < 60 ? `, ${left}s left` : `, ${Math.floor(left / 60)}m ${left % 60}s left`;
}

function writtenQuarters(write: (line: string) => void, label: string, total: number): Progress {
  let quarter = 0;
  write(`${label} (${megabytes(total)})`);
  return {
    update(done) {
      const now = Math.floor((done / total) * 4);
      if (now <= quarter || now >= 4) return;
      quarter = now;
      write(`  ${now * 25}%`);
    },
    stop(complete) {
      if (complete) write('  done');
    },
  };
}
