/** keras.backend: whether the model is training or being used, as Keras 1 says it. */
import { toTensor, type TensorLike } from '../engine/convert.js';
import type { Tensor } from '../engine/tensor.js';
import { currentCall } from '../layers/call-context.js';
import { Input } from '../layers/core/input.js';
import { defineOp } from '../ops/define.js';
import { KerasTensor } from '../ops/keras-tensor.js';
import { byPosition } from './named.js';

let fixed: 0 | 1 | undefined;
let placeholder_: KerasTensor | undefined;

/** The placeholder that stands for the phase among the inputs of `K.function`. */
export const phasePlaceholder = (): KerasTensor =>
  (placeholder_ ??= Input({ batch_shape: [], dtype: 'bool', name: 'keras_learning_phase' }));

/** The phase that was set, if any. */
export const fixedPhase = (): boolean | undefined => (fixed === undefined ? undefined : fixed === 1);

/**
 * The learning phase: 0 (test) or 1 (training) where it has been set, else a placeholder to be given a value by
 * `K.function`. Source: keras.backend.learning_phase.
 * @example
 * const K = keras.backend;
 * const x = K.placeholder([null, 4]);
 * const f = K.function([x, K.learning_phase()], [new keras.layers.Dropout(1)(x)]);
 * f([[[1, 2, 3, 4]], 0])[0].tolist(); // [[1, 2, 3, 4]]
 * f([[[1, 2, 3, 4]], 1])[0].tolist(); // [[0, 0, 0, 0]]
 */
export const learning_phase = (): 0 | 1 | KerasTensor => fixed ?? phasePlaceholder();

/**
 * Sets the learning phase for functions of `K.function` and for `K.in_train_phase`. Layers called directly go by their
 * `training` argument, as in Keras 3. Source: keras.backend.set_learning_phase.
 *
 * @param value 0 (test) or 1 (training)
 * @example
 * keras.backend.set_learning_phase(1);
 * keras.backend.in_train_phase([1], [2]); // [1]
 * keras.backend.clear_learning_phase();
 */
export function set_learning_phase(value: 0 | 1): void {
  if (value !== 0 && value !== 1) {
    throw new TypeError(`The learning phase is 0 (test) or 1 (training), received ${String(value)}.`);
  }
  fixed = value;
}

/**
 * Takes back what `set_learning_phase` set.
 * @example
 * keras.backend.set_learning_phase(1);
 * keras.backend.clear_learning_phase();
 */
export function clear_learning_phase(): void {
  fixed = undefined;
}

const PHASE_ARGUMENTS = ['x', 'alt', 'training'] as const;
type Phase = boolean | 0 | 1 | null;
type Value = TensorLike | KerasTensor;
/** A value, or a function that computes it when it is needed. */
export type Branch<V extends Value = Value> = V | (() => V);

export const branchValue = <V extends Value>(branch: Branch<V>): V => (typeof branch === 'function' ? branch() : branch);

/** The phase that holds now: of the layer or function being run, or else the one that was set. */
const isTraining = (): boolean => currentCall()?.training ?? fixedPhase() ?? false;

/** Both values are there; which one is taken is decided when the graph runs. */
const byPhase = defineOp('keras.backend.in_train_phase', ['x', 'alt'], (x: TensorLike, alt: TensorLike): Tensor =>
  toTensor(isTraining() ? x : alt));

function choose(x: Branch, alt: Branch, training: Phase): Tensor | KerasTensor {
  const phase = training === null ? isTraining() : Boolean(training);
  const chosen = branchValue(phase ? x : alt);
  const isSymbolic = [chosen, x, alt].some((value) => value instanceof KerasTensor);
  if (training === null && isSymbolic) {
    const other = branchValue(phase ? alt : x);
    return phase ? byPhase(chosen, other) : byPhase(other, chosen);
  }
  return chosen instanceof KerasTensor ? chosen : toTensor(chosen);
}

/**
 * `x` while training, else `alt`. Source: keras.backend.in_train_phase.
 *
 * @param x, alt tensors, or functions that give them, of which only the one needed is called where nothing is symbolic
 * @param training says which; default null: the learning phase, which is that of the layer or function being run
 * @example
 * keras.backend.in_train_phase([1], () => [2]); // [2]
 */
export function in_train_phase(
  x: Branch<TensorLike>, alt: Branch<TensorLike>, training?: Phase | { training?: Phase }): Tensor;
export function in_train_phase(x: Branch, alt: Branch, training?: Phase | { training?: Phase }): Tensor | KerasTensor;
export function in_train_phase(args: { x: Branch; alt: Branch; training?: Phase }): Tensor | KerasTensor;
export function in_train_phase(...args: unknown[]): Tensor | KerasTensor {
  const [x, alt, training = null] = byPosition('in_train_phase', PHASE_ARGUMENTS, args) as [Branch, Branch, Phase?];
  return choose(x, alt, training);
}

/**
 * `x` while testing, else `alt`; arguments as for `in_train_phase`. Source: keras.backend.in_test_phase.
 * @example
 * keras.backend.in_test_phase([1], [2]); // [1]
 */
export function in_test_phase(
  x: Branch<TensorLike>, alt: Branch<TensorLike>, training?: Phase | { training?: Phase }): Tensor;
export function in_test_phase(x: Branch, alt: Branch, training?: Phase | { training?: Phase }): Tensor | KerasTensor;
export function in_test_phase(args: { x: Branch; alt: Branch; training?: Phase }): Tensor | KerasTensor;
export function in_test_phase(...args: unknown[]): Tensor | KerasTensor {
  const [x, alt, training = null] = byPosition('in_test_phase', PHASE_ARGUMENTS, args) as [Branch, Branch, Phase?];
  return choose(alt, x, training);
}
