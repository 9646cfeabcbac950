/** Options of Keras for sparse and ragged tensors, of which there are none here: `false` is what every op does. */

/** Refuses what cannot be, rather than to give a dense tensor silently. */
export function requireDense(op: string, option: 'sparse' | 'ragged', value: boolean | null): void {
  if (value) {
    throw new TypeError(`${op} cannot make a ${option} tensor: all tensors here are dense. Leave ${option} out, or false.`);
  }
}
