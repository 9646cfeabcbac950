/** Memory scopes: what a framework call computes on the way is freed when the call returns. */
import { context } from './context.js';
import { Tensor } from './tensor.js';

/** Finds the tensors in nested arrays, plain objects, maps and sets. */
export function collectTensors(value: unknown, into: Set<Tensor> = new Set(), seen = new Set<object>()): Set<Tensor> {
  if (value instanceof Tensor) {
    into.add(value);
    if (value.logits) collectTensors(value.logits, into, seen);
    if (value.mask) collectTensors(value.mask, into, seen);
  } else if (value !== null && typeof value === 'object' && !ArrayBuffer.isView(value) && !seen.has(value)) {
    seen.add(value);
    if (Array.isArray(value) || value instanceof Set) for (const item of value) collectTensors(item, into, seen);
    else if (value instanceof Map) for (const item of value.values()) collectTensors(item, into, seen);
    else if (Object.getPrototypeOf(value) === Object.prototype || Object.getPrototypeOf(value) === null) {
      for (const item of Object.values(value)) collectTensors(item, into, seen);
    }
  }
  return into;
}

/** Hands a new tensor to the scope that will free it, or to the garbage collector when there is none. */
export function own(tensor: Tensor): void {
  if (context.memoryScope) context.memoryScope.tensors.push(tensor);
  else tensor.collectWhenUnreachable();
}

/**
 * Runs `fn` and frees every tensor made in it, except those in its result and those protected by `keep`.
 * The function must be synchronous. While a tape records, intermediates live until the tape's own scope ends.
 *
 * @example
 * const norm = keras.tidy(() => ops.sqrt(ops.sum(ops.square(x))));
 */
export function tidy<T>(fn: () => T): T {
  if (context.tapes.length > 0 || context.tracer) return fn();
  return memoryScope(fn);
}

/** A scope that frees although a tape is active inside: for the call that owns the tape. */
export function memoryScope<T>(fn: () => T): T {
  const outer = context.memoryScope;
  const tensors: Tensor[] = [];
  context.memoryScope = { tensors };
  let result: T | undefined;
  try {
    result = fn();
    if (result instanceof Promise) {
      result = undefined;
      throw new TypeError('tidy() takes a synchronous function, but this one returned a Promise.');
    }
    return result;
  } finally {
    context.memoryScope = outer;
    release(tensors, result);
  }
}

/** Passes on what the result holds and frees the rest. */
function release(tensors: readonly Tensor[], result: unknown): void {
  // One tensor as the result is what nearly every op returns: no search, no set.
  const single = result instanceof Tensor && result.logits === undefined && result.mask === undefined ? result : undefined;
  const keep = single === undefined ? collectTensors(result) : undefined;
  for (const tensor of tensors) {
    if (tensor.kept) tensor.collectWhenUnreachable();
    else if (tensor === single || keep?.has(tensor)) own(tensor);
    else tensor.dispose();
  }
}

/**
 * Protects a tensor from the scopes around it: it lives until it is unreachable or disposed.
 * @example
 * let sum;
 * keras.tidy(() => {
 *   sum = keras.keep(ops.sum([1, 2]));
 * });
 * sum.item(); // 3
 */
export function keep<T extends Tensor>(tensor: T): T {
  tensor.kept = true;
  return tensor;
}
