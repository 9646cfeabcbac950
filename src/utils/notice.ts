/** One-time lines on stderr. */

const given = new Set<string>();
let muted = false;

/** A line on stderr, once in a process; KERAS_NODE_QUIET silences it. */
export function notice(line: string): void {
  if (muted || process.env.KERAS_NODE_QUIET || given.has(line)) return;
  given.add(line);
  process.stderr.write(`${line}\n`);
}

/** Lets lines that were given come once more. */
export function forgetNotices(): void {
  given.clear();
}

/** Runs `fn` without notices: it tries something out, with values that the user never gave. */
export function withoutNotices<T>(fn: () => T): T {
  const before = muted;
  muted = true;
  try {
    return fn();
  } finally {
    muted = before;
  }
}
