/** `model.export`: a model as a file for inference elsewhere. */
import { pathOf, writeContents, type FilePath } from '../saving/files.js';
import { requireOneOf } from '../utils/checks.js';
import { callLayer, ExportArchive } from './export-archive.js';
import { DEFAULT_OPSET, encodeAsOnnx } from './onnx/export-onnx.js';
import { standardizeSignature, signatureOf, ExportError, type ExportableModel } from './input-signature.js';

/** Options of `model.export`. */
export interface ExportOptions {
  /** 'tf_saved_model' (default) or 'onnx'. */
  format?: 'tf_saved_model' | 'onnx';
  /** Whether a line says where the file is. Default true. */
  verbose?: boolean | null;
  /**
   * Shapes and dtypes of the arguments, one item each: keras.InputSpec, keras.KerasTensor or tensors, or structures of them.
   * Default: the model's inputs.
   */
  input_signature?: readonly unknown[] | null;
  /** For 'onnx': the version of its set of ops, 18 (default) to 21. */
  opset_version?: number;
}

/** The order of `model.export`'s options. */
export const EXPORT_ARGUMENTS = ['format', 'verbose', 'input_signature', 'opset_version'] as const;

/** Formats that Keras writes with libraries that are not here. */
const ELSEWHERE: Readonly<Record<string, string>> = { openvino: 'OpenVINO', litert: 'LiteRT', tflite: 'LiteRT', torch: 'PyTorch' };

export async function exportModel(model: ExportableModel, filepath: FilePath, options: ExportOptions): Promise<void> {
  const { format = 'tf_saved_model', verbose, input_signature, opset_version } = options;
  if (format in ELSEWHERE) {
    throw new ExportError(`Format '${format}' needs the converters of ${ELSEWHERE[format]}, which exist for Python alone. ` +
      "Save the model as '.keras' and export it there, or export it here with format 'onnx' or 'tf_saved_model'.");
  }
  requireOneOf('export', 'format', format, ['tf_saved_model', 'onnx']);
  if (format !== 'onnx' && opset_version !== undefined) throw new ExportError("opset_version is an option of format 'onnx'.");
  const signature = input_signature ? standardizeSignature(input_signature) : signatureOf(model);
  if (format === 'onnx') {
    await writeContents(pathOf(filepath), encodeAsOnnx((...args) => callLayer(model, args), signature, opset_version ?? DEFAULT_OPSET, model.name));
    if (verbose ?? true) process.stdout.write(`Saved artifact at '${String(filepath)}'.\n`);
    return;
  }
  const archive = new ExportArchive();
  archive.track_and_add_endpoint('serve', model, signature);
  await archive.write_out(filepath, { verbose: verbose ?? true });
}
