/** Bidirectional: a recurrent layer run forwards and backwards. */
import type { TensorLike } from '../../engine/convert.js';
import type { SymbolicShape } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import * as ops from '../../ops/index.js';
import { cast } from '../../ops/promotion.js';
import { deserialize_keras_object, serialize_keras_object, withObjectSharing } from '../../saving/serialization.js';
import { kerasExport } from '../../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../../utils/arguments.js';
import { ArgumentError } from '../../utils/checks.js';
import { Layer, LayerError, shapesToSpecs, type CallOptions, type LayerOptions } from '../layer.js';
import { shapesOf } from '../layer-call.js';
import { sentence } from '../layer-state.js';
import type { RNN } from './rnn.js';

const MERGE_MODES = ['sum', 'mul', 'ave', 'concat', null] as const;
export type MergeMode = typeof MERGE_MODES[number];

/** What Bidirectional needs of a layer: what recurrent layers have. */
export type SequenceLayer = Layer & Pick<RNN, 'go_backwards' | 'return_sequences' | 'return_state' | 'stateful'> &
  Partial<Pick<RNN, 'reset_state' | 'states' | 'zero_output_for_mask'>> & { use_cudnn?: unknown };

export interface BidirectionalOptions extends LayerOptions {
  /** A recurrent layer, or another layer on sequences with `go_backwards`, `return_sequences` and the like. */
  layer: SequenceLayer;
  /** How the two outputs become one: 'concat' (default), 'sum', 'ave', 'mul'; null returns both. */
  merge_mode?: MergeMode;
  /** Initial weights: those of the forward layer, then those of the backward layer. */
  weights?: readonly TensorLike[] | null;
  /** Default: a layer like `layer` that goes the other way. */
  backward_layer?: SequenceLayer | null;
}

const ARGUMENTS = ['layer', 'merge_mode', 'weights', 'backward_layer'] as const;

/**
 * Runs a recurrent layer over the sequences forwards, another one like it backwards, and merges their outputs: what
 * comes after a step counts for it too.
 *
 * Call: as the layer itself; `initial_state` holds the states of the forward layer, then those of the backward layer.
 * Input shape: `[batch, steps, features]`. Output shape: that of the layer, with 'concat' twice as wide; with
 * `return_state` an array of the output, the states of the forward layer and those of the backward layer. The layers
 * inside are `forward_layer` and `backward_layer`, copies without the weights of `layer`.
 * Source: keras.layers.Bidirectional.
 *
 * @throws ArgumentError when both layers go the same way, or differ in what they return
 * @example
 * const layer = new keras.layers.Bidirectional(new keras.layers.LSTM(4, { return_sequences: true }));
 * layer(keras.ops.ones([2, 5, 3])).shape; // [2, 5, 8]
 */
export class Bidirectional extends Layer {
  static override first_argument = 'sequences';
  static override call_arguments: readonly string[] = ['initial_state', 'mask', 'training'];

  readonly forward_layer: SequenceLayer;
  readonly backward_layer: SequenceLayer;
  readonly merge_mode: MergeMode;
  readonly stateful: boolean;
  readonly return_sequences: boolean;
  readonly return_state: boolean;
  #initialWeights: readonly TensorLike[] | null;

  constructor(...args: ConstructorArgs<BidirectionalOptions, typeof ARGUMENTS>) {
    const options = namedArguments<BidirectionalOptions>('Bidirectional', ARGUMENTS, args);
    const { layer, merge_mode = 'concat', backward_layer = null } = options;
    requireLayer('layer', layer);
    if (backward_layer) requireLayer('backward_layer', backward_layer);
    if (!MERGE_MODES.includes(merge_mode)) {
      throw new ArgumentError(`Bidirectional: the argument 'merge_mode' must be one of "concat", "sum", "ave", "mul" ` +
        `and null, received ${JSON.stringify(merge_mode)}.`);
    }
    super(options);
    this.forward_layer = copyOf(layer, 'forward', {});
    this.backward_layer = backward_layer ?? copyOf(layer, 'backward', { go_backwards: true });
    if ('use_cudnn' in layer) {
      this.forward_layer.use_cudnn = layer.use_cudnn;
      this.backward_layer.use_cudnn = layer.use_cudnn;
    }
    requirePair(this.forward_layer, this.backward_layer);
    // What one layer repeats at masked steps must not be added to what the other computes there.
    for (const one of [this.forward_layer, this.backward_layer]) {
      if (one.zero_output_for_mask !== undefined) one.zero_output_for_mask = one.return_sequences;
    }
    this.merge_mode = merge_mode;
    this.stateful = layer.stateful;
    this.return_sequences = layer.return_sequences;
    this.return_state = layer.return_state;
    this.supports_masking = true;
    this.input_spec = layer.input_spec;
    this.#initialWeights = options.weights ?? null;
  }

  override build(sequences_shape: SymbolicShape, _initial_state_shape?: unknown): void {
    for (const layer of [this.forward_layer, this.backward_layer]) if (!layer.built) layer.build(sequences_shape);
    if (!this.#initialWeights) return;
    this.set_weights(this.#initialWeights);
    this.#initialWeights = null;
  }

  override call(sequences: Tensor, { initial_state, mask, training }: CallOptions = {}): unknown {
    const given = mask === undefined ? { training } : { mask, training };
    const states = initial_state as readonly unknown[] | undefined | null;
    if (states && states.length % 2 !== 0) {
      throw new LayerError(`${sentence(this.describe())} takes the states of both its layers, half of initial_state ` +
        `each, but received ${states.length}.`);
    }
    const run = (layer: SequenceLayer, own: readonly unknown[] | undefined): [Tensor, ...unknown[]] => {
      const result = layer<Tensor, unknown>(sequences, own ? { ...given, initial_state: own } : given);
      return this.return_state ? result as [Tensor, ...unknown[]] : [result as Tensor];
    };
    const half = (states?.length ?? 0) / 2;
    const [forward, ...forwardStates] = run(this.forward_layer, states?.slice(0, half));
    const [backward, ...backwardStates] = run(this.backward_layer, states?.slice(half));
    const y = cast(forward, this.compute_dtype);
    const reversed = cast(backward, this.compute_dtype);
    const output = this.#merge(y, this.return_sequences ? ops.flip(reversed, 1) : reversed);
    if (!this.return_state) return output;
    return [...(Array.isArray(output) ? output as Tensor[] : [output]), ...forwardStates, ...backwardStates];
  }

  #merge(forward: Tensor, backward: Tensor): Tensor | [Tensor, Tensor] {
    switch (this.merge_mode) {
      case 'concat': return ops.concatenate([forward, backward], -1);
      case 'sum': return ops.add(forward, backward);
      case 'ave': return ops.divide(ops.add(forward, backward), 2);
      case 'mul': return ops.multiply(forward, backward);
      case null: return [forward, backward];
    }
  }

  override compute_mask(_inputs: unknown, previous_mask: unknown): unknown {
    const mask: unknown = Array.isArray(previous_mask) ? previous_mask[0] : previous_mask;
    const output = this.return_sequences ? mask : null;
    return this.merge_mode === null ? [output, output] : [output];
  }

  override compute_output_shape(sequences_shape: SymbolicShape): unknown {
    const shapes = this.forward_layer.compute_output_shape(sequences_shape);
    const [output, ...states] = (this.return_state ? shapes : [shapes]) as [SymbolicShape, ...SymbolicShape[]];
    if (this.merge_mode === null) return [output, output, ...states, ...states];
    const width = output[output.length - 1];
    const merged = this.merge_mode === 'concat' ? [...output.slice(0, -1), width === null ? null : 2 * width] : output;
    return this.return_state ? [merged, ...states, ...states] : merged;
  }

  /** By the shape rule: the number of steps need not be known. */
  override compute_output_spec(inputs: unknown): unknown {
    return shapesToSpecs(this.compute_output_shape(shapesOf(inputs) as SymbolicShape), this.compute_dtype);
  }

  /** With `stateful`: the states of the forward layer, then those of the backward layer. */
  get states(): readonly unknown[] | null {
    const [forward, backward] = [this.forward_layer.states, this.backward_layer.states];
    return forward && backward ? [...forward, ...backward] : null;
  }

  /** Sets the states of both layers to zero. */
  reset_state(): void {
    if (!this.stateful) {
      throw new LayerError(`${sentence(this.describe())} has no states to reset: it is not stateful.`);
    }
    this.forward_layer.reset_state?.();
    this.backward_layer.reset_state?.();
  }

  /** The same as `reset_state`. */
  reset_states(): void {
    this.reset_state();
  }

  override get_config(): Record<string, unknown> {
    return {
      ...super.get_config(),
      merge_mode: this.merge_mode,
      layer: serialize_keras_object(this.forward_layer),
      backward_layer: serialize_keras_object(this.backward_layer),
    };
  }

  static override from_config(config: Record<string, unknown>): Bidirectional {
    const layer = deserialize_keras_object(config.layer) as unknown as SequenceLayer;
    const backward = config.backward_layer ?? null;
    const backward_layer = backward === null ? null : deserialize_keras_object(backward) as unknown as SequenceLayer;
    return new this({ ...config, layer, backward_layer });
  }
}
kerasExport(Bidirectional, 'keras.layers.Bidirectional');

function requireLayer(name: string, value: unknown): void {
  if (value instanceof Layer) {
    const missing = ['go_backwards', 'return_sequences', 'return_state', 'stateful'].find((member) => !(member in value));
    if (missing === undefined) return;
    throw new ArgumentError(`Bidirectional needs a layer with ${missing}, as recurrent layers have it, received ` +
      `${value.toString()} as '${name}'.`);
  }
  throw new ArgumentError(`Bidirectional: the argument '${name}' must be a layer, received ${String(value)}.`);
}

/** A layer of the same config, under a name that says which way it goes. */
function copyOf(layer: Layer, prefix: 'forward' | 'backward', changes: Record<string, unknown>): SequenceLayer {
  return withObjectSharing(() => {
    const serialized = serialize_keras_object(layer) as { config: Record<string, unknown> };
    const name = layer.name.startsWith(`${prefix}_`) ? layer.name : `${prefix}_${layer.name}`;
    return deserialize_keras_object({ ...serialized, config: { ...serialized.config, ...changes, name } });
  }) as SequenceLayer;
}

function requirePair(forward: SequenceLayer, backward: SequenceLayer): void {
  if (forward.go_backwards === backward.go_backwards) {
    throw new ArgumentError('Bidirectional: the forward and the backward layer must go opposite ways, but both have ' +
      `go_backwards ${forward.go_backwards}.`);
  }
  for (const name of ['stateful', 'return_sequences', 'return_state'] as const) {
    if (forward[name] === backward[name]) continue;
    throw new ArgumentError(`Bidirectional: the forward and the backward layer must have the same '${name}', received ` +
      `${forward[name]} (forward) and ${backward[name]} (backward).`);
  }
}
