/** The state of a model as nested objects, by the paths of its variables. */
import { NDArray, toTensor, type TensorLike } from '../engine/convert.js';
import { tidy } from '../engine/scope.js';
import { isPlainObject } from '../engine/structure.js';
import { Tensor } from '../engine/tensor.js';
import type { Variable } from '../engine/variable.js';
import { ArgumentError } from '../utils/checks.js';

/** Values of variables under the parts of their paths. */
export interface StateBranch {
  [name: string]: StateBranch | TensorLike;
}

/** What `get_state_tree` gives and `set_state_tree` takes; parts may be left out there. */
export interface StateTree {
  trainable_variables?: StateBranch;
  non_trainable_variables?: StateBranch;
  optimizer_variables?: StateBranch;
  metrics_variables?: StateBranch;
}

export type StateFormat = 'backend_tensor' | 'numpy_array';

/** The values of variables, nested by the parts of their paths. */
export function branchOf(variables: readonly Variable[], format: StateFormat): StateBranch {
  const root: StateBranch = {};
  const taken = new Set<string>();
  for (const variable of variables) {
    const { path } = variable;
    if (taken.has(path)) {
      throw new ArgumentError(`get_state_tree: two variables have the path '${path}'. Give layers, and other objects with state, ` +
        'names of their own.');
    }
    taken.add(path);
    const parts = path.split('/');
    const last = parts.pop()!;
    const place = parts.reduce<StateBranch>((branch, part) => (branch[part] ??= {}) as StateBranch, root);
    place[last] = format === 'backend_tensor' ? variable.value : hostValue(variable);
  }
  return root;
}

const hostValue = (variable: Variable): NDArray => tidy(() => {
  const { value } = variable;
  return new NDArray(value.dataSync(), value.shape, value.dtype);
});

const isBranch = (value: unknown): value is StateBranch =>
  isPlainObject(value) && !(value instanceof Tensor) && !(value instanceof NDArray);

/** Assigns what a branch has for the variables; those it leaves out stay as they are. */
export function assignBranch(variables: readonly Variable[], branch: StateBranch): void {
  const byPath = new Map(variables.map((variable) => [variable.path, variable]));
  const visit = (value: StateBranch | TensorLike, path: string): void => {
    if (isBranch(value)) {
      for (const [name, item] of Object.entries(value)) visit(item, path === '' ? name : `${path}/${name}`);
      return;
    }
    const variable = byPath.get(path);
    if (variable) variable.assign(toTensor(value, variable.dtype));
  };
  tidy(() => visit(branch, ''));
}
