/** How quiet the machine is: a probe of its speed, and the CPU time that others take (Linux; elsewhere 0). */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, platform, totalmem } from 'node:os';
import { performance } from 'node:perf_hooks';

/** Milliseconds of a fixed piece of work on one core. The host's clock is not constant: this shows it. */
export function probe(): number {
  const begin = performance.now();
  let sum = 0;
  for (let i = 0; i < 500_000; i++) sum = (sum + i * i) % 1_000_003;
  const time = performance.now() - begin;
  // The sum is used, so that the loop cannot be left out.
  return sum < 0 ? Number.NaN : time;
}

let ticks: number | undefined;
/** Clock ticks a second, the unit of /proc. */
function ticksPerSecond(): number {
  ticks ??= Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
  return ticks;
}

/** Seconds of CPU time that the machine has spent, idle time left out. */
function busySeconds(): number {
  const [, ...columns] = readFileSync('/proc/stat', 'utf8').split('\n', 1)[0].trim().split(/\s+/);
  const [user, nice, system, , , irq, softirq, steal] = columns.map(Number);
  return (user + nice + system + irq + softirq + steal) / ticksPerSecond();
}

/** Seconds of CPU time of some processes; those that have ended count as 0. */
function secondsOf(pids: readonly number[]): number {
  let sum = 0;
  for (const pid of pids) {
    try {
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(')').at(-1)!.trim().split(' ');
      sum += (Number(fields[11]) + Number(fields[12])) / ticksPerSecond();
    } catch {
      // It has ended.
    }
  }
  return sum;
}

/** Starts counting; the returned function tells how many cores all other processes have kept busy since. */
export function watchOthers(pids: readonly number[]): () => number {
  if (platform() !== 'linux') return () => 0;
  const everyone = [process.pid, ...pids];
  const begin = performance.now();
  const before = busySeconds() - secondsOf(everyone);
  return () => {
    const seconds = (performance.now() - begin) / 1e3;
    return Math.max(0, (busySeconds() - secondsOf(everyone) - before) / seconds);
  };
}

/** Cores that others may keep busy while a turn counts as quiet. */
export const QUIET_CORES = 0.15;

/** Waits until the others are quiet, for at most `patience` seconds. */
export async function waitForQuiet(pids: readonly number[], patience: number): Promise<void> {
  const end = performance.now() + patience * 1e3;
  while (performance.now() < end) {
    const others = watchOthers(pids);
    await new Promise((done) => setTimeout(done, 300));
    if (others() < QUIET_CORES) return;
  }
}

/** What the figures were measured on. */
export function describeMachine(): Record<string, string | number> {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    'memory GB': Math.round(totalmem() / 1e9),
    platform: `${platform()} ${process.arch}`,
    node: process.versions.node,
  };
}
