/** Values that a layer's call passes on to the layers it calls, and the losses that are added on the way. */
import { addCapture } from '../engine/context.js';
import type { Tensor } from '../engine/tensor.js';

export interface CallContext {
  /** The outermost layer. */
  entry: object;
  /** Whether it is training. */
  training: boolean | undefined;
  /** Losses added in this call and the calls inside of it: they outlive the call like its result. */
  losses: Tensor[];
}

let current: CallContext | undefined;

// Losses of a call that is run again have been counted.
addCapture(() => {
  const call = current;
  return (fn) => (call ? withCall({ ...call, losses: [] }, fn) : fn());
});

export const currentCall = (): CallContext | undefined => current;

/** Lets a loss outlive the calls around it. */
export function noteLoss(loss: Tensor): void {
  current?.losses.push(loss);
}

/** Runs `fn` as (part of) a layer's call. */
export function withCall<T>(context: CallContext, fn: () => T): T {
  const before = current;
  current = context;
  try {
    return fn();
  } finally {
    current = before;
    before?.losses.push(...context.losses);
  }
}
