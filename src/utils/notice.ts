/** One-time lines on stderr. */

const given = new Set<string>();

/** A line on stderr, once in a process; KERAS_NODE_QUIET silences it. */
export function notice(line: string): void {
  if (process.env.KERAS_NODE_QUIET || given.has(line)) return;
  given.add(line);
  process.stderr.write(`${line}\n`);
}
