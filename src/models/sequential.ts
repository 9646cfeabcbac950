/** Sequential: layers one behind the other. */
import type { DTypePolicySpec } from '../dtype-policies/dtype-policy.js';
import { isPlainObject } from '../engine/structure.js';
import { formatShape, sameShape, type SymbolicShape } from '../engine/shape.js';
import { InputLayer } from '../layers/core/input-layer.js';
import { Layer, LayerError, type CallOptions, type LayerOptions } from '../layers/layer.js';
import { KerasTensor } from '../ops/keras-tensor.js';
import { deserialize_keras_object, serialize_keras_object } from '../saving/serialization.js';
import { kerasExport } from '../saving/registration.js';
import { Functional } from './functional.js';
import { Model } from './model.js';

type LayerList = readonly (Layer | KerasTensor)[] | null;

export interface SequentialOptions {
  layers?: LayerList;
  trainable?: boolean;
  name?: string | null;
  /** Dtype policy of the model itself, which `compile` scales the loss by; its layers have their own. Default: the global one. */
  dtype?: DTypePolicySpec;
}

/**
 * A stack of layers. Started by an `Input` it is built at once, else at its first call.
 * Source: keras.Sequential.
 *
 * @example
 * const model = new keras.Sequential([
 *   keras.Input({ shape: [4] }),
 *   new keras.layers.Dense(8, 'relu'),
 *   new keras.layers.Dense(1),
 * ]);
 * model.output_shape; // [null, 1]
 */
export class Sequential extends Model {
  _layers: Layer[] = [];
  #functional: Functional | undefined;

  constructor(...args: [layers?: LayerList, trainable?: boolean, name?: string | null]
    | [layers: LayerList, options: SequentialOptions] | [options: SequentialOptions]) {
    const { layers, trainable, name, dtype } = sequentialOptions(args);
    super({ name, ...(trainable === undefined ? {} : { trainable }), ...(dtype === undefined ? {} : { dtype }) } as LayerOptions);
    for (const layer of layers ?? []) this.#push(layer);
    if (layers && layers.length > 0) this.#rebuild();
    if (trainable === false) this.trainable = false;
  }

  /** Adds a layer at the end. */
  add(layer: Layer | KerasTensor): void {
    this.#push(layer);
    this.#rebuild();
  }

  #push(given: Layer | KerasTensor): void {
    const layer = given instanceof KerasTensor ? given._keras_history?.operation : given;
    if (!(layer instanceof Layer)) {
      const { prototype, name } = Object(given) as { prototype?: unknown; name?: string };
      throw new LayerError(`Only layers can be added to the Sequential model '${this.name}', received ` +
        `${prototype instanceof Layer ? `the class ${name}; make a layer of it with new` : String(given)}.`);
    }
    if (this._layers.length === 0 && layer._inputShape) this.#push(new InputLayer({ shape: layer._inputShape }));
    if (this._layers.some((other) => other !== layer && other.name === layer.name)) {
      throw new LayerError(`All layers of the Sequential model '${this.name}' must have unique names, ` +
        `but '${layer.name}' is there already. Pass another name.`);
    }
    if (layer instanceof InputLayer && this._layers[0] instanceof InputLayer) {
      throw new LayerError(`The Sequential model '${this.name}' has the input shape ` +
        `${formatShape(this._layers[0].batch_shape)} already; a second Input cannot be added.`);
    }
    this._layers = [...this._layers, layer];
  }

  /** Removes the last layer and returns it. */
  pop(): Layer {
    const layer = this._layers[this._layers.length - 1];
    if (!layer) throw new LayerError(`The Sequential model '${this.name}' has no layer to remove.`);
    this._layers = this._layers.slice(0, -1);
    this.#rebuild();
    return layer;
  }

  #rebuild(): void {
    this.built = false;
    this.#functional = undefined;
    const [first] = this._layers;
    if (this._layers.length < 2) return;
    if (first instanceof InputLayer) this.build(first.batch_shape);
    else if (first instanceof Model && first.built && first._graph) this.build(first.input_shape);
  }

  override get layers(): Layer[] {
    return this._layers[0] instanceof InputLayer ? this._layers.slice(1) : [...this._layers];
  }

  override get _graph(): Functional['_graph'] {
    return this.#functional?._graph;
  }

  override get inputs(): readonly KerasTensor[] {
    return this.#functional?.inputs ?? super.inputs;
  }

  override get outputs(): readonly KerasTensor[] {
    return this.#functional?.outputs ?? super.outputs;
  }

  override get input(): unknown {
    return this.#functional ? this.#functional.input : super.input;
  }

  override get output(): unknown {
    return this.#functional ? this.#functional.output : super.output;
  }

  override get output_names(): string[] | undefined {
    return this.#functional?.output_names;
  }

  override build(input_shape?: unknown): void {
    if (!isShape(input_shape)) return;
    if (this._layers.length === 0) {
      throw new LayerError(`The Sequential model '${this.name}' has no layers to build. ` +
        'Call model.add(layer).');
    }
    const [first] = this._layers;
    if (!(first instanceof InputLayer)) {
      const input = new InputLayer({ batch_shape: input_shape, dtype: first.compute_dtype });
      this._layers = [input, ...this._layers];
    } else if (!sameShape(first.batch_shape, input_shape)) {
      throw new LayerError(`The Sequential model '${this.name}' has the input shape ` +
        `${formatShape(first.batch_shape)}; it cannot be built on ${formatShape(input_shape)}.`);
    }
    const inputs = (this._layers[0] as InputLayer).output as KerasTensor;
    let x: KerasTensor = inputs;
    for (const layer of this._layers.slice(1)) x = layer(x);
    this.#functional = new Functional(inputs, x);
    this.input_spec = this.#functional.input_spec;
    this.supports_masking = true;
  }

  override call(inputs: unknown, options: CallOptions = {}): unknown {
    if (this.#functional) return this.#functional.call(inputs, options);
    // Nested inputs cannot be described by one shape: the layers are called one after the other.
    const { training } = options;
    const given = training === undefined ? {} : { training };
    return this.layers.reduce((x, layer) => layer<unknown, unknown>(x, given), inputs);
  }

  override compute_mask(inputs: unknown, previous_mask: unknown): unknown {
    return this.#functional ? undefined : super.compute_mask(inputs, previous_mask);
  }

  override get_config(): Record<string, unknown> {
    const config: Record<string, unknown> =
      { ...baseConfig(this), layers: this._layers.map(serialize_keras_object) };
    if (this.#functional) config.build_input_shape = (this._layers[0] as InputLayer).batch_shape;
    return config;
  }

  static override from_config(config: Record<string, unknown>): Layer {
    if (!Array.isArray(config.layers)) {
      throw new LayerError('The config of a Sequential model must hold a list of layers, ' +
        `received the keys ${Object.keys(config).join(', ')}.`);
    }
    // Its own dtype too, which Python forgets: compile() goes by it.
    const dtype = config.dtype as DTypePolicySpec | undefined;
    const model = new this({ name: config.name as string | null, ...(dtype === undefined ? {} : { dtype }) });
    for (const layer of config.layers) model.add(deserialize_keras_object(layer) as Layer);
    if (!model.#functional && isShape(config.build_input_shape)) model.build(config.build_input_shape);
    if (config.trainable === false) model.trainable = false;
    return model;
  }
}
kerasExport(Sequential, 'keras.Sequential', 'keras.models.Sequential');

const isShape = (value: unknown): value is SymbolicShape =>
  Array.isArray(value) && value.every((d) => d === null || typeof d === 'number');

const baseConfig = (model: Model): Record<string, unknown> => Layer.prototype.get_config.call(model);

function sequentialOptions(args: readonly unknown[]): SequentialOptions {
  const last = args[args.length - 1];
  const named = isPlainObject(last) ? last : {};
  const [layers, trainable, name] = isPlainObject(last) ? args.slice(0, -1) : args;
  const unknown = Object.keys(named).find((key) => !['layers', 'trainable', 'name', 'dtype'].includes(key));
  if (unknown) {
    throw new TypeError(`Sequential has no argument '${unknown}'. Known arguments: layers, trainable, name, dtype.`);
  }
  return { layers, trainable, name, ...named } as SequentialOptions;
}
