/** What became of the contents of a weights file, and how that is told. */

/** An object that could not take its state from a file. */
export interface LoadFailure {
  /** Its path in the file: `layers/dense`. */
  path: string;
  /** Its class and name. */
  object: string;
  cause: unknown;
}

export interface LoadReport {
  /** Objects whose state was not, or only in part, taken from the file. */
  failures: LoadFailure[];
  /** Objects that older versions of Keras left out of files, and that keep the state they have. */
  skipped: LoadFailure[];
  /** Arrays in the file that no object asked for. */
  unused: string[];
  /** What an index of shards says that is not so: they may be of another saving, or not all there. */
  disagreements?: string[];
}

/**
 * An optimizer tells by itself that it has no place for a state, and without one the state was not asked for. Keras 2
 * saved the figures of metrics, too, which begin anew.
 */
export function withoutOptimizer(report: LoadReport): LoadReport {
  return { ...report, unused: report.unused.filter((path) => !/^(optimizer|metrics)\//.test(path)) };
}

/** A weights file does not fit the model. */
export class WeightsError extends Error {
  override name = 'WeightsError';
  readonly failures: readonly LoadFailure[];

  constructor(message: string, failures: readonly LoadFailure[]) {
    super(message, { cause: failures[0]?.cause });
    this.failures = failures;
  }
}

/** Lines shown of a long list. */
const SHOWN = 10;

function list(lines: readonly string[]): string {
  const more = lines.length > SHOWN ? [`... and ${lines.length - SHOWN} more`] : [];
  return [...lines.slice(0, SHOWN), ...more].map((line) => `\n  ${line}`).join('');
}

const lineOf = ({ path, object, cause }: LoadFailure): string =>
  `${path || '(the model itself)'}, ${object}: ${cause instanceof Error ? cause.message : String(cause)}`;

/** A notice to the user, through Node's warnings. */
export function warn(message: string): void {
  process.emitWarning(message, 'KerasWarning');
}

/**
 * Throws where objects could not be loaded, and warns of everything else that did not fit.
 *
 * @param report What `loadState` found.
 * @param file How messages name the file.
 * @param skip_mismatch Whether failures are warnings.
 */
export function settleLoading(report: LoadReport, file: string, skip_mismatch: boolean): void {
  const { failures, skipped, unused, disagreements = [] } = report;
  if (failures.length > 0) {
    const what = `${failures.length === 1 ? 'one object' : `${failures.length} objects`} of the model`;
    const message = `The weights in ${file} do not fit ${what}:${list(failures.map(lineOf))}`;
    if (!skip_mismatch) {
      throw new WeightsError(
        `${message}\nBuild the model as it was when the file was saved, or load what fits with ` +
        'load_weights(path, {skip_mismatch: true}).', failures);
    }
    warn(`${message}\nThese keep the state they had.`);
  }
  if (disagreements.length > 0) warn(`${file} and the shards beside it do not agree:${list(disagreements)}`);
  if (skipped.length > 0) {
    warn(`${file} was saved by a version of Keras that leaves out layers in nested lists. ` +
      `These keep the state they had:${list(skipped.map(({ path, object }) => `${path}, ${object}`))}`);
  }
  if (unused.length > 0) {
    warn(`${file} holds ${unused.length} arrays that the model has no place for:${list(unused)}`);
  }
}
