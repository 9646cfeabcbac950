/** The methods of KerasTensor that are ops: apart from the class, which the ops themselves need. */
import { KerasTensor } from './keras-tensor.js';
import { reshape, squeeze } from './numpy/shaping.js';

declare module './keras-tensor.js' {
  interface KerasTensor {
    /** `ops.reshape` of this tensor. */
    reshape(newshape: readonly number[]): KerasTensor;
    /** `ops.squeeze` of this tensor. */
    squeeze(axis?: number | readonly number[] | null): KerasTensor;
  }
}

Object.assign(KerasTensor.prototype, {
  reshape(this: KerasTensor, newshape: readonly number[]): unknown {
    return reshape(this, newshape);
  },
  squeeze(this: KerasTensor, axis: number | readonly number[] | null = null): unknown {
    return squeeze(this, axis);
  },
} satisfies Record<string, (this: KerasTensor, ...args: never[]) => unknown>);
