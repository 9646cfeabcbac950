/** Dtype policies: in which dtype a layer keeps its variables, and in which it computes. */
import { getDefaultFloat, isFloat, standardizeDType, type DType } from '../engine/dtype.js';
import { kerasExport } from '../saving/registration.js';
import { isPlainObject } from '../engine/structure.js';

/** How a policy is written in a config: its name, or the serialized object. */
export type DTypePolicySpec = string | DTypePolicy | Record<string, unknown> | null;

/**
 * A dtype policy by name: a dtype (`float32`: variables and computation in it), `mixed_float16` or `mixed_bfloat16`
 * (float32 variables, computation in half precision). Source: keras.DTypePolicy.
 *
 * @example
 * const policy = new keras.DTypePolicy('mixed_bfloat16');
 * [policy.variable_dtype, policy.compute_dtype]; // ['float32', 'bfloat16']
 */
export class DTypePolicy {
  readonly name: string;
  readonly compute_dtype: DType;
  readonly variable_dtype: DType;
  /** Layers are not quantized by this version. */
  readonly quantization_mode = null;

  constructor(name: string | { name: string }) {
    const text = typeof name === 'string' ? name : name.name;
    if (text === 'mixed_float16' || text === 'mixed_bfloat16') {
      this.compute_dtype = text.slice('mixed_'.length) as DType;
      this.variable_dtype = 'float32';
    } else {
      try {
        this.compute_dtype = this.variable_dtype = standardizeDType(text);
      } catch (cause) {
        throw new TypeError(`Cannot make a dtype policy from the name ${JSON.stringify(text)}. ` +
          "Expected a dtype such as 'float32', or 'mixed_float16' or 'mixed_bfloat16'.", { cause });
      }
    }
    this.name = text;
  }

  /** Whether a tensor of this dtype is converted when it enters a layer under the policy. */
  convertsInput(dtype: DType, autocast: boolean): boolean {
    return autocast && isFloat(dtype) && isFloat(this.compute_dtype) && dtype !== this.compute_dtype;
  }

  get_config(): { name: string } {
    return { name: this.name };
  }

  static from_config(config: { name: string }): DTypePolicy {
    return new DTypePolicy(config);
  }
}
kerasExport(DTypePolicy, 'keras.DTypePolicy', 'keras.dtype_policies.DTypePolicy', 'keras.FloatDTypePolicy',
  'keras.dtype_policies.FloatDTypePolicy', 'keras.mixed_precision.DTypePolicy', 'keras.mixed_precision.Policy');

let current: DTypePolicy | undefined;

/** The policy of layers that are given none: floatx, until another one is set. */
export const dtype_policy = (): DTypePolicy =>
  current ?? new DTypePolicy(getDefaultFloat());

/** Sets the policy of all layers made from now on. */
export function set_dtype_policy(policy: DTypePolicySpec): void {
  current = getPolicy(policy);
}

/** A policy from its name, its serialized form or itself; null gives the global one. */
export function getPolicy(spec: DTypePolicySpec | undefined): DTypePolicy {
  if (spec === null || spec === undefined) return dtype_policy();
  if (spec instanceof DTypePolicy) return spec;
  if (typeof spec === 'string') return new DTypePolicy(spec);
  const name = isPlainObject(spec.config) ? spec.config.name : undefined;
  if (typeof name !== 'string' || (spec.class_name !== 'DTypePolicy' && spec.class_name !== 'FloatDTypePolicy')) {
    throw new TypeError(`Cannot read a dtype policy from ${JSON.stringify(spec)}. ` +
      'Policies that quantize, and maps of policies, are not supported by this version.');
  }
  return new DTypePolicy(name);
}

/** A policy as it stands in a config. */
export const serializePolicy = (policy: DTypePolicy): Record<string, unknown> => ({
  module: 'keras', class_name: 'DTypePolicy', config: policy.get_config(), registered_name: null,
});
