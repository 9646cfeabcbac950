/** How an architecture becomes a public function: its arguments, and whether a model or a promise of one comes back. */
import type { Identifier as Activation } from '../activations/index.js';
import type { Model } from '../models/model.js';
import type { KerasTensor } from '../ops/keras-tensor.js';
import type { FilePath } from '../saving/files.js';
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { loadWeights, type WeightsFile } from './weights.js';

/** What every architecture takes. */
export interface ApplicationOptions {
  /** Whether the classifier is part of the model. Default true. */
  include_top?: boolean;
  /** 'imagenet' (default: trained weights, fetched at their first use), null (random), or the path of a weights file. */
  weights?: FilePath | null;
  /** A KerasTensor to use as the images. Default: a new input. */
  input_tensor?: KerasTensor | null;
  /** [height, width, channels] of an image; [channels, height, width] where the configuration says channels_first. */
  input_shape?: readonly (number | null)[] | null;
  /** Without the top: 'avg' or 'max' averages or takes the maximum over each feature map; null (default) keeps the maps. */
  pooling?: 'avg' | 'max' | null;
  /** Number of classes of the top. Default 1000, as needed for the trained weights. */
  classes?: number;
  /** Activation of the top; null gives logits. Default 'softmax'. */
  classifier_activation?: Activation;
  /** Name of the model. */
  name?: string | null;
}

/** The order of most architectures. */
export const ARGUMENTS = ['include_top', 'weights', 'input_tensor', 'input_shape', 'pooling', 'classes',
  'classifier_activation', 'name'] as const;

/** A model without its weights, and where those for 'imagenet' are. */
export interface Made {
  model: Model;
  imagenet: WeightsFile;
}

type IndexOf<N extends readonly unknown[], K> = Extract<{ [I in keyof N]: N[I] extends K ? I : never }[number], `${number}`>;
/** What was given for `weights`, by name or by position. */
type WeightsIn<A extends readonly unknown[], N extends readonly unknown[]> =
  A extends readonly [...unknown[], { readonly weights: infer W }] ? W
    : IndexOf<N, 'weights'> extends infer I extends keyof A ? A[I] : undefined;
type Result<W> = [W] extends [null] ? Model : null extends W ? Model | Promise<Model> : Promise<Model>;

/** An architecture: a model at once for `weights: null`, else a promise of it, as for all that touches files. */
export type Application<O extends ApplicationOptions, N extends readonly (keyof O)[]> =
  <const A extends ConstructorArgs<O, N>>(...args: A) => Result<WeightsIn<A, N>>;

/**
 * Makes the public function of an architecture.
 * @param paths Keras's public paths, the canonical one first
 * @param names arguments in Keras's order
 * @param make checks the options and makes the model; its errors are thrown at once
 */
export function defineApplication<O extends ApplicationOptions, const N extends readonly (keyof O & string)[]>(
  paths: readonly [string, ...string[]], names: N, make: (options: O) => Made,
): Application<O, N> {
  const name = paths[0].slice(paths[0].lastIndexOf('.') + 1);
  const application = (...args: unknown[]): Model | Promise<Model> => {
    const options = namedArguments<O>(name, names, args, []);
    const { model, imagenet } = make(options);
    const { weights = 'imagenet' } = options;
    return weights === null ? model : loadWeights(model, weights, imagenet);
  };
  Object.defineProperty(application, 'name', { value: name });
  kerasExport(application, ...paths);
  return application as Application<O, N>;
}
