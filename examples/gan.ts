/**
 * A GAN learns to draw digits: a generator makes images of noise, a discriminator learns to tell them from real ones, and
 * each trains against the other in an overridden train_step.
 *
 *   npx tsx examples/gan.ts --epochs 40
 */
import * as keras from '../src/index.js';
import { loadDigits } from './digits-data.js';
import { drawDigits } from './digits-draw.js';
import { asProgram, type Outcome } from './program.js';

const { layers, ops } = keras;
const FLAGS = { epochs: 40, samples: 1797, latent: 16, seed: 1 };

const generatorOf = (latent: number): keras.Sequential => new keras.Sequential([
  keras.Input({ shape: [latent] }),
  new layers.Dense(128, 'leaky_relu'),
  new layers.BatchNormalization({ momentum: 0.8 }),
  new layers.Dense(64, 'sigmoid'),
  new layers.Reshape([8, 8, 1]),
], { name: 'generator' });

const discriminatorOf = (): keras.Sequential => new keras.Sequential([
  keras.Input({ shape: [8, 8, 1] }),
  new layers.Flatten(),
  new layers.Dense(128, 'leaky_relu'),
  new layers.Dropout(0.4),
  new layers.Dense(1),
], { name: 'discriminator' });

export class GAN extends keras.Model {
  readonly generator: keras.Sequential;
  readonly discriminator: keras.Sequential;
  readonly g_optimizer = new keras.optimizers.Adam({ learning_rate: 1e-3, beta_1: 0.5 });
  readonly d_optimizer = new keras.optimizers.Adam({ learning_rate: 1e-3, beta_1: 0.5 });
  readonly g_loss = new keras.metrics.Mean({ name: 'g_loss' });
  readonly d_loss = new keras.metrics.Mean({ name: 'd_loss' });
  readonly seeds: keras.SeedGenerator;
  readonly #latent: number;
  readonly #loss = new keras.losses.BinaryCrossentropy({ from_logits: true });

  constructor(latent: number, seed: number) {
    super();
    this.#latent = latent;
    this.seeds = new keras.SeedGenerator(seed);
    this.generator = generatorOf(latent);
    this.discriminator = discriminatorOf();
  }

  override get metrics(): keras.Metric[] {
    return [this.d_loss, this.g_loss];
  }

  /** Images of noise. */
  generate(count: number, training = false): keras.Tensor {
    return this.generator(keras.random.normal([count, this.#latent], { seed: this.seeds }), { training });
  }

  override train_step([real]: keras.models.StepData): keras.models.StepResult {
    const images = real as keras.Tensor;
    const [count] = images.shape;
    // 1. The discriminator: 1 for real images, 0 for made ones.
    const both = ops.concatenate([images, ops.stop_gradient(this.generate(count, true))]);
    const labels = ops.concatenate([ops.ones([count, 1]), ops.zeros([count, 1])]);
    const judges = this.discriminator.trainable_variables;
    const [d_loss, d_gradients] = keras.variable_gradients(
      () => this.#loss(labels, this.discriminator(both, { training: true })), judges);
    this.d_optimizer.apply(d_gradients, judges);
    // 2. The generator: the discriminator shall take its images for real.
    const makers = this.generator.trainable_variables;
    const [g_loss, g_gradients] = keras.variable_gradients(
      () => this.#loss(ops.ones([count, 1]), this.discriminator(this.generate(count, true))), makers);
    this.g_optimizer.apply(g_gradients, makers);
    // 3. Means over the epoch.
    this.d_loss.update_state(d_loss);
    this.g_loss.update_state(g_loss);
    return { d_loss: this.d_loss.result(), g_loss: this.g_loss.result() };
  }
}

/** How far the mean made image is from the mean real one: what a GAN's own losses do not tell. */
function distance(gan: GAN, real: keras.NDArray): number {
  return keras.tidy(() => {
    const made = ops.mean(gan.generate(512), 0);
    return ops.mean(ops.absolute(ops.subtract(made, ops.mean(real, 0)))).item() as number;
  });
}

export async function main({ epochs, samples, latent, seed }: typeof FLAGS): Promise<Outcome> {
  keras.utils.set_random_seed(seed);
  const { images } = loadDigits();
  const real = keras.ops.convert_to_numpy(ops.slice(images, [0, 0, 0, 0], [samples, 8, 8, 1]));
  const gan = new GAN(latent, seed);
  gan.compile({});
  const first = distance(gan, real);
  await gan.fit(real, { epochs, batch_size: 64, verbose: 2 });
  const last = distance(gan, real);
  console.log(`Distance of made from real images: ${first.toFixed(3)} before, ${last.toFixed(3)} after training\n`);
  drawImages(gan);
  return { first, last };
}

function drawImages(gan: GAN): void {
  const ones = new keras.NDArray(new Float32Array(60), [6, 10]);
  drawDigits(gan.generate(6), ones, []);
}

await asProgram(import.meta.url, 'Trains a GAN on 8x8 digits', FLAGS, main);
