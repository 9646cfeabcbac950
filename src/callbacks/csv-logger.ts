/** CSVLogger: the logs of each epoch as lines of a CSV file. */
import { appendFile, open, writeFile } from 'node:fs/promises';
import { pathOf, type FilePath } from '../saving/files.js';
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { ArgumentError } from '../utils/checks.js';
import { pythonFloat } from '../utils/python-format.js';
import { Callback, type Logs } from './callback.js';

export interface CSVLoggerOptions {
  filename: FilePath;
  /** One character between the fields. Default `,`. */
  separator?: string;
  /** Whether lines are added to a file that is there. Default false: it is replaced. */
  append?: boolean;
}
const ARGUMENTS = ['filename', 'separator', 'append'] as const;

/**
 * Writes a line for each epoch, as it ends, to a CSV file: the epoch (from 0), then losses and metrics in the order of
 * their names. In an epoch without validation the fields of `val_` hold `NA`. Source: keras.callbacks.CSVLogger.
 *
 * @example
 * await model.fit(x, y, { epochs: 2, verbose: 0, callbacks: [new keras.callbacks.CSVLogger('training.csv')] });
 */
export class CSVLogger extends Callback {
  readonly filename: string;
  readonly separator: string;
  readonly append: boolean;
  #keys: string[] | undefined;
  #needsHeader = true;

  constructor(...args: ConstructorArgs<CSVLoggerOptions, typeof ARGUMENTS>) {
    super();
    const { filename, separator = ',', append = false } = namedArguments<CSVLoggerOptions>('CSVLogger', ARGUMENTS, args, []);
    if (filename === undefined) {
      throw new ArgumentError('CSVLogger: the argument \'filename\' must be the path of a file, received none.');
    }
    this.filename = pathOf(filename);
    if ([...separator].length !== 1) {
      throw new ArgumentError(`CSVLogger: the argument 'separator' must be one character, received ${JSON.stringify(separator)}.`);
    }
    this.separator = separator;
    this.append = append;
  }

  override get _isForOneProcess(): boolean {
    return true;
  }

  override async on_train_begin(): Promise<void> {
    this.#keys = undefined;
    if (this.append) this.#needsHeader = !(await hasContent(this.filename));
    else await writeFile(this.filename, '');
  }

  override async on_epoch_end(epoch: number, logs: Logs = {}): Promise<void> {
    let text = '';
    if (!this.#keys) {
      const keys = Object.keys(logs).toSorted();
      // Validation may come in a later epoch; its columns must be there by then.
      this.#keys = keys.some((key) => key.startsWith('val_')) ? keys : [...keys, ...keys.map((key) => `val_${key}`)];
      if (this.#needsHeader) text += this.#line(['epoch', ...this.#keys]);
    }
    const values = this.#keys.map((key) => (key in logs ? fieldOf(logs[key]) : 'NA'));
    await appendFile(this.filename, text + this.#line([String(epoch), ...values]));
  }

  #line(fields: readonly string[]): string {
    const quoted = fields.map((field) => (field.includes(this.separator) || /["\r\n]/.test(field)
      ? `"${field.replaceAll('"', '""')}"` : field));
    return `${quoted.join(this.separator)}\r\n`;
  }
}
kerasExport(CSVLogger, 'keras.callbacks.CSVLogger');

const fieldOf = (value: unknown): string => (Array.isArray(value)
  ? `"[${value.map((item) => pythonFloat(item as number)).join(', ')}]"` : pythonFloat(value as number));

async function hasContent(path: string): Promise<boolean> {
  const file = await open(path, 'r').catch(() => undefined);
  if (!file) return false;
  try {
    return (await file.stat()).size > 0;
  } finally {
    await file.close();
  }
}
