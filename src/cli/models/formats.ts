/** The formats of models, by the names of their files. */
import { existsSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { CommandError, UsageError } from '../errors.js';

/** What `--to` takes, with what it is called in messages. */
export const FORMATS = {
  keras: 'Keras 3 archive',
  h5: 'HDF5 file',
  weights: 'weights file',
  tfjs: 'layers-model of TensorFlow.js',
  saved_model: 'TensorFlow SavedModel',
  onnx: 'ONNX model',
} as const;
export type Format = keyof typeof FORMATS;

const ENDINGS: readonly [RegExp, Format][] = [
  [/\.keras$/, 'keras'], [/\.weights\.(h5|json)$/, 'weights'], [/\.(h5|hdf5)$/, 'h5'], [/\.json$/, 'tfjs'], [/\.onnx$/, 'onnx'],
];
const byEnding = (path: string): Format | undefined => ENDINGS.find(([ending]) => ending.test(path))?.[1];

/** The format of a file or folder that is there. @throws CommandError where there is none, or no model */
export function formatOfInput(path: string): Format {
  if (!existsSync(path)) throw new CommandError(`There is no file '${path}'.`);
  if (!statSync(path).isDirectory()) {
    const format = byEnding(path);
    if (format) return format;
    throw new CommandError(`'${path}' is no file of a model, by its name: it should end in .keras, .h5, .weights.h5, .onnx, or be model.json.`);
  }
  if (existsSync(join(path, 'saved_model.pb'))) return 'saved_model';
  if (existsSync(join(path, 'model.json'))) return 'tfjs';
  if (existsSync(join(path, 'config.json'))) return 'keras';
  throw new CommandError(`The folder '${path}' holds no model: it has no saved_model.pb, model.json or config.json.`);
}

/** The format that is to be written. @throws UsageError where neither the name nor `--to` says, or they disagree */
export function formatOfOutput(path: string, asked: Format | undefined): Format {
  const named = byEnding(path);
  if (asked === undefined) {
    if (named) return named;
    throw new UsageError(`'${path}' does not say which format is meant. Let it end in .keras, .h5, .weights.h5, .onnx or model.json, ` +
      `or add --to ${Object.keys(FORMATS).join('|')}.`);
  }
  const isFolder = asked === 'saved_model' || asked === 'tfjs' || asked === 'keras';
  if (named ? named !== asked : !isFolder) {
    throw new UsageError(`The name '${basename(path)}' is not one of a file in the format ${asked} (${FORMATS[asked]}).`);
  }
  return asked;
}
