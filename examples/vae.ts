/**
 * A variational autoencoder of digits: an encoder that gives a distribution of codes, a layer that samples from it, and a
 * decoder, with the loss in an overridden train_step.
 *
 *   npx tsx examples/vae.ts --epochs 30
 */
import * as keras from '../src/index.js';
import { loadDigits } from './digits-data.js';
import { asProgram, type Outcome } from './program.js';

const { layers, ops } = keras;
type Tensor = keras.Tensor;
const FLAGS = { epochs: 30, samples: 1797, latent: 2, seed: 1 };

/** A code drawn from the normal distribution of a mean and the logarithm of a variance. */
export class Sampling extends layers.Layer {
  readonly seeds: keras.SeedGenerator;

  constructor({ seed, ...options }: keras.layers.LayerOptions & { seed: number }) {
    super(options);
    this.seeds = new keras.SeedGenerator(seed);
  }

  override call([mean, log_variance]: [Tensor, Tensor]): Tensor {
    const noise = keras.random.normal(mean.shape, { seed: this.seeds });
    return ops.add(mean, ops.multiply(ops.exp(ops.multiply(log_variance, 0.5)), noise));
  }
}

function encoderOf(latent: number, seed: number): keras.Model {
  const images = keras.Input({ shape: [8, 8, 1] });
  let x = new layers.Conv2D(16, 3, { strides: 2, padding: 'same', activation: 'relu' })(images);
  x = new layers.Dense(32, 'relu')(new layers.Flatten()(x));
  const mean = new layers.Dense(latent, { name: 'mean' })(x);
  const log_variance = new layers.Dense(latent, { name: 'log_variance' })(x);
  const code = new Sampling({ seed, name: 'code' })([mean, log_variance]);
  return new keras.Model(images, [mean, log_variance, code], { name: 'encoder' });
}

const decoderOf = (latent: number): keras.Sequential => new keras.Sequential([
  keras.Input({ shape: [latent] }),
  new layers.Dense(4 * 4 * 16, 'relu'),
  new layers.Reshape([4, 4, 16]),
  new layers.Conv2DTranspose(16, 3, 2, 'same', { activation: 'relu' }),
  new layers.Conv2D(1, 3, { padding: 'same', activation: 'sigmoid' }),
], { name: 'decoder' });

export class VAE extends keras.Model {
  readonly encoder: keras.Model;
  readonly decoder: keras.Sequential;
  readonly total = new keras.metrics.Mean({ name: 'loss' });
  readonly reconstruction = new keras.metrics.Mean({ name: 'reconstruction_loss' });
  readonly divergence = new keras.metrics.Mean({ name: 'kl_loss' });

  constructor(latent: number, seed: number) {
    super();
    this.encoder = encoderOf(latent, seed);
    this.decoder = decoderOf(latent);
  }

  override get metrics(): keras.Metric[] {
    return [this.total, this.reconstruction, this.divergence];
  }

  override call(images: Tensor): Tensor {
    return this.decoder(this.encoder<Tensor, Tensor[]>(images)[2]);
  }

  /** The two parts of the loss: unlike images, and codes unlike a standard normal distribution. */
  #losses(images: Tensor): [Tensor, Tensor] {
    const [mean, log_variance, code] = this.encoder<Tensor, Tensor[]>(images, { training: true });
    const drawn = this.decoder(code, { training: true });
    const unlike = keras.losses.binary_crossentropy(images, drawn);
    const reconstruction = ops.mean(ops.sum(unlike, [1, 2]));
    const terms = ops.subtract(ops.subtract(ops.add(log_variance, 1), ops.square(mean)), ops.exp(log_variance));
    return [reconstruction, ops.mean(ops.multiply(ops.sum(terms, 1), -0.5))];
  }

  override train_step([data]: keras.models.StepData): keras.models.StepResult {
    const variables = this.trainable_variables;
    let parts: [Tensor, Tensor] | undefined;
    const [loss, gradients] = keras.variable_gradients(() => {
      parts = this.#losses(data as Tensor);
      return ops.add(...parts);
    }, variables);
    this.optimizer!.apply(gradients, variables);
    const values = [loss, ...parts!];
    return Object.fromEntries(this.metrics.map((metric, i) => {
      metric.update_state(values[i]);
      return [metric.name, metric.result() as Tensor];
    }));
  }
}

export async function main({ epochs, samples, latent, seed }: typeof FLAGS): Promise<Outcome> {
  keras.utils.set_random_seed(seed);
  const images = ops.convert_to_numpy(ops.slice(loadDigits().images, [0, 0, 0, 0], [samples, 8, 8, 1]));
  const vae = new VAE(latent, seed);
  vae.compile({ optimizer: new keras.optimizers.Adam(3e-3) });
  const { history } = await vae.fit(images, { epochs, batch_size: 64, verbose: 2 });
  return { first: history.loss[0], last: history.loss.at(-1)! };
}

await asProgram(import.meta.url, 'Trains a variational autoencoder on 8x8 digits', FLAGS, main);
