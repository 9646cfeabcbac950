/** How commands fail: each in one clear sentence. */

/** It cannot be done; exit code 1. */
export class CommandError extends Error {
  override name = 'CommandError';
}

/** The command line makes no sense; exit code 2. */
export class UsageError extends Error {
  override name = 'UsageError';
}
