/** keras.dtype_policies: in which dtypes layers keep their variables and compute. */
import { deserialize_keras_object } from '../saving/serialization.js';
import { kerasExport, type CustomObjects } from '../saving/registration.js';
import { DTypePolicy, getPolicy, serializePolicy, type DTypePolicySpec } from './dtype-policy.js';

export { DTypePolicy, FloatDTypePolicy, type DTypePolicySpec } from './dtype-policy.js';
export { DTypePolicyMap, type DTypePolicyMapOptions } from './dtype-policy-map.js';

/**
 * The policy that a name, a config or a policy means; null for the global one. Source: keras.dtype_policies.get.
 * @throws TypeError for names that are none of a dtype or a mixed policy
 * @example
 * keras.dtype_policies.get('mixed_float16').compute_dtype; // 'float16'
 */
export function get(identifier: DTypePolicySpec | undefined): DTypePolicy {
  return getPolicy(identifier);
}
kerasExport(get, 'keras.dtype_policies.get');

/**
 * The config of a policy. Source: keras.dtype_policies.serialize.
 * @example
 * keras.dtype_policies.serialize(new keras.DTypePolicy('float32')).class_name; // 'DTypePolicy'
 */
export function serialize(dtype_policy: DTypePolicy): Record<string, unknown> {
  return serializePolicy(dtype_policy);
}
kerasExport(serialize, 'keras.dtype_policies.serialize');

/**
 * The policy of a config. Source: keras.dtype_policies.deserialize.
 * @param custom_objects classes of yours by name
 * @throws TypeError when the config is of something else
 * @example
 * keras.dtype_policies.deserialize({ class_name: 'DTypePolicy', config: { name: 'float16' } }).name; // 'float16'
 */
export function deserialize(config: Record<string, unknown>, custom_objects: CustomObjects | null = null): DTypePolicy {
  if (!custom_objects) return getPolicy(config);
  const policy = deserialize_keras_object(config, { custom_objects });
  return policy instanceof DTypePolicy ? policy : getPolicy(config);
}
kerasExport(deserialize, 'keras.dtype_policies.deserialize');
