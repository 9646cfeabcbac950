/** The cell of ConvLSTM1D, ConvLSTM2D and ConvLSTM3D: an LSTM step with convolutions in the place of products. */
import { standardize_data_format, type ImageDataFormat } from '../../backend/config.js';
import { formatShape, type SymbolicShape } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import * as activations from '../../activations/index.js';
import * as ops from '../../ops/index.js';
import { kerasExport } from '../../saving/registration.js';
import { requireOneOf, requirePositiveInteger, standardizeTuple } from '../../utils/checks.js';
import { addBias, requireChannels, requireOneStep } from '../convolutional/shared.js';
import { InputSpec } from '../input-spec.js';
import { LayerError } from '../layer.js';
import { sentence } from '../layer-state.js';
import { channelAxis, spaceOf, windowedOutputShape } from '../window.js';
import { BaseRNNCell, forgetBias, isPartial, type RecurrentOptions } from './base-rnn-cell.js';
import type { States, Step } from './cell.js';
import type { DropoutMask } from './dropout-rnn-cell.js';

export interface ConvLSTMCellOptions extends RecurrentOptions {
  /** Number of filters: channels of the states and of the output. */
  filters: number;
  /** Length of the window along each spatial axis. */
  kernel_size: number | readonly number[];
  /** Step of the window over the inputs. Default 1. */
  strides?: number | readonly number[];
  /** 'valid' (default) or 'same', for the inputs; the state keeps its size. */
  padding?: 'valid' | 'same';
  /** Default: the configured one. */
  data_format?: ImageDataFormat | null;
  /** Distance of the window's elements. Default 1; not with strides. */
  dilation_rate?: number | readonly number[];
  /** Applied to the gates. Default `sigmoid`; null for none. */
  recurrent_activation?: activations.Identifier;
  /** Whether the bias of the forget gate starts at 1, so that nothing is forgotten at first. Default true. */
  unit_forget_bias?: boolean;
}

/** Input shape: `[batch, ...space, channels]`; states: h and c, both of the shape of the output. */
export class ConvLSTMCell extends BaseRNNCell {
  readonly rank: number;
  readonly filters: number;
  readonly kernel_size: readonly number[];
  readonly strides: readonly number[];
  readonly padding: 'valid' | 'same';
  readonly data_format: ImageDataFormat;
  readonly dilation_rate: readonly number[];
  readonly recurrent_activation: activations.Activation;
  readonly unit_forget_bias: boolean;
  /** The sizes of the states are known when the cell is built. */
  readonly state_size: readonly number[] = [-1, -1];
  #stateShape: SymbolicShape | undefined;

  constructor(rank: number, options: ConvLSTMCellOptions, owner: string) {
    const { recurrent_activation: gate = 'sigmoid' } = options;
    super(options, true);
    this.rank = rank;
    this.filters = requirePositiveInteger(owner, 'filters', options.filters);
    this.kernel_size = standardizeTuple(owner, 'kernel_size', options.kernel_size, rank);
    this.strides = standardizeTuple(owner, 'strides', options.strides ?? 1, rank);
    this.padding = requireOneOf(owner, 'padding', options.padding ?? 'valid', ['valid', 'same']);
    this.data_format = standardize_data_format(options.data_format);
    this.dilation_rate = standardizeTuple(owner, 'dilation_rate', options.dilation_rate ?? 1, rank);
    requireOneStep(owner, this.strides, this.dilation_rate);
    this.recurrent_activation = activations.get(gate);
    this.unit_forget_bias = options.unit_forget_bias ?? true;
    this.dropout_mask_count = 4;
    this.input_spec = new InputSpec({ ndim: rank + 2 });
  }

  override build(input_shape: SymbolicShape): void {
    const { filters, kernel_size } = this;
    if (spaceOf(input_shape, this.data_format).includes(null)) {
      throw new LayerError(`${sentence(this.describe())} needs to know the spatial dimensions of its inputs, received ` +
        `the input shape ${formatShape(input_shape)}.`);
    }
    const channels = requireChannels(this.describe(), input_shape, this.data_format);
    this.#stateShape = this.outputShape(input_shape);
    const bias = this.unit_forget_bias ? forgetBias(filters, this.bias_initializer) : this.bias_initializer;
    this.addWeights([...kernel_size, channels, 4 * filters], [...kernel_size, filters, 4 * filters], [4 * filters], bias);
    this.input_spec = new InputSpec({ shape: [null, ...input_shape.slice(1)] });
  }

  /** The shape of the output and the states for inputs of a shape. */
  outputShape(input_shape: SymbolicShape): SymbolicShape {
    const { kernel_size: size, strides, dilation_rate: dilations, padding, data_format } = this;
    return windowedOutputShape(input_shape, this.filters, { size, strides, dilations, padding, data_format },
      this.describe());
  }

  /** A convolution; with masks, each gate has its own part of the inputs and of the kernel. */
  #convolve(x: Tensor, kernel: Tensor, masks: DropoutMask, convolve: (x: Tensor, kernel: Tensor) => Tensor): Tensor {
    if (!Array.isArray(masks)) return convolve(x, kernel);
    const parts = ops.split(kernel, masks.length, -1);
    const gates = masks.map((mask, gate) => convolve(ops.multiply(x, mask), parts[gate]));
    return ops.concatenate(gates, channelAxis(this.data_format));
  }

  override project(inputs: Tensor, training: boolean): Tensor {
    const masks = training && isPartial(this.dropout) ? this.get_dropout_mask(inputs) : null;
    // The steps of sequences count as more images.
    const leading = inputs.ndim - this.rank - 1;
    const { strides, padding, data_format, dilation_rate } = this;
    const conv = (x: Tensor, kernel: Tensor): Tensor =>
      ops.conv(x, kernel, strides, padding, data_format, dilation_rate);
    const merged = (x: Tensor): Tensor => ops.reshape(x, [-1, ...x.shape.slice(leading)]);
    const projected = this.#convolve(inputs, this.kernel.value, masks, (x, kernel) => conv(merged(x), kernel));
    const biased = addBias(projected, this.bias, data_format);
    return ops.reshape(biased, [...inputs.shape.slice(0, leading), ...biased.shape.slice(1)]);
  }

  override stepper(training: boolean): Step {
    const drops = training && isPartial(this.recurrent_dropout);
    const recurrent = this.recurrent_kernel.value;
    const axis = channelAxis(this.data_format);
    return (projected, [before, carry]) => {
      const h = before as Tensor;
      const masks = drops ? this.get_recurrent_dropout_mask(h) : null;
      const product = this.#convolve(h, recurrent, masks, (x, kernel) => ops.conv(x, kernel, 1, 'same', this.data_format));
      const [i, f, candidate, o] = ops.split(ops.add(projected, product), 4, axis);
      const kept = ops.multiply(this.recurrent_activation(f), carry as Tensor);
      const c = ops.add(kept, ops.multiply(this.recurrent_activation(i), this.activation(candidate)));
      const output = ops.multiply(this.recurrent_activation(o), this.activation(c));
      return [output, [output, c]];
    };
  }

  override get_initial_state(batch_size: number): States {
    if (!this.#stateShape) {
      throw new LayerError(`${sentence(this.describe())} knows the shape of its states when it is built.`);
    }
    const shape = [batch_size, ...this.#stateShape.slice(1) as number[]];
    return [ops.zeros(shape, this.compute_dtype), ops.zeros(shape, this.compute_dtype)];
  }
}
kerasExport(ConvLSTMCell, 'keras.src.layers.rnn.conv_lstm.ConvLSTMCell');
