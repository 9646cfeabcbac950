/**
 * The Keras 1 backend API: `import { backend as K } from 'keras-node'`. Functions take tensors with values, and
 * placeholders, of which `K.function` computes. What is the same in keras.ops is that.
 *
 * @example
 * const K = keras.backend;
 * K.placeholder({ shape: [2, 4, 5] }).shape; // [2, 4, 5]
 * K.placeholder({ shape: [null, 4, 5] }).shape; // [null, 4, 5]
 * K.placeholder({ ndim: 3 }).shape; // [null, null, null]
 *
 * K.variable({ value: keras.random.uniform([3, 4, 5]) }).shape; // [3, 4, 5]
 * K.zeros({ shape: [3, 4, 5] }).shape; // [3, 4, 5]
 * K.ones({ shape: [3, 4, 5] }).shape; // [3, 4, 5]
 *
 * const [b, c, d] = [[1, 2], [3, 4], [-5, -6]].map((row) => K.variable([row]));
 * ops.add(b, ops.multiply(c, K.abs(d))); // [[16, 26]]
 * K.dot(b, K.transpose(c)); // [[11]]
 * K.sum(ops.ones([2, 3, 4]), { axis: 2 }); // [[4, 4, 4], [4, 4, 4]]
 * K.softmax(b); // [[0.26894, 0.73106]]
 * K.concatenate([b, c], { axis: -1 }); // [[1, 2, 3, 4]]
 */
export * from './activations.js';
export * from './control.js';
export * from './convolution.js';
export * from './creation.js';
export * from './ctc.js';
export * from './function.js';
export * from './gradients.js';
export * from './images.js';
export {
  clear_learning_phase, in_test_phase, in_train_phase, learning_phase, set_learning_phase,
} from './learning-phase.js';
export * from './loops.js';
export * from './losses.js';
export * from './placeholder.js';
export * from './products.js';
export * from './random.js';
export { rnn, type RnnOptions, type RnnResult, type StepFunction } from './rnn.js';
export { cast_to_floatx, image_dim_ordering, set_image_dim_ordering, type DimOrdering } from './settings.js';
export * from './shapes.js';
export * from './statistics.js';
export * from './variables.js';
export {
  abs, all, any, cast, cos, dtype, equal, exp, greater, greater_equal, less, less_equal, log, max, maximum, min, minimum,
  ndim, not_equal, ones_like, power as pow, prod, round, shape, sigmoid, sign, sin, softplus, softsign, square, stack, sum,
  tanh, transpose, zeros_like,
} from '../ops/index.js';
