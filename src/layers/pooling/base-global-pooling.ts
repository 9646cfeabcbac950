/** What the layers that pool all of space share. */
import { standardize_data_format, type ImageDataFormat } from '../../backend/config.js';
import type { SymbolicShape } from '../../engine/shape.js';
import { namedArguments } from '../../utils/arguments.js';
import { InputSpec } from '../input-spec.js';
import { Layer, type LayerOptions } from '../layer.js';
import { channelsOf, firstSpatialAxis, imageShape } from '../window.js';

export interface GlobalPoolingOptions extends LayerOptions {
  /** Default: the configured one. */
  data_format?: ImageDataFormat | null;
  /** Whether the spatial axes stay, with length 1. Default false. */
  keepdims?: boolean;
}
export const GLOBAL_POOLING_ARGUMENTS = ['data_format', 'keepdims'] as const;

export abstract class BaseGlobalPooling extends Layer {
  static override call_arguments: readonly string[] = [];

  readonly data_format: ImageDataFormat;
  readonly keepdims: boolean;
  /** The spatial axes. */
  protected readonly space: readonly number[];

  constructor(rank: number, args: readonly unknown[]) {
    const options = namedArguments<GlobalPoolingOptions>(new.target.name, GLOBAL_POOLING_ARGUMENTS, args);
    super(options);
    this.data_format = standardize_data_format(options.data_format);
    this.keepdims = options.keepdims ?? false;
    this.space = Array.from({ length: rank }, (_, i) => i + firstSpatialAxis(this.data_format));
    this.input_spec = new InputSpec({ ndim: rank + 2 });
    this.buildAtInit();
  }

  override compute_output_shape(input_shape: SymbolicShape): SymbolicShape {
    const channels = channelsOf(input_shape, this.data_format);
    const [batch] = input_shape;
    if (!this.keepdims) return [batch, channels];
    return imageShape(batch, this.space.map(() => 1), channels, this.data_format);
  }

  override get_config(): Record<string, unknown> {
    return { ...super.get_config(), data_format: this.data_format, keepdims: this.keepdims };
  }
}
