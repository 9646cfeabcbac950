/** The base of layers and symbolic ops: something that can be called on KerasTensors and remembers its calls. */
import { Callable } from '../utils/callable.js';
import { auto_name } from '../utils/naming.js';
import { hasKerasTensor } from './keras-tensor.js';
import { computeOutputSpec } from './symbolic.js';
import { Node } from './node.js';

export abstract class Operation extends Callable {
  name: string;
  /** Calls of this operation on symbolic tensors. */
  declare readonly _inbound_nodes: Node[];
  /** Calls that use its results. */
  declare readonly _outbound_nodes: Node[];

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
    return hasKerasTensor(args) ? this.symbolic_call(args) : this.call(...args);
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
