/** Output of the worker, clocks and memory. */
import { readFileSync, writeFileSync, writeSync } from 'node:fs';
import { performance } from 'node:perf_hooks';

/** One line of the protocol. Written at once: stdout of a process that ends may lose what is buffered. */
export function say(tag: string, values: object): void {
  writeSync(1, `${tag} ${JSON.stringify(values)}\n`);
}

/** Milliseconds. */
export const clock = (): number => performance.now();

function fromStatus(field: string): number {
  const found = new RegExp(`${field}:\\s+(\\d+)`).exec(readFileSync('/proc/self/status', 'utf8'));
  return Number(found![1]) * 1024 / 1e6;
}

/** Resident memory of the process, in MB (10^6 bytes). */
export const rssMb = (): number => process.memoryUsage.rss() / 1e6;

/** CPU time of the thread that runs JavaScript (Linux; elsewhere that of the process). */
export function mainThreadMs(): number {
  if (process.platform !== 'linux') return process.cpuUsage().user / 1e3;
  return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ', 1)[0]) / 1e6;
}

/** The most that it has been, since the start or since `resetPeak` (Linux; elsewhere the present size). */
export const peakMb = (): number => (process.platform === 'linux' ? fromStatus('VmHWM') : rssMb());

export function resetPeak(): void {
  if (process.platform === 'linux') writeFileSync('/proc/self/clear_refs', '5');
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

/** Median milliseconds of one call, over some 0.8 s of them. */
export async function medianMs(call: () => unknown, budget = 800, least = 5): Promise<number> {
  const times: number[] = [];
  const end = clock() + budget;
  while (clock() < end || times.length < least) {
    const begin = clock();
    await call();
    times.push(clock() - begin);
  }
  return median(times);
}
