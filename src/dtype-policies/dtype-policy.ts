/** Dtype policies: in which dtype a layer keeps its variables, and in which it computes. */
import { getDefaultFloat, isFloat, standardizeDType, type DType } from '../engine/dtype.js';
import { apply } from '../engine/apply.js';
import { toTensor, type TensorLike } from '../engine/convert.js';
import type { Tensor } from '../engine/tensor.js';
import {
  get_registered_name, get_registered_object, getExportedObject, getExportedPath, kerasExport,
} from '../saving/registration.js';
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

  /** @param name default: that of the global policy */
  constructor(name: string | null | { name?: string | null } = null) {
    const text = (isPlainObject(name) ? name.name : name) ?? dtype_policy().name;
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

  /** A floating-point tensor in `dtype` where `autocast` says so; other tensors, and other dtypes, as they are. */
  convert_input(x: TensorLike, autocast: boolean, dtype: string): Tensor {
    const tensor = toTensor(x);
    const wanted = standardizeDType(dtype);
    return autocast && isFloat(tensor.dtype) && tensor.dtype !== wanted ? apply('cast', [tensor], { dtype: wanted }) : tensor;
  }

  get_config(): Record<string, unknown> {
    return { name: this.name };
  }

  static from_config(config: Record<string, unknown>): DTypePolicy {
    return new this(config as { name: string });
  }

  toString(): string {
    return `<DTypePolicy "${this.name}">`;
  }
}
kerasExport(DTypePolicy, 'keras.DTypePolicy', 'keras.dtype_policies.DTypePolicy', 'keras.FloatDTypePolicy',
  'keras.dtype_policies.FloatDTypePolicy', 'keras.mixed_precision.DTypePolicy', 'keras.mixed_precision.Policy');
export { DTypePolicy as FloatDTypePolicy, DTypePolicy as Policy };

let current: DTypePolicy | undefined;

/**
 * The policy of layers that are given none: floatx, until another one is set.
 * @example
 * keras.config.dtype_policy().compute_dtype; // 'float32'
 */
export const dtype_policy = (): DTypePolicy =>
  current ?? new DTypePolicy(getDefaultFloat());

/**
 * Sets the policy of all layers made from now on. Source: keras.config.set_dtype_policy.
 * @param policy a policy, its name or its config; null: floatx
 * @example
 * keras.config.set_dtype_policy('mixed_bfloat16');
 * new keras.layers.Dense(1).compute_dtype; // 'bfloat16'
 * keras.config.set_dtype_policy(null);
 */
export function set_dtype_policy(policy: DTypePolicySpec): void {
  current = policy === null ? undefined : getPolicy(policy);
}

/** Names of policies that quantize, such as `int8_from_float32` and `int4/32_from_mixed_bfloat16`. */
const QUANTIZED = /^(int8|int4|float8|gptq|awq)(\/|_from_)/;

const noQuantization = (what: string): TypeError =>
  new TypeError(`The dtype policy ${what} quantizes, which this version does not do. Expected a dtype such as 'float32', ` +
    "'mixed_float16', 'mixed_bfloat16', or a DTypePolicyMap.");

/** A policy from its name, its serialized form or itself; null gives the global one. */
export function getPolicy(spec: DTypePolicySpec | undefined): DTypePolicy {
  if (spec === null || spec === undefined) return dtype_policy();
  if (spec instanceof DTypePolicy) return spec;
  if (typeof spec === 'string') {
    if (QUANTIZED.test(spec)) throw noQuantization(`'${spec}'`);
    return new DTypePolicy(spec);
  }
  const { class_name, config, registered_name } = spec;
  if (/Quantized|Int4|GPTQ|AWQ/.test(String(class_name))) throw noQuantization(String(class_name));
  const cls = (getExportedObject(`keras.dtype_policies.${String(class_name)}`) ??
    get_registered_object(String(registered_name ?? class_name))) as typeof DTypePolicy | null;
  const isPolicy = cls === DTypePolicy || cls?.prototype instanceof DTypePolicy;
  if (!isPolicy || !isPlainObject(config)) {
    throw new TypeError(`Cannot read a dtype policy from ${JSON.stringify(spec)}. Expected the config of a DTypePolicy or a ` +
      'DTypePolicyMap.');
  }
  return cls!.from_config(config);
}

/** A policy as it stands in a config. */
export const serializePolicy = (policy: DTypePolicy): Record<string, unknown> => {
  const cls = policy.constructor;
  const path = getExportedPath(cls);
  const config = policy.get_config();
  if (path === undefined) return { module: null, class_name: cls.name, config, registered_name: get_registered_name(cls) };
  const dot = path.lastIndexOf('.');
  return { module: path.slice(0, dot), class_name: path.slice(dot + 1), config, registered_name: null };
};
