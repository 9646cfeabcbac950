/** Predictions as JSON, CSV and .npy. */
import type { NDArray } from '../../engine/convert.js';
import { flatten } from '../../engine/structure.js';
import type { Model } from '../../models/model.js';
import { CommandError } from '../errors.js';

export const OUTPUT_FORMATS = ['json', 'csv', 'npy'] as const;
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];

/** An output with its name. */
interface NamedOutput {
  name: string;
  array: NDArray;
}

/** The outputs of a model in the order that it has them. */
export function namedOutputs(predictions: unknown, model: Model): NamedOutput[] {
  const arrays = flatten(predictions) as NDArray[];
  const names = model.output_names;
  return arrays.map((array, i) => ({ name: names?.length === arrays.length ? names[i] : `output_${i}`, array }));
}

/** Numbers that JSON does not have are null; integers beyond 2^53 are texts. */
const inJSON = (_: string, value: unknown): unknown => {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  return value;
};

/** With `isDetailed`, names, shapes and dtypes beside the values. */
function json(outputs: readonly NamedOutput[], isDetailed: boolean): string {
  if (isDetailed) {
    const parts = outputs.map(({ name, array }) => [name, { shape: array.shape, dtype: array.dtype, values: array.tolist() }]);
    return JSON.stringify({ outputs: Object.fromEntries(parts) as unknown }, inJSON);
  }
  return JSON.stringify(outputs.length === 1 ? outputs[0].array.tolist()
    : Object.fromEntries(outputs.map(({ name, array }) => [name, array.tolist()])), inJSON);
}

const cell = (value: unknown): string => {
  const text = String(value);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** A row for each sample, with the values of all outputs. */
function csv(outputs: readonly NamedOutput[]): string {
  const rows = outputs[0].array.shape[0] ?? 1;
  const lists = outputs.map(({ array }) => flatten(array.tolist()));
  return Array.from({ length: rows }, (_, i) => lists.map((values) => {
    const width = values.length / rows;
    return values.slice(i * width, (i + 1) * width).map(cell).join(',');
  }).join(',')).join('\n');
}

/** @throws CommandError where the format holds one array alone, and there are more */
export async function encodeOutputs(outputs: readonly NamedOutput[], format: OutputFormat, isDetailed: boolean): Promise<string | Uint8Array> {
  if (format === 'json') return `${json(outputs, isDetailed)}\n`;
  if (format === 'csv') return `${csv(outputs)}\n`;
  if (outputs.length > 1) {
    throw new CommandError(`A .npy file holds one array; the model has the outputs ${outputs.map(({ name }) => name).join(', ')}. Use JSON.`);
  }
  const { writeNpy } = await import('../../utils/numpy-files/npy.js');
  return writeNpy(outputs[0].array);
}
