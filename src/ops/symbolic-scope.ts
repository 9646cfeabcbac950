/** Whether shapes and dtypes alone are being found out. */
import { addCapture } from '../engine/context.js';
import { kerasExport } from '../saving/registration.js';

let isOpen = false;

function within<T>(open: boolean, fn: () => T): T {
  const before = isOpen;
  isOpen = open;
  try {
    return fn();
  } finally {
    isOpen = before;
  }
}

// A function that is run again, for its gradient, finds the scope as it was.
addCapture(() => {
  const open = isOpen;
  return (fn) => within(open, fn);
});

/**
 * What `run` executes is the symbolic stage: only shapes and dtypes count. Every inference of shapes, such as the call of a
 * layer on a KerasTensor, opens this scope, so that a `call` can ask `SymbolicScope.isOpen` what it is called for.
 * Source: keras.SymbolicScope.
 *
 * @example
 * keras.SymbolicScope.isOpen; // false
 * new keras.SymbolicScope().run(() => keras.SymbolicScope.isOpen); // true
 */
export class SymbolicScope {
  static get isOpen(): boolean {
    return isOpen;
  }

  /** Runs `fn` in this scope and returns what it returns. */
  run<T>(fn: () => T): T {
    return within(true, fn);
  }
}
kerasExport(SymbolicScope, 'keras.SymbolicScope');
