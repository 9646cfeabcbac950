/** Identity: the inputs as they are. */
import { kerasExport } from '../../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../../utils/arguments.js';
import { Layer, type LayerOptions } from '../layer.js';

const ARGUMENTS = [] as const;

/**
 * Returns its inputs, which may be nested: a placeholder where a layer is expected. Source:
 * keras.layers.Identity.
 *
 * @example
 * new keras.layers.Identity()(keras.ops.ones([2, 3])).shape; // [2, 3]
 */
export class Identity extends Layer {
  static override call_arguments: readonly string[] = [];

  constructor(...args: ConstructorArgs<LayerOptions, typeof ARGUMENTS>) {
    super(namedArguments<LayerOptions>('Identity', ARGUMENTS, args));
    this.supports_masking = true;
    this.buildAtInit();
  }

  override call(inputs: unknown): unknown {
    return inputs;
  }
}
kerasExport(Identity, 'keras.layers.Identity');
