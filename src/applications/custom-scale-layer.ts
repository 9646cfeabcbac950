/** CustomScaleLayer: the scaled sum in the blocks of InceptionResNetV2. */
import type { Tensor } from '../engine/tensor.js';
import { Layer, type LayerOptions } from '../layers/layer.js';
import * as ops from '../ops/index.js';
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';

export interface CustomScaleLayerOptions extends LayerOptions {
  /** Factor of the second input. */
  scale: number;
}

const ARGUMENTS = ['scale'] as const;

/** `inputs[0] + scale inputs[1]`. Source: keras.src.applications.inception_resnet_v2.CustomScaleLayer. */
export class CustomScaleLayer extends Layer {
  static override call_arguments: readonly string[] = [];

  readonly scale: number;

  constructor(...args: ConstructorArgs<CustomScaleLayerOptions, typeof ARGUMENTS>) {
    const options = namedArguments<CustomScaleLayerOptions>('CustomScaleLayer', ARGUMENTS, args);
    super(options);
    this.scale = options.scale;
  }

  override call(inputs: readonly Tensor[]): Tensor {
    return ops.add(inputs[0], ops.multiply(inputs[1], this.scale));
  }

  override get_config(): Record<string, unknown> {
    return { ...super.get_config(), scale: this.scale };
  }
}
kerasExport(CustomScaleLayer, 'keras.src.applications.inception_resnet_v2.CustomScaleLayer');
