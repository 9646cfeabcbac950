/** Paths of layers and variables: the names of the layers around them, and their own. */
import { context, withContext } from '../engine/context.js';

interface Named {
  name: string;
}

let innermost: Named | undefined;
/** Where a layer was first used: its path stays, wherever it is called later. */
const parents = new WeakMap<Named, readonly string[]>();

/** Runs `fn` inside of the layer's scope. Entering the scope that is open already changes nothing. */
export function inNameScope<T>(layer: Named, fn: () => T): T {
  if (innermost === layer) return fn();
  const outer = innermost;
  innermost = layer;
  try {
    return withContext({ nameScopes: [...(parents.get(layer) ?? context.nameScopes), layer.name] }, fn);
  } finally {
    innermost = outer;
  }
}

/** The same, and what is open around the layer now becomes its place for good. */
export function inOwnScope<T>(layer: Named, fn: () => T): T {
  const { nameScopes } = context;
  if (!parents.has(layer)) parents.set(layer, innermost === layer ? nameScopes.slice(0, -1) : nameScopes);
  return inNameScope(layer, fn);
}
