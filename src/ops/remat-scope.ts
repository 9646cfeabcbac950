/** Which layers compute their activations again in the backward pass. */
import { flatten, mapStructure } from '../engine/structure.js';
import { remat } from '../engine/remat.js';
import { sizeOf } from '../engine/shape.js';
import { Tensor } from '../engine/tensor.js';
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { KerasTensor } from './keras-tensor.js';

const MODES = ['full', 'activations', 'larger_than', 'list_of_layers', null] as const;

export interface RematScopeOptions {
  /**
   * `full` (default): every layer; `activations`: the activation functions of layers; `larger_than`: layers whose output
   * has more elements than the threshold; `list_of_layers`: those named; null: none.
   */
  mode?: (typeof MODES)[number];
  /** Number of elements of an output, for `larger_than`. Default 1024. */
  output_size_threshold?: number;
  /** Names of layers, for `list_of_layers`. */
  layer_names?: readonly string[] | null;
}

const NAMES = ['mode', 'output_size_threshold', 'layer_names'] as const;

let current: RematScope | undefined;

/**
 * Layers that are made while `run` executes a function keep none of their activations for the gradient: these are
 * computed again in the backward pass, which takes less memory and more time. Source: keras.RematScope.
 *
 * @throws TypeError for an unknown mode
 * @example
 * const scope = new keras.RematScope({ mode: 'list_of_layers', layer_names: ['wide'] });
 * const wide = scope.run(() => new keras.layers.Dense(512, { activation: 'relu', name: 'wide' }));
 */
export class RematScope {
  readonly mode: (typeof MODES)[number];
  readonly output_size_threshold: number;
  readonly layer_names: readonly string[];

  constructor(...args: ConstructorArgs<RematScopeOptions, typeof NAMES>) {
    const options = namedArguments<RematScopeOptions>('keras.RematScope', NAMES, args, []);
    const { mode = args[0] === null ? null : 'full', output_size_threshold = 1024, layer_names } = options;
    if (!MODES.includes(mode)) {
      throw new TypeError(`The mode of RematScope is one of ${MODES.map(String).join(', ')}, received '${String(mode)}'.`);
    }
    this.mode = mode;
    this.output_size_threshold = output_size_threshold;
    this.layer_names = layer_names ?? [];
  }

  /** Runs `fn` in this scope and returns what it returns. */
  run<T>(fn: () => T): T {
    const before = open(this);
    try {
      return fn();
    } finally {
      open(before);
    }
  }
}
kerasExport(RematScope, 'keras.RematScope');
kerasExport(remat, 'keras.remat');

/** Makes a scope the open one; gives the one before. */
function open(scope: RematScope | undefined): RematScope | undefined {
  const before = current;
  current = scope;
  return before;
}

/** The scope that is open, for an operation that is being made. */
export const currentRematScope = (): RematScope | undefined => current;

/** What of an operation rematerialization has to know. */
interface Rematerialized {
  readonly name: string;
  compute_output_spec(...args: unknown[]): unknown;
  activation?: unknown;
}

type Call = (...args: unknown[]) => unknown;

/** An operation's call as the scope it was made in wants it, for a call with these arguments. */
export function rematerialized(scope: RematScope | undefined, operation: Rematerialized, call: Call, args: readonly unknown[]): Call {
  switch (scope?.mode) {
    case 'full': return remat(call);
    case 'list_of_layers': return scope.layer_names.includes(operation.name) ? remat(call) : call;
    case 'larger_than': return outputSize(operation, args) > scope.output_size_threshold ? remat(call) : call;
    case 'activations': return typeof operation.activation === 'function' ? withRematActivation(operation, call) : call;
    default: return call;
  }
}

function withRematActivation(operation: Rematerialized, call: Call): Call {
  return (...args) => {
    const { activation } = operation;
    operation.activation = remat(activation as Call);
    try {
      return call(...args);
    } finally {
      operation.activation = activation;
    }
  };
}

function outputSize(operation: Rematerialized, args: readonly unknown[]): number {
  const specs = mapStructure((leaf) => (leaf instanceof Tensor ? new KerasTensor(leaf.shape, leaf.dtype) : leaf), args);
  const outputs = flatten(operation.compute_output_spec(...specs as unknown[]));
  return outputs.reduce<number>((sum, y) =>
    sum + (y instanceof KerasTensor ? sizeOf(y.shape.map((d) => d ?? 1)) : 0), 0);
}
