/** The classes and functions of a user's that files of the corpus name: those of test/golden/corpus/make_corpus.py. */
import * as keras from '../../src/index.js';

const { layers, ops } = keras;
type Tensor = keras.Tensor;
type Config = Record<string, unknown>;

export function squash(x: Tensor): Tensor {
  return ops.divide(x, ops.add(1, ops.abs(x)));
}

export class Scale extends keras.Layer {
  readonly factor: number;
  readonly activation: (x: Tensor) => Tensor;
  inner = new layers.Dense(3, { name: 'inner' });
  gain!: keras.Variable;

  constructor({ factor = 1, activation = null, ...options }: { factor?: number; activation?: unknown } & Config = {}) {
    super(options);
    this.factor = factor;
    this.activation = keras.activations.get(activation as string) as (x: Tensor) => Tensor;
  }

  override build(input_shape: number[]): void {
    this.gain = this.add_weight({ shape: [input_shape.at(-1)!], initializer: 'ones', name: 'gain' });
    this.inner.build(input_shape);
  }

  override call(inputs: Tensor): Tensor {
    const scaled = ops.multiply(inputs, this.gain.value);
    return this.activation(ops.multiply((this.inner as unknown as (x: Tensor) => Tensor)(scaled), this.factor));
  }

  override get_config(): Config {
    return { ...super.get_config(), factor: this.factor, activation: keras.activations.serialize(this.activation as never) };
  }
}

export class Halved extends keras.losses.Loss {
  override call(y_true: Tensor, y_pred: Tensor): Tensor {
    return ops.multiply(0.5, ops.square(ops.subtract(y_true, y_pred)));
  }
}

export class Branched extends keras.Model {
  readonly width: number;
  steps: keras.Layer[];
  heads: { left: keras.Layer; right: keras.Layer };
  norm = new layers.LayerNormalization();
  again: keras.Layer;

  constructor({ width = 4, ...options }: { width?: number; name?: string } = {}) {
    super(options);
    this.width = width;
    this.steps = [new layers.Dense(width, { activation: 'tanh' }), new layers.Dense(width)];
    this.heads = { left: new layers.Dense(2), right: new layers.Dense(2, { use_bias: false }) };
    this.again = this.steps[0];
  }

  override call(inputs: Tensor): Tensor {
    const on = (layer: keras.Layer, x: Tensor): Tensor => (layer as unknown as (x: Tensor) => Tensor)(x);
    const x = on(this.norm, [this.again, ...this.steps].reduce((value, layer) => on(layer, value), inputs));
    return ops.add(on(this.heads.left, x), on(this.heads.right, x));
  }

  override get_config(): Config {
    return { width: this.width, name: this.name };
  }
}

/** By the names under which `register_keras_serializable('corpus')` puts them into files. */
export const CORPUS_OBJECTS = { 'corpus>squash': squash, 'corpus>Scale': Scale, 'corpus>Halved': Halved, 'corpus>Branched': Branched };
