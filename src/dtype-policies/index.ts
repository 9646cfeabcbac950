/** keras.dtype_policies. */
export { DTypePolicy, dtype_policy, set_dtype_policy, getPolicy as get, serializePolicy as serialize,
  type DTypePolicySpec } from './dtype-policy.js';
