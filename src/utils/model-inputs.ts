/** Symbolic tensors, and what they are computed from. */
import { flatten } from '../engine/structure.js';
import { KerasTensor } from '../ops/keras-tensor.js';
import { kerasExport } from '../saving/registration.js';

/**
 * The inputs that a symbolic tensor is computed from. Source: keras.utils.get_source_inputs.
 *
 * @example
 * const inputs = keras.Input({ shape: [3] });
 * const outputs = new keras.layers.Dense(1)(inputs);
 * keras.utils.get_source_inputs(outputs)[0] === inputs; // true
 */
export function get_source_inputs(tensor: KerasTensor): KerasTensor[] {
  const found = new Set<KerasTensor>();
  const seen = new Set<KerasTensor>();
  const visit = (current: KerasTensor): void => {
    if (seen.has(current)) return;
    seen.add(current);
    const history = current._keras_history;
    const node = history?.operation._inbound_nodes[history.node_index];
    const before = node ? flatten(node.input_tensors).filter((one): one is KerasTensor => one instanceof KerasTensor) : [];
    if (before.length === 0) found.add(current);
    else before.forEach(visit);
  };
  visit(tensor);
  return [...found];
}
kerasExport(get_source_inputs, 'keras.utils.get_source_inputs');
