/**
 * Knowledge distillation: a small student learns from the labels and from what a larger teacher thinks of each image, in an
 * overridden train_step.
 *
 *   npx tsx examples/distillation.ts --epochs 20
 */
import * as keras from '../src/index.js';
import { loadDigits } from './digits-data.js';
import { asProgram, type Outcome } from './program.js';

const { layers, ops } = keras;
type Tensor = keras.Tensor;
const FLAGS = { epochs: 20, samples: 1797, temperature: 3, seed: 1 };

const networkOf = (name: string, width: number): keras.Sequential => new keras.Sequential([
  keras.Input({ shape: [8, 8, 1] }),
  new layers.Conv2D(width, 3, { activation: 'relu' }),
  new layers.MaxPooling2D(2),
  new layers.Flatten(),
  new layers.Dense(2 * width, 'relu'),
  new layers.Dense(10),
], { name });

export class Distiller extends keras.Model {
  readonly student: keras.Sequential;
  readonly teacher: keras.Sequential;
  readonly #temperature: number;
  /** Share of the labels in the loss; the rest is the teacher's. */
  readonly #alpha = 0.1;
  readonly #student_loss = new keras.losses.SparseCategoricalCrossentropy({ from_logits: true });
  readonly #distillation_loss = new keras.losses.KLDivergence();
  readonly total = new keras.metrics.Mean({ name: 'loss' });
  readonly distance = new keras.metrics.Mean({ name: 'distillation_loss' });

  constructor(student: keras.Sequential, teacher: keras.Sequential, temperature: number) {
    super();
    this.student = student;
    this.teacher = teacher;
    this.teacher.trainable = false;
    this.#temperature = temperature;
  }

  override call(images: Tensor, options: keras.layers.CallOptions = {}): Tensor {
    return this.student(images, options);
  }

  /** Probabilities that keep what is second and third best: the higher the temperature, the more evenly. */
  #soften(logits: Tensor): Tensor {
    return ops.softmax(ops.divide(logits, this.#temperature));
  }

  override train_step([images, labels]: keras.models.StepData): keras.models.StepResult {
    const opinions = this.#soften(this.teacher(images as Tensor, { training: false }));
    const variables = this.student.trainable_variables;
    let logits: Tensor | undefined;
    const [loss, gradients] = keras.variable_gradients(() => {
      const given = this.student(images as Tensor, { training: true });
      logits = given;
      const distance = ops.multiply(this.#distillation_loss(opinions, this.#soften(given)), this.#temperature ** 2);
      this.distance.update_state(distance);
      const ofLabels = this.#student_loss(labels as Tensor, given);
      return ops.add(ops.multiply(ofLabels, this.#alpha), ops.multiply(distance, 1 - this.#alpha));
    }, variables);
    this.optimizer!.apply(gradients, variables);
    this.total.update_state(loss);
    return { ...this.compute_metrics(images, labels, logits), loss: this.total.result() as Tensor };
  }
}

export async function main({ epochs, samples, temperature, seed }: typeof FLAGS): Promise<Outcome & { accuracy: number }> {
  keras.utils.set_random_seed(seed);
  const digits = loadDigits();
  const images = ops.convert_to_numpy(ops.slice(digits.images, [0, 0, 0, 0], [samples, 8, 8, 1]));
  const labels = ops.convert_to_numpy(ops.slice(digits.labels, [0], [samples]));
  const compiled = (): object => ({ optimizer: new keras.optimizers.Adam(3e-3), metrics: ['sparse_categorical_accuracy'] });

  const teacher = networkOf('teacher', 32);
  teacher.compile({ ...compiled(), loss: new keras.losses.SparseCategoricalCrossentropy({ from_logits: true }) });
  await teacher.fit(images, labels, { epochs: Math.ceil(epochs / 2), verbose: 2 });

  const distiller = new Distiller(networkOf('student', 4), teacher, temperature);
  distiller.compile(compiled());
  const { history } = await distiller.fit(images, labels, { epochs, verbose: 2 });
  const { distillation_loss: distances, sparse_categorical_accuracy: accuracies } = history;
  console.log(`The student has ${distiller.student.count_params()} parameters, the teacher ${teacher.count_params()}.`);
  return { first: distances[0], last: distances.at(-1)!, accuracy: accuracies.at(-1)! };
}

await asProgram(import.meta.url, 'Distils a small network for digits from a larger one', FLAGS, main);
