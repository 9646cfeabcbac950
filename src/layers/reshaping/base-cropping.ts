/** What Cropping1D, Cropping2D and Cropping3D share. */
import type { ImageDataFormat } from '../../backend/config.js';
import { formatShape, ShapeError } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import * as ops from '../../ops/index.js';
import { slice } from '../../utils/slice.js';
import { InputSpec } from '../input-spec.js';
import { Layer, type LayerOptions } from '../layer.js';
import { firstSpatialAxis } from '../window.js';
import type { Pair } from './amounts.js';

export abstract class BaseCropping extends Layer {
  static override call_arguments: readonly string[] = [];

  readonly cropping: Pair | readonly Pair[];
  readonly data_format: ImageDataFormat;
  readonly #pairs: readonly Pair[];

  constructor(options: LayerOptions, pairs: readonly Pair[], data_format: ImageDataFormat) {
    super(options);
    this.data_format = data_format;
    this.#pairs = pairs;
    this.cropping = pairs.length === 1 ? pairs[0] : pairs;
    this.input_spec = new InputSpec({ ndim: pairs.length + 2 });
  }

  override call(inputs: Tensor): Tensor {
    const first = firstSpatialAxis(this.data_format);
    const kept = inputs.shape.map((length, axis) => {
      const [before, after] = this.#pairs[axis - first] ?? [0, 0];
      if (before + after >= length && before + after > 0) {
        throw new ShapeError(`${this.constructor.name} '${this.name}' takes ${before} + ${after} elements ` +
          `off axis ${axis}, which leaves nothing of inputs of shape ${formatShape(inputs.shape)}.`);
      }
      return slice(before, length - after);
    });
    return ops.get_item(inputs, kept);
  }
}
