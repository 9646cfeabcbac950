/**
 * One set-up at a time for a cache folder.
 *
 * The lock is a file that names its holder: host, process id and the time at which that process started
 * (ids are reused). It appears complete, by a hard link to a file written beforehand, and its time stamp is
 * renewed every few seconds. A lock is stale when its process is gone or, for a holder on another host or
 * in another container, when its time stamp has not moved for a minute.
 */
import { linkSync, readFileSync, readlinkSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

interface Holder {
  host: string;
  pid: number;
  /** Start time of the process in clock ticks since boot, as the kernel has it. */
  started: string;
}

const HEARTBEAT_MS = 5_000;
const SILENT_MS = 60_000;
const POLL_MS = 250;
/** Longer than anybody needs to replace a stale lock. */
const BREAK_MS = 10_000;

/** A lock that is held; `release` gives it back and may be called twice. */
export interface Lock {
  release(): void;
}

/**
 * Takes the lock of a cache folder, waiting while another process has it.
 *
 * @param root The cache folder; must exist.
 * @param onWait Called once, with the holder's process id, when there is someone to wait for.
 * @param signal Ends the waiting.
 */
export async function takeLock(
  root: string,
  onWait: (pid: number) => void,
  signal: AbortSignal,
): Promise<Lock> {
  const path = join(root, 'lock');
  const own: Holder = { host: hostName(), pid: process.pid, started: startTime(process.pid) };
  let said = false;
  for (;;) {
    signal.throwIfAborted();
    if (tryTake(path, own)) return hold(path, own);
    const holder = readHolder(path);
    if (holder === undefined || isStale(path, holder)) {
      if (breakLock(path)) continue;
    } else if (!said) {
      said = true;
      onWait(holder.pid);
    }
    await sleep(POLL_MS, undefined, { signal });
  }
}

function tryTake(path: string, own: Holder): boolean {
  const mine = `${path}-${own.pid}-${Math.random().toString(36).slice(2)}`;
  writeFileSync(mine, JSON.stringify(own), { flag: 'wx' });
  try {
    linkSync(mine, path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // ENOENT: the holder of the lock took `mine` for a leftover and swept it.
    if (code === 'EEXIST' || code === 'ENOENT') return false;
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS') throw error;
    return tryTakeWithoutLink(path, own);
  } finally {
    rmSync(mine, { force: true });
  }
}

/** For file systems without hard links: the file is empty for a moment, which `isStale` allows for. */
function tryTakeWithoutLink(path: string, own: Holder): boolean {
  try {
    writeFileSync(path, JSON.stringify(own), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function hold(path: string, own: Holder): Lock {
  const heartbeat = setInterval(() => {
    try {
      const now = new Date();
      utimesSync(path, now, now);
    } catch {
      // The cache folder was removed under us; the work itself will say so.
    }
  }, HEARTBEAT_MS);
  heartbeat.unref();
  return {
    release() {
      clearInterval(heartbeat);
      const holder = readHolder(path);
      if (holder?.pid === own.pid && holder.host === own.host) rmSync(path, { force: true });
    },
  };
}

function readHolder(path: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Holder;
  } catch {
    return undefined;
  }
}

function silentFor(path: string): number {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? 0 : Date.now() - stat.mtimeMs;
}

function isStale(path: string, holder: Holder): boolean {
  if (holder.host !== hostName()) return silentFor(path) > SILENT_MS;
  return startTime(holder.pid) !== holder.started;
}

/** Name of the host and its process id namespace: containers with one host name may share a cache. */
function hostName(): string {
  try {
    return `${hostname()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return hostname();
  }
}

/**
 * Removes a stale lock. A second file makes sure that only one process does so at a time: otherwise two could
 * see the same stale lock, and the slower remove the new lock of the faster.
 */
function breakLock(path: string): boolean {
  const guard = `${path}.break`;
  try {
    writeFileSync(guard, '', { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    if (silentFor(guard) > BREAK_MS) rmSync(guard, { force: true });
    return false;
  }
  try {
    const holder = readHolder(path);
    // An unreadable lock is either being written this moment or left by a crash.
    const stale = holder === undefined ? silentFor(path) > BREAK_MS : isStale(path, holder);
    if (stale) rmSync(path, { force: true });
    return stale;
  } finally {
    rmSync(guard, { force: true });
  }
}

/**
 * Field 22 of /proc/<pid>/stat, or an empty text for a process that is gone. The second field may hold spaces
 * and brackets, so count from its end. A zombie counts as gone: where no init process collects it, it stays.
 */
function startTime(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return /[ZX]/.test(fields[0]) ? '' : (fields[19] ?? '');
  } catch {
    return '';
  }
}
