/** LayerScale: a factor for each feature, small at the start. */
import type { Tensor } from '../engine/tensor.js';
import type { Variable } from '../engine/variable.js';
import { Layer, type LayerOptions } from '../layers/layer.js';
import * as ops from '../ops/index.js';
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { requirePositiveInteger } from '../utils/checks.js';

export interface LayerScaleOptions extends LayerOptions {
  /** What the factors begin with. */
  init_values: number;
  /** Number of features. */
  projection_dim: number;
}

const ARGUMENTS = ['init_values', 'projection_dim'] as const;

/** `inputs gamma` for each feature. Source: keras.src.applications.convnext.LayerScale; Touvron et al., 2021. */
export class LayerScale extends Layer {
  static override call_arguments: readonly string[] = [];

  readonly init_values: number;
  readonly projection_dim: number;
  gamma!: Variable;

  constructor(...args: ConstructorArgs<LayerScaleOptions, typeof ARGUMENTS>) {
    const options = namedArguments<LayerScaleOptions>('LayerScale', ARGUMENTS, args);
    super(options);
    this.init_values = options.init_values;
    this.projection_dim = requirePositiveInteger('LayerScale', 'projection_dim', options.projection_dim);
  }

  override build(): void {
    this.gamma = this.add_weight({
      shape: [this.projection_dim], initializer: { class_name: 'Constant', config: { value: this.init_values } },
    });
  }

  override call(inputs: Tensor): Tensor {
    return ops.multiply(inputs, this.gamma);
  }

  override get_config(): Record<string, unknown> {
    return { ...super.get_config(), init_values: this.init_values, projection_dim: this.projection_dim };
  }
}
kerasExport(LayerScale, 'keras.src.applications.convnext.LayerScale');
