/** Models from files, for the commands. */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Option } from 'commander';
import type { Model } from '../../models/model.js';
import { CommandError } from '../errors.js';
import { FORMATS, formatOfInput } from './formats.js';

export interface LoadFlags {
  import?: string[];
}

/** The option that commands share which load a model. */
export const importOption = (): Option =>
  new Option('--import <module...>', 'JavaScript that registers the model\'s own classes (register_keras_serializable)');

/** Loads a model with its classes. @throws CommandError for files that hold no layers, and what loading throws */
export async function loadModel(file: string, flags: LoadFlags, compile = true): Promise<Model> {
  const format = formatOfInput(file);
  if (format === 'weights') {
    throw new CommandError(`'${file}' holds weights without a model. Load them into one with load_weights; 'keras-node info' lists them.`);
  }
  if (format === 'saved_model' || format === 'onnx') {
    throw new CommandError(`'${file}' is a ${FORMATS[format]}: a graph of its ops, without the layers that it was made of. ` +
      `Use the .keras file that it comes from; in code, ${format === 'onnx' ? 'onnxruntime-node' : 'keras.layers.TFSMLayer'} runs it.`);
  }
  // The whole package, so that every class of a file is known.
  const { models } = await import('../../index.js');
  for (const module of flags.import ?? []) {
    const { href } = pathToFileURL(resolve(module));
    await import(href).catch((cause: unknown) => {
      throw new CommandError(`--import '${module}': ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    });
  }
  return models.load_model(file, { compile });
}
