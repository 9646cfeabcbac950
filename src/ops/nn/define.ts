/** Ops that Keras has twice: as `keras.ops.relu` and as `keras.ops.nn.relu`. */
import { kerasExport } from '../../saving/registration.js';
import { defineOp, type OpOf } from '../define.js';

/**
 * Makes a public op of the `nn` family.
 * @param name the op's name in `keras.ops`, and its aliases
 * @param names argument names in Keras's order
 */
export function defineNN<const N extends readonly string[], F extends object>(
  name: string | readonly [string, ...string[]], names: N, implementation: F,
): OpOf<N, F> {
  const [first, ...aliases] = typeof name === 'string' ? [name] : name;
  const op = defineOp(`keras.ops.${first}`, names, implementation);
  kerasExport(op, `keras.ops.nn.${first}`, ...aliases.flatMap((alias) => [`keras.ops.${alias}`, `keras.ops.nn.${alias}`]));
  return op;
}
