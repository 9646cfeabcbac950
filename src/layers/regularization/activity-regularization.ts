/** ActivityRegularization: a penalty on the activations. */
import type { Tensor } from '../../engine/tensor.js';
import { L1L2 } from '../../regularizers/index.js';
import { kerasExport } from '../../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../../utils/arguments.js';
import { Layer, type LayerOptions } from '../layer.js';

export interface ActivityRegularizationOptions extends Omit<LayerOptions, 'activity_regularizer'> {
  /** Weight of the sum of magnitudes. Default 0. */
  l1?: number;
  /** Weight of the sum of squares. Default 0. */
  l2?: number;
}

const ARGUMENTS = ['l1', 'l2'] as const;

/**
 * Returns its inputs and adds `(l1 sum(|x|) + l2 sum(x^2)) / batch` to the loss.
 * Source: keras.layers.ActivityRegularization.
 *
 * @example
 * const layer = new keras.layers.ActivityRegularization({ l1: 0.1 });
 * layer(keras.ops.ones([2, 3]));
 * layer.losses[0].item(); // 0.3
 */
export class ActivityRegularization extends Layer {
  static override call_arguments: readonly string[] = [];

  readonly l1: number;
  readonly l2: number;

  constructor(...args: ConstructorArgs<ActivityRegularizationOptions, typeof ARGUMENTS>) {
    const options = namedArguments<ActivityRegularizationOptions>('ActivityRegularization', ARGUMENTS, args,
      ['name', 'trainable', 'dtype', 'autocast']);
    const { l1 = 0, l2 = 0 } = options;
    super({ ...options, activity_regularizer: new L1L2({ l1, l2 }) });
    this.l1 = l1;
    this.l2 = l2;
    this.supports_masking = true;
    this.buildAtInit();
  }

  override call(inputs: Tensor): Tensor {
    return inputs;
  }

  override get_config(): Record<string, unknown> {
    const { activity_regularizer: _, ...config } = super.get_config();
    return { ...config, l1: this.l1, l2: this.l2 };
  }
}
kerasExport(ActivityRegularization, 'keras.layers.ActivityRegularization');
