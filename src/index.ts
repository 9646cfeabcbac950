/** keras-node: Keras 3 for Node.js. The names are Keras's: https://keras.io/api */
import './backend/config.js';

export * as activations from './activations/index.js';
export * as applications from './applications/index.js';
export * as backend from './backend/public.js';
export * as callbacks from './callbacks/index.js';
export * as config from './config.js';
export * as constraints from './constraints/index.js';
export * as datasets from './datasets/index.js';
export * as distillation from './distillation/index.js';
export * as distribution from './distribution/index.js';
export * as dtype_policies from './dtype-policies/index.js';
export * as export from './export/index.js';
export * as initializers from './initializers/index.js';
export * as layers from './layers/index.js';
export * as losses from './losses/index.js';
export * as metrics from './metrics/index.js';
export * as mixed_precision from './mixed-precision.js';
export * as models from './models/index.js';
export * as ops from './ops/index.js';
export * as optimizers from './optimizers/index.js';
export * as preprocessing from './preprocessing/index.js';
export * as random from './random/index.js';
export * as regularizers from './regularizers/index.js';
export * as saving from './saving/index.js';
export * as tree from './tree/index.js';
export * as utils from './utils/index.js';

export { DTypePolicy, FloatDTypePolicy } from './dtype-policies/dtype-policy.js';
export { Initializer } from './initializers/index.js';
export { Input } from './layers/core/input.js';
export { InputSpec } from './layers/input-spec.js';
export { Layer } from './layers/layer.js';
export { Loss } from './losses/index.js';
export { Metric } from './metrics/index.js';
export { Function } from './models/function.js';
export { Functional, Model, Sequential } from './models/index.js';
export { jvp } from './ops/core/gradients.js';
export { KerasTensor } from './ops/keras-tensor.js';
export { Operation } from './ops/operation.js';
export { Optimizer } from './optimizers/index.js';
export { Regularizer } from './regularizers/index.js';
export { SeedGenerator } from './random/seed-generator.js';
export { RematScope } from './ops/remat-scope.js';
export { StatelessScope } from './engine/stateless-scope.js';
export { SymbolicScope } from './ops/symbolic-scope.js';
export { device, name_scope } from './utils/scopes.js';

export { NDArray, type TensorLike } from './engine/convert.js';
export { custom_gradient } from './engine/custom-gradient.js';
export { remat } from './engine/remat.js';
export { grad, value_and_grad, variable_gradients, vjp } from './engine/gradients.js';
export { jit, type Compiled, type JitOptions } from './engine/jit.js';
export { keep, tidy } from './engine/scope.js';
export { DisposedTensorError, Tensor, TracedValueError } from './engine/tensor.js';
export { Variable } from './engine/variable.js';
export { type DType } from './engine/dtype.js';
export { ShapeError, type Shape, type SymbolicShape } from './engine/shape.js';
export { ellipsis, slice } from './utils/slice.js';

/** The version of Keras whose API, numbers and file formats this package follows. */
export const keras_version = '3.15.1';
export { version } from './version.js';
