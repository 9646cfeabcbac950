/** Activation: an activation function as a layer. */
import type { Tensor } from '../../engine/tensor.js';
import * as activations from '../../activations/index.js';
import { kerasExport } from '../../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../../utils/arguments.js';
import { ArgumentError } from '../../utils/checks.js';
import { Layer, type LayerOptions } from '../layer.js';

export interface ActivationOptions extends LayerOptions {
  /** A name, a function or a layer. */
  activation: activations.Identifier;
}

const ARGUMENTS = ['activation'] as const;

/**
 * Applies an activation function. The output has the shape of the input. Source: keras.layers.Activation.
 *
 * @example
 * new keras.layers.Activation('relu')([-1, 2]).arraySync(); // [0, 2]
 */
export class Activation extends Layer {
  static override call_arguments: readonly string[] = [];

  readonly activation: activations.Activation;

  constructor(...args: ConstructorArgs<ActivationOptions, typeof ARGUMENTS>) {
    const options = namedArguments<ActivationOptions>('Activation', ARGUMENTS, args);
    if (!('activation' in options)) {
      throw new ArgumentError("Activation: the argument 'activation' is missing. Give a name such as 'relu', a function, or " +
        'null for none.');
    }
    super(options);
    this.supports_masking = true;
    this.activation = activations.get(options.activation);
    this.buildAtInit();
  }

  override call(inputs: Tensor): Tensor {
    return this.activation(inputs);
  }

  override get_config(): Record<string, unknown> {
    return { ...super.get_config(), activation: activations.serialize(this.activation) };
  }
}
kerasExport(Activation, 'keras.layers.Activation');
