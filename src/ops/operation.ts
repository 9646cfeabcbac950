/** The base of layers and symbolic ops: something that can be called on KerasTensors and remembers its calls. */
import { kerasExport } from '../saving/registration.js';
import { declareAbstract } from '../utils/abstract.js';
import { Callable } from '../utils/callable.js';
import { auto_name } from '../utils/naming.js';
import { hasKerasTensor } from './keras-tensor.js';
import { computeOutputSpec } from './symbolic.js';
import { Node } from './node.js';
import { currentRematScope, rematerialized } from './remat-scope.js';

/**
 * A computation with a name that can be a part of a functional model: define `call`, which takes tensors and gives
 * tensors. A call with KerasTensors becomes a part of their graph. Layers are operations with weights.
 * Source: keras.Operation.
 *
 * @example
 * class Twice extends keras.Operation {
 *   call(x) { return keras.ops.multiply(x, 2); }
 * }
 * new Twice('twice')(keras.ops.array([1, 2])); // [2, 4]
 * new Twice()(keras.Input({ shape: [3] })).shape; // [null, 3]
 */
export abstract class Operation extends Callable {
  name: string;
  /** Calls of this operation on symbolic tensors. */
  declare readonly _inbound_nodes: Node[];
  /** Calls that use its results. */
  declare readonly _outbound_nodes: Node[];

  readonly #remat = currentRematScope();

  constructor(name?: string | null) {
    super();
    // Not enumerable: a walk over an operation's attributes must not run into its graph.
    Object.defineProperty(this, '_inbound_nodes', { value: [] });
    Object.defineProperty(this, '_outbound_nodes', { value: [] });
    if (name !== undefined && name !== null && typeof name !== 'string') {
      throw new TypeError(`The name of ${this.constructor.name} must be a string, received ${String(name)}.`);
    }
    if (name?.includes('/')) {
      throw new Error(`The name of ${this.constructor.name} must not contain '/', received '${name}'.`);
    }
    this.name = name ?? auto_name(this.constructor.name);
  }

  abstract call(...args: unknown[]): unknown;

  override __call__(...args: unknown[]): unknown {
    return hasKerasTensor(args) ? this.symbolic_call(args)
      : this.rematerialized_call((...values) => this.call(...values), ...args)(...args);
  }

  /**
   * A function that gives what `fn` gives. Where a RematScope was open when the operation was made, it may compute again
   * in the backward pass what it would otherwise keep.
   *
   * @param fn what the operation computes
   * @param args with what it will be called
   */
  rematerialized_call(fn: (...args: unknown[]) => unknown, ...args: unknown[]): (...args: unknown[]) => unknown {
    return rematerialized(this.#remat, this, fn, args);
  }

  /** Shapes and dtypes of the results, as KerasTensors, from those of the arguments. */
  compute_output_spec(...args: unknown[]): unknown {
    return computeOutputSpec((...values) => this.call(...values), args);
  }

  /** Adds a call to the functional graph. */
  symbolic_call(args: readonly unknown[], kwargs: Record<string, unknown> = {}): unknown {
    const outputs = this.compute_output_spec(...args);
    Node.record(this, args, kwargs, outputs);
    return outputs;
  }

  /** The constructor's options. */
  get_config(): Record<string, unknown> {
    return { name: this.name };
  }

  /** An operation with the options that `get_config` gave. */
  static from_config(config: Record<string, unknown>): Operation {
    return new (this as unknown as new (name: unknown) => Operation)(config.name);
  }

  protected override inspectFields(): Record<string, unknown> {
    return { name: this.name };
  }

  #single(what: 'input' | 'output'): unknown {
    if (this._inbound_nodes.length !== 1) {
      throw new Error(`${this.constructor.name} '${this.name}' has been called on symbolic tensors ` +
        `${this._inbound_nodes.length} times, so it has no single ${what}. Use the tensors of the call you mean.`);
    }
    const [node] = this._inbound_nodes;
    if (what === 'output') return node.outputs;
    return node.input_tensors.length === 1 ? node.input_tensors[0] : [...node.input_tensors];
  }

  /** The symbolic argument of the only call. */
  get input(): unknown {
    return this.#single('input');
  }

  /** The symbolic result of the only call. */
  get output(): unknown {
    return this.#single('output');
  }
}
declareAbstract(Operation, 'call');
kerasExport(Operation, 'keras.Operation');
