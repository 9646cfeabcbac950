/** Finds Python's pip, which fetches wheels with the index, proxy and certificates that the user has set. */
import { diskFull, SetupError } from './errors.js';
import { findProgram } from './paths.js';
import { run } from './process.js';

/** A Python that has pip. */
export interface Pip {
  python: string;
  /** Version of pip. */
  version: string;
}

const CANDIDATES = ['python3', 'python'];

/** The first Python on PATH that has pip; which version of Python it is does not matter. */
export async function findPip(signal?: AbortSignal): Promise<Pip | undefined> {
  for (const name of CANDIDATES) {
    const python = findProgram(name);
    if (python === undefined) continue;
    const { status, stdout } = await run(python, ['-m', 'pip', '--version'], { signal });
    const version = /^pip (\S+)/m.exec(stdout)?.[1];
    if (status === 0 && version !== undefined) return { python, version };
  }
  return undefined;
}

/** The error for a machine on which `findPip` finds nothing. */
export function pipMissing(): SetupError {
  const python = CANDIDATES.map((name) => findProgram(name)).find((path) => path !== undefined);
  return new SetupError(
    python === undefined
      ? 'Python 3 with pip is needed to fetch TensorFlow, and there is no python3 on PATH.'
      : `Python's pip is needed to fetch TensorFlow, and ${python} does not have it.`,
    "Install pip with your system's package manager (Debian and Ubuntu: apt-get install python3-pip; " +
      'Fedora: dnf install python3-pip), and run the command again.',
  );
}

const UNREACHABLE =
  /connection|timed? ?out|temporary failure|name resolution|max retries|proxy|ssl|certificate|unreachable/i;

/** Explains a failed `pip download` of `what` to the cache folder `root` by the end of its output. */
export function explainPip(what: string, tail: readonly string[], root: string): SetupError {
  const text = tail.join('\n');
  if (/no space left on device|disk quota exceeded/i.test(text)) {
    return diskFull(root, tail.at(-1)!);
  }
  if (/no such option|unrecognized arguments/i.test(text)) {
    return new SetupError('This pip is too old.', 'Update it: python3 -m pip install --upgrade pip', tail);
  }
  if (UNREACHABLE.test(text)) {
    return new SetupError(
      `pip cannot reach its package index, so ${what} cannot be fetched.`,
      'Check the network and what `python3 -m pip config list` shows, and run the command again. ' +
        'For a machine without network see docs/SETUP.md in this package.',
      tail,
    );
  }
  if (/do not match the hashes|hash mismatch/i.test(text)) {
    return new SetupError(
      `What pip's index gives for ${what} is not the published file.`,
      'Run the command again; if it stays so, look at the index that `python3 -m pip config list` shows.',
      tail,
    );
  }
  return new SetupError(
    `pip did not fetch ${what}.`,
    'Mend what pip says above (`python3 -m pip config list` shows its settings), and run the command again.',
    tail,
  );
}
