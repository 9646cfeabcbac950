/**
 * Errors of the set-up.
 *
 * Whatever goes wrong ends here as a `SetupError`: one sentence on what happened, the output that proves it,
 * and the next step. The command line prints these three and nothing else.
 */

/** What went wrong in the set-up, and what the user should do about it. */
export class SetupError extends Error {
  override readonly name = 'SetupError';
  /** The next step: a command or one sentence. */
  readonly next: string;
  /** Lines of evidence, such as the end of a compiler's output. */
  readonly details: readonly string[];

  constructor(message: string, next: string, details: readonly string[] = [], cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.next = next;
    this.details = details;
  }
}

/** The user (or the system) asked the set-up to stop. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';
  /** 128 + number of the signal, as shells report it. */
  readonly exitCode: number;

  constructor(signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP') {
    super(`Interrupted by ${signal}.`);
    this.exitCode = 128 + { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 }[signal];
  }
}

const NOT_WRITABLE = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST']);

/**
 * Turns a file system error into a message about the cache folder; anything else is returned as it is.
 *
 * @param error What was thrown.
 * @param root The cache folder in use.
 */
export function explainFileError(error: unknown, root: string): unknown {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  if (!(error instanceof Error) || typeof code !== 'string' || error instanceof SetupError) return error;
  if (NOT_WRITABLE.has(code)) return cacheNotWritable(root, error);
  if (code === 'ENOSPC' || code === 'EDQUOT') return diskFull(root, error.message, error);
  return error;
}

/** The cache folder cannot be written to. */
export function cacheNotWritable(root: string, error: Error): SetupError {
  return new SetupError(
    `The cache folder ${root} cannot be written to.`,
    'Give KERAS_NODE_CACHE the path of a folder that you may write to, and run the command again.',
    [error.message],
    error,
  );
}

/** There is no room for what has to be fetched and unpacked. */
export function diskFull(root: string, detail: string, cause?: unknown): SetupError {
  return new SetupError(
    `There is not enough room for the cache folder ${root}.`,
    'Free some room, or give KERAS_NODE_CACHE a folder on a larger disk; then run the command again.',
    [detail],
    cause,
  );
}
