/** keras.mixed_precision: names of older versions for dtype policies and loss scaling. */
export {
  DTypePolicy, dtype_policy, dtype_policy as global_policy, Policy, set_dtype_policy, set_dtype_policy as set_global_policy,
} from './dtype-policies/dtype-policy.js';
export { LossScaleOptimizer } from './optimizers/loss-scale-optimizer.js';
