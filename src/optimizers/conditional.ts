/** Assignments to variables that depend on a value, eagerly and in compiled steps. */
import { context } from '../engine/context.js';
import { StatelessScope } from '../engine/stateless-scope.js';
import type { Tensor } from '../engine/tensor.js';
import { where } from '../ops/tensor-math.js';

/**
 * Runs `whenTrue` or `whenFalse` for the assignments they make. In a trace, where the condition has no value
 * yet, both are traced, and each variable takes the value of the side that holds.
 */
export function assignConditionally(condition: Tensor, whenTrue: () => void, whenFalse: () => void = () => {}): void {
  if (!context.tracer) {
    if (condition.item()) whenTrue();
    else whenFalse();
    return;
  }
  const [yes, no] = [whenTrue, whenFalse].map((fn) => {
    const scope = new StatelessScope();
    scope.run(fn);
    return scope.assigned;
  });
  for (const variable of new Set([...yes.keys(), ...no.keys()])) {
    const before = variable.value;
    variable.assign(where(condition, yes.get(variable) ?? before, no.get(variable) ?? before));
  }
}
