/** Distiller: a model that trains a student with the help of a teacher. */
import { formatShape, type SymbolicShape } from '../engine/shape.js';
import { Tensor } from '../engine/tensor.js';
import type { CallOptions } from '../layers/layer.js';
import { Mean } from '../metrics/index.js';
import { Functional, Model } from '../models/index.js';
import type { KerasTensor } from '../ops/keras-tensor.js';
import * as ops from '../ops/index.js';
import { kerasExport } from '../saving/registration.js';
import { deserialize_keras_object, serialize_keras_object } from '../saving/serialization.js';
import { COMPILE, type CompileArguments } from '../trainers/options.js';
import * as tree from '../tree/index.js';
import { LAYER_OPTIONS, namedArguments, type ConstructorArgs, type NamedForms } from '../utils/arguments.js';
import { ArgumentError, requireBetween } from '../utils/checks.js';
import type { LayerOptions } from '../layers/layer.js';
import { DistillationLoss, resolveLosses } from './distillation-loss.js';

export interface DistillerOptions extends LayerOptions {
  /** A trained model; it is frozen. */
  teacher: Model;
  /** The model to train. */
  student: Model;
  distillation_losses: DistillationLoss | readonly DistillationLoss[];
  /** One factor for each of several losses. Default 1. */
  distillation_loss_weights?: readonly number[] | null;
  /** The share of the loss of the labels, from 0 to 1; the rest is the teacher's. Default 0.5. */
  student_loss_weight?: number;
}
const NAMES = ['teacher', 'student', 'distillation_losses', 'distillation_loss_weights', 'student_loss_weight', 'name'] as const;

/** Outputs of a model, and of some of its layers. */
interface Features {
  outputs: unknown;
  layers: Readonly<Record<string, unknown>>;
}

/**
 * Trains a student on labels and on what a larger, trained teacher makes of the same inputs:
 * `w student_loss + (1 - w) sum(distillation_losses)`. A call gives the student's outputs; the trained model is `student`.
 * Source: keras.distillation.Distiller.
 *
 * @throws ArgumentError for models whose inputs or outputs differ in shape or dtype
 * @example
 * const net = (units) => new keras.Sequential([keras.Input({ shape: [3] }), new keras.layers.Dense(units), new keras.layers.Dense(2)]);
 * const distiller = new keras.distillation.Distiller({
 *   teacher: net(8), student: net(2), distillation_losses: new keras.distillation.LogitsDistillation(2),
 * });
 * distiller.compile('adam', new keras.losses.SparseCategoricalCrossentropy({ from_logits: true }));
 * await distiller.fit(x, [0, 1, 1, 0], { verbose: 0 });
 */
export class Distiller extends Model {
  readonly teacher: Model;
  readonly student: Model;
  readonly distillation_losses: readonly DistillationLoss[];
  readonly distillation_loss_weights: readonly number[];
  readonly student_loss_weight: number;
  readonly student_loss_tracker = new Mean({ name: 'student_loss' });
  readonly distillation_loss_tracker = new Mean({ name: 'distillation_loss' });
  readonly total_loss_tracker = new Mean({ name: 'total_loss' });
  readonly #teacherFeatures: Functional | undefined;
  readonly #studentFeatures: Functional | undefined;
  #loss: unknown;
  #givenLoss: unknown;

  constructor(...args: ConstructorArgs<DistillerOptions, typeof NAMES>) {
    const { teacher, student, distillation_losses, distillation_loss_weights, student_loss_weight = 0.5, name = 'distiller', ...options } =
      namedArguments<DistillerOptions>('Distiller', NAMES, args, LAYER_OPTIONS);
    super({ name, ...options });
    for (const [role, model] of Object.entries({ teacher, student })) {
      if (!(model instanceof Model)) {
        throw new ArgumentError(`Distiller: the argument '${role}' must be a keras.Model, received ${String(model)}.`);
      }
    }
    requireAlike(teacher, student, 'input');
    requireAlike(teacher, student, 'output');
    this.teacher = teacher;
    this.student = student;
    this.student_loss_weight = requireBetween('Distiller', 'student_loss_weight', student_loss_weight, 0, 1);
    const losses = Array.isArray(distillation_losses) ? distillation_losses as DistillationLoss[] : [distillation_losses];
    if (!losses.every((loss) => loss instanceof DistillationLoss)) {
      throw new ArgumentError('Distiller: the argument \'distillation_losses\' must be a DistillationLoss, such as LogitsDistillation, ' +
        `or an array of them, received ${String(distillation_losses)}.`);
    }
    this.distillation_losses = losses;
    const weights = Array.isArray(distillation_losses) ? distillation_loss_weights ?? losses.map(() => 1) : [1];
    if (weights.length !== losses.length) {
      throw new ArgumentError(`Distiller: the argument 'distillation_loss_weights' must have one number for each of the ${losses.length} ` +
        `distillation_losses, received ${weights.length}.`);
    }
    this.distillation_loss_weights = weights;
    for (const loss of losses) loss.validate_model_compatibility(teacher, student);
    this.#teacherFeatures = withFeatures(teacher, losses.map((loss) => loss.teacher_layer_name));
    this.#studentFeatures = withFeatures(student, losses.map((loss) => loss.student_layer_name));
    teacher.trainable = false;
  }

  /**
   * Sets how the student learns. `loss` is needed, and may be nested like the student's outputs; the other arguments are
   * those of every model. The default optimizer is `adam`.
   */
  override compile(...args: NamedForms<CompileArguments, typeof COMPILE>): void {
    const options = namedArguments<CompileArguments>('compile()', COMPILE, args, [], ['loss', 'loss_weights', 'metrics', 'weighted_metrics']);
    const { loss, metrics } = options;
    if (loss === undefined || loss === null) {
      throw new ArgumentError(`compile(): Distiller '${this.name}' needs a loss for what the student learns from the labels, received none.`);
    }
    if (metrics !== undefined && metrics !== null && !Array.isArray(metrics)) {
      throw new ArgumentError(`compile(): the metrics of Distiller '${this.name}' must be an array, received ${JSON.stringify(metrics)}.`);
    }
    this.#givenLoss = loss;
    this.#loss = resolveLosses('compile()', loss);
    super.compile({ optimizer: 'adam', ...options, loss: null });
  }

  /** The loss is the student's, which the models' own step does not see. */
  override get_compile_config(): Record<string, unknown> | null {
    const config = super.get_compile_config();
    return config && { ...config, loss: serialize_keras_object(this.#givenLoss) };
  }

  override call(inputs: unknown, options: CallOptions = {}): unknown {
    return this.student(inputs as Tensor, options);
  }

  #featuresOf(model: Model, features: Functional | undefined, x: unknown, training: boolean, outputs?: unknown): Features {
    if (!features) return { outputs: outputs ?? model(x as Tensor, { training }), layers: {} };
    const [first, layers] = features.__call__(x, { training }) as [unknown, Record<string, unknown>];
    return { outputs: outputs ?? first, layers };
  }

  #studentLoss(y: unknown, y_pred: unknown): Tensor | number {
    if (this.student_loss_weight === 0 || y === undefined || y === null) return 0;
    const values = tree.map_structure((loss: unknown, labels: unknown, predictions: unknown) =>
      (loss as (...pair: unknown[]) => Tensor)(labels, predictions), this.#loss, y, y_pred);
    const parts = tree.flatten(values) as Tensor[];
    return ops.mean(parts.length === 1 ? parts[0] : ops.sum(ops.stack(parts)));
  }

  #distillationLoss(x: unknown, y_pred: unknown): Tensor | number {
    if (this.student_loss_weight === 1) return 0;
    const teacher = this.#featuresOf(this.teacher, this.#teacherFeatures, x, false);
    const student = this.#featuresOf(this.student, this.#studentFeatures, x, true, y_pred);
    return this.distillation_losses.reduce<Tensor | number>((sum, loss, i) => {
      // What is not compared layer by layer is compared by the outputs.
      const isOfLayers = loss.teacher_layer_name !== null;
      const pick = ({ outputs, layers }: Features, name: string | null): unknown => (isOfLayers && name !== null ? layers[name] : outputs);
      const pair = [pick(teacher, loss.teacher_layer_name), pick(student, loss.student_layer_name)] as const;
      loss.validate_outputs(...pair);
      const value = loss.compute_loss(...pair);
      if (!(value instanceof Tensor) || value.ndim > 0) {
        throw new TypeError(`compute_loss of ${loss.constructor.name} must give a scalar, received ` +
          `${value instanceof Tensor ? `a tensor of shape ${formatShape(value.shape)}` : String(value)}.`);
      }
      return ops.add(sum, ops.multiply(value, this.distillation_loss_weights[i]));
    }, 0);
  }

  /** The loss of labels and teacher together. Weights of samples are not used. */
  override compute_loss(x: unknown, y: unknown, y_pred: unknown): Tensor {
    const predictions = y_pred ?? this.student(x as Tensor, { training: true });
    const student = this.#studentLoss(y, predictions);
    const distillation = this.#distillationLoss(x, predictions);
    const total = ops.add(ops.multiply(student, this.student_loss_weight), ops.multiply(distillation, 1 - this.student_loss_weight));
    this.student_loss_tracker.update_state(student);
    this.distillation_loss_tracker.update_state(distillation);
    this.total_loss_tracker.update_state(total);
    return total;
  }

  override get_config(): Record<string, unknown> {
    const { teacher, student, distillation_losses, distillation_loss_weights, student_loss_weight } = this;
    return {
      ...super.get_config(), teacher: serialize_keras_object(teacher), student: serialize_keras_object(student),
      distillation_losses: distillation_losses.map((loss) => serialize_keras_object(loss)),
      distillation_loss_weights: [...distillation_loss_weights], student_loss_weight,
    };
  }

  static override from_config(config: Record<string, unknown>): Distiller {
    const revived = (name: string): unknown => deserialize_keras_object(config[name]);
    const losses = (config.distillation_losses as unknown[]).map((loss) => deserialize_keras_object(loss));
    return new Distiller({ ...config, teacher: revived('teacher'), student: revived('student'),
      distillation_losses: losses } as DistillerOptions);
  }
}
kerasExport(Distiller, 'keras.distillation.Distiller');

/** Throws unless what the two models take (or give) is alike; models without a graph are not looked at. */
function requireAlike(teacher: Model, student: Model, what: 'input' | 'output'): void {
  if (!teacher._graph || !student._graph) return;
  const fits = (a: SymbolicShape, b: SymbolicShape): boolean =>
    a.length === b.length && a.every((size, i) => size === null || b[i] === null || size === b[i]);
  const [theirs, its] = [teacher[`${what}s`], student[`${what}s`]];
  const show = (tensors: readonly KerasTensor[]): string => tensors.map(({ shape, dtype }) => `${formatShape(shape)} (${dtype})`).join(', ');
  if (theirs.length === its.length && theirs.every((t, i) => fits(t.shape, its[i].shape) && t.dtype === its[i].dtype)) return;
  throw new ArgumentError(`Distiller: the ${what}s of the teacher '${teacher.name}' and of the student '${student.name}' must have the ` +
    `same shapes and dtypes. Teacher: ${show(theirs)}; student: ${show(its)}.`);
}

/** The model with outputs of layers beside its own; undefined where none is asked for. */
function withFeatures(model: Model, names: readonly (string | null)[]): Functional | undefined {
  const wanted = [...new Set(names.filter((name) => name !== null))];
  if (wanted.length === 0) return undefined;
  const layers = Object.fromEntries(wanted.map((name) => [name, model.get_layer(name).output]));
  return new Functional(model.input, [model.output, layers], { name: `${model.name}_multi_feature_extractor` });
}
