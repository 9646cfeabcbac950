/** DTypePolicyMap: other dtype policies for some of the layers inside a layer. */
import { isPlainObject } from '../engine/structure.js';
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { DTypePolicy, getPolicy, serializePolicy, type DTypePolicySpec } from './dtype-policy.js';

export interface DTypePolicyMapOptions {
  /** The policy of layers that no entry is for. Default null: the global policy. */
  default_policy?: DTypePolicySpec;
  /** Policies by path of layer, or by a pattern for whole paths. */
  policy_map?: Readonly<Record<string, DTypePolicySpec>> | null;
}

const ARGUMENTS = ['default_policy', 'policy_map'] as const;

/**
 * Dtype policies by the paths of layers (`layer.path`, such as `encoder/dense`): given as `dtype` to a layer with layers
 * inside. A key is a path, or a regular expression that matches the whole path: `encoder` is for that layer alone,
 * `encoder/.*` for all inside it. Source: keras.dtype_policies.DTypePolicyMap.
 *
 * @throws TypeError when the default is a map itself
 * @example
 * const policies = new keras.dtype_policies.DTypePolicyMap('float32');
 * policies.set('encoder/.*', 'mixed_bfloat16');
 * [policies.get('encoder/dense').name, policies.get('decoder').name]; // ['mixed_bfloat16', 'float32']
 */
export class DTypePolicyMap extends DTypePolicy implements Iterable<[string, DTypePolicy]> {
  readonly default_policy: DTypePolicy;
  /** Whether the default was given, rather than taken from the global policy. */
  readonly #isGiven: boolean;
  readonly #policies = new Map<string, DTypePolicy>();

  constructor(...args: ConstructorArgs<DTypePolicyMapOptions, typeof ARGUMENTS>) {
    const options = isSpec(args[0]) ? { default_policy: args[0], ...args[1] as DTypePolicyMapOptions | undefined }
      : namedArguments<DTypePolicyMapOptions>('DTypePolicyMap', ARGUMENTS, args, [], ['policy_map']);
    const default_policy = getPolicy(options.default_policy);
    if (default_policy instanceof DTypePolicyMap) {
      throw new TypeError('The default_policy of a DTypePolicyMap must be a single policy, received another DTypePolicyMap.');
    }
    super(default_policy.name);
    Object.defineProperty(this, 'name', { value: `map_${default_policy.name}`, enumerable: true });
    this.default_policy = default_policy;
    this.#isGiven = (options.default_policy ?? null) !== null;
    for (const [path, policy] of Object.entries(options.policy_map ?? {})) this.set(path, policy);
  }

  /** Number of entries. */
  get size(): number {
    return this.#policies.size;
  }

  /**
   * The policy for a path: of the entry that is the path, else of the pattern that matches it, else the default.
   * @throws RangeError when several patterns match
   */
  get(path: string): DTypePolicy {
    const exact = this.#policies.get(path);
    if (exact) return exact;
    const matching = [...this.#policies.keys()].filter((pattern) => new RegExp(`^(?:${pattern})$`).test(path));
    if (matching.length > 1) {
      throw new RangeError(`The path '${path}' matches several keys of the DTypePolicyMap: ${matching.join(', ')}. ` +
        'At most one may match.');
    }
    return matching.length === 1 ? this.#policies.get(matching[0])! : this.default_policy;
  }

  /** Adds an entry. @throws RangeError when there is one of this key */
  set(path: string, policy: DTypePolicySpec): this {
    if (this.#policies.has(path)) {
      throw new RangeError(`The DTypePolicyMap has an entry '${path}' already (${this.#policies.get(path)!.name}): delete it first.`);
    }
    this.#policies.set(path, getPolicy(policy));
    return this;
  }

  /** Whether there is an entry of this very key. */
  has(path: string): boolean {
    return this.#policies.has(path);
  }

  /** Removes an entry; says whether there was one. */
  delete(path: string): boolean {
    return this.#policies.delete(path);
  }

  [Symbol.iterator](): IterableIterator<[string, DTypePolicy]> {
    return this.#policies.entries();
  }

  override get_config(): Record<string, unknown> {
    return {
      default_policy: this.#isGiven ? serializePolicy(this.default_policy) : null,
      policy_map: Object.fromEntries([...this.#policies].map(([path, policy]) => [path, serializePolicy(policy)])),
    };
  }

  static override from_config(config: Record<string, unknown>): DTypePolicyMap {
    const { default_policy, policy_map } = config as DTypePolicyMapOptions;
    const map = new DTypePolicyMap({ default_policy: getPolicyOrNull(default_policy) });
    for (const [path, policy] of Object.entries(policy_map ?? {})) map.set(path, policy);
    return map;
  }

  override toString(): string {
    const entries = [...this.#policies].map(([path, { name }]) => `${path}=${name}`);
    return `<DTypePolicyMap ${[`default_policy=${this.default_policy.name}`, ...entries].join(', ')}>`;
  }
}
kerasExport(DTypePolicyMap, 'keras.dtype_policies.DTypePolicyMap');

/** A config of a policy is a plain object, as options are: it is told by its class name. */
const isSpec = (value: unknown): value is Record<string, unknown> => isPlainObject(value) && 'class_name' in value;

const getPolicyOrNull = (spec: DTypePolicySpec | undefined): DTypePolicy | null =>
  (spec === null || spec === undefined ? null : getPolicy(spec));
