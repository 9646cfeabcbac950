/** Base of the losses between a teacher and a student. */
import type { Tensor } from '../engine/tensor.js';
import * as losses from '../losses/index.js';
import type { Model } from '../models/model.js';
import * as ops from '../ops/index.js';
import { kerasExport } from '../saving/registration.js';
import * as tree from '../tree/index.js';
import { declareAbstract } from '../utils/abstract.js';
import { ArgumentError } from '../utils/checks.js';

/** A loss of `keras.losses`, its name or its config; nested like the outputs that it compares, null to leave one out. */
export type LossStructure = unknown;
type LossCall = (y_true: unknown, y_pred: unknown) => Tensor;

/**
 * How far a student is from its teacher. Derive from it and define `compute_loss` for your own.
 * Source: keras.distillation.DistillationLoss.
 *
 * @example
 * class Distance extends keras.distillation.DistillationLoss {
 *   compute_loss(teacher_outputs, student_outputs) {
 *     return ops.mean(ops.absolute(ops.subtract(teacher_outputs, student_outputs)));
 *   }
 * }
 * new Distance().compute_loss(ops.array([1, 2]), ops.array([2, 4])); // 1.5
 */
export abstract class DistillationLoss {
  /** The layer of the teacher whose output is compared; null: the outputs of the models. */
  get teacher_layer_name(): string | null {
    return null;
  }

  /** The layer of the student that is compared with it. */
  get student_layer_name(): string | null {
    return null;
  }

  /** The loss, a scalar, of what the two gave for a batch. */
  abstract compute_loss(teacher_outputs: unknown, student_outputs: unknown): Tensor;

  /** @throws StructureError unless the outputs are nested in the same way */
  validate_outputs(teacher_outputs: unknown, student_outputs: unknown): void {
    tree.assert_same_structure(teacher_outputs, student_outputs);
  }

  /** Throws when the two models cannot be compared in this way. By default all can. */
  validate_model_compatibility(_teacher: Model, _student: Model): void {}
}
declareAbstract(DistillationLoss, 'compute_loss');
kerasExport(DistillationLoss, 'keras.distillation.DistillationLoss');

/** Losses of names and configs. */
export function resolveLosses(owner: string, loss: LossStructure): unknown {
  const isConfig = (value: unknown): boolean => typeof value === 'object' && value !== null && 'class_name' in value;
  const resolve = (value: unknown): unknown =>
    (value === null || value === undefined ? null : isConfig(value) || !tree.is_nested(value) ? losses.get(value)
      : tree.is_nested(value) && Array.isArray(value) ? value.map(resolve)
        : Object.fromEntries(Object.entries(value as object).map(([name, item]) => [name, resolve(item)])));
  const resolved = resolve(loss);
  if (tree.flatten(resolved).every((item) => item === null)) {
    throw new ArgumentError(`${owner}: the argument 'loss' must hold a loss for one output at least, received ${JSON.stringify(loss)}.`);
  }
  return resolved;
}

/** The sum of what `compare` gives for each output that has a loss. */
export function addUp(
  loss: unknown, teacher_outputs: unknown, student_outputs: unknown,
  compare: (loss: LossCall, teacher: Tensor, student: Tensor) => Tensor,
): Tensor {
  const values = tree.map_structure((one: unknown, teacher: unknown, student: unknown) =>
    (one === null ? null : compare(one as LossCall, teacher as Tensor, student as Tensor)), loss, teacher_outputs, student_outputs);
  const parts = tree.flatten(values).filter((value) => value !== null) as Tensor[];
  return parts.reduce((a, b) => ops.add(a, b));
}
