/** The tensor: shape, dtype and a handle on the backend's memory, or a place in a graph being recorded. */
import type { Backend, Handle } from '../backend/backend.js';
import { noteCollectable, noteFreed } from './collection.js';
import { bytesPerElement, type DType, type HostData } from './dtype.js';
import { fromHalfBits } from './half.js';
import type { Value } from './graph.js';
import { formatShape, sizeOf, type Shape } from './shape.js';

/** Use of a tensor after `dispose()`, or after the scope that owned it ended. */
export class DisposedTensorError extends Error {
  override name = 'DisposedTensorError';
}

/** A value was read while a function was being traced, where tensors have shapes but no values yet. */
export class TracedValueError extends Error {
  override name = 'TracedValueError';
}

export type NestedArray<T> = T | NestedArray<T>[];
export type Scalar = number | bigint | boolean | string;

interface Freeable {
  backend: Backend;
  handle: Handle;
  bytes: number;
}
const collector = new FinalizationRegistry<Freeable>(({ backend, handle, bytes }) => {
  noteFreed(bytes);
  backend.dispose(handle);
});

let nextId = 1;

/** Tensors made from now on have this id or a larger one. */
export const nextTensorId = (): number => nextId;

/**
 * An n-dimensional array on the device of a backend. Values are immutable.
 *
 * Tensors are freed by themselves: those made inside a framework call when it returns, others when they become
 * unreachable. `dispose()` and `using` free one at once.
 * @example
 * const t = ops.array([[1, 2], [3, 4]]);
 * t.shape; // [2, 2]
 * t.arraySync(); // [[1, 2], [3, 4]]
 */
export class Tensor {
  readonly id = nextId++;
  readonly shape: Shape;
  readonly dtype: DType;
  /** The graph value that this tensor stands for while a function is traced. */
  readonly value: Value | undefined;
  /** The logits a softmax or sigmoid output was computed from: losses use them for accuracy, as Keras does. */
  logits: Tensor | undefined;
  /** Which steps of a sequence count: set and read by layers. */
  mask: Tensor | undefined;
  /** Set by `keep`: no scope frees this tensor. */
  kept = false;
  #backend: Backend | undefined;
  #handle: Handle | undefined;
  #collected = false;

  constructor(shape: Shape, dtype: DType, backend: Backend | undefined, handle?: Handle, value?: Value) {
    this.shape = shape;
    this.dtype = dtype;
    this.value = value;
    this.#backend = backend;
    this.#handle = handle;
  }

  /** Number of dimensions. */
  get ndim(): number {
    return this.shape.length;
  }

  /** Number of elements. */
  get size(): number {
    return sizeOf(this.shape);
  }

  /** Whether this is a placeholder in a function being traced rather than data. */
  get isTraced(): boolean {
    return this.value !== undefined;
  }

  get isDisposed(): boolean {
    return this.#handle === undefined && this.value === undefined;
  }

  get backend(): Backend {
    if (!this.#backend) this.#noValue('be used outside of the function being traced');
    return this.#backend;
  }

  /** The backend's handle; an error after disposal or while tracing. */
  get handle(): Handle {
    if (this.#handle === undefined) this.#noValue('be read');
    return this.#handle;
  }

  #noValue(what: string): never {
    if (this.value) {
      throw new TracedValueError(
        `A tensor of shape ${formatShape(this.shape)} cannot ${what}: it has no value yet, because the function ` +
        'it belongs to is being traced into a compiled graph. Compute with ops instead of reading values, ' +
        'or compile the model with {run_eagerly: true}.');
    }
    throw new DisposedTensorError(
      `Tensor ${this.id} of shape ${formatShape(this.shape)} and dtype ${this.dtype} has been disposed. ` +
      'Return it from the layer or function that made it, or protect it with keras.keep(tensor).');
  }

  /** Frees the tensor when it becomes unreachable. Called once it has left every scope. */
  collectWhenUnreachable(): void {
    if (this.#collected || this.#handle === undefined) return;
    this.#collected = true;
    const bytes = this.size * bytesPerElement(this.dtype);
    noteCollectable(bytes);
    collector.register(this, { backend: this.#backend!, handle: this.#handle, bytes }, this);
    this.mask?.collectWhenUnreachable();
  }

  /** Frees the device memory now. A second call does nothing. */
  dispose(): void {
    if (this.#handle === undefined) return;
    if (this.#collected) {
      collector.unregister(this);
      noteFreed(this.size * bytesPerElement(this.dtype));
    }
    const handle = this.#handle;
    this.#handle = undefined;
    this.#backend!.dispose(handle);
    // The logits may be a tensor of the user's: they are freed by their own scope, or when unreachable.
    this.logits = undefined;
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /** Raw element bits, copied from the device; half types are Uint16Array. Blocks until they are computed. */
  bits(): HostData {
    const { handle } = this;
    return this.backend.download({ handle, shape: this.shape, dtype: this.dtype });
  }

  /** The values, row-major, read without blocking: half types as Float32Array, bool as 0 and 1. */
  async data(): Promise<HostData> {
    const { handle } = this;
    return readable(await this.backend.downloadAsync({ handle, shape: this.shape, dtype: this.dtype }), this.dtype);
  }

  /** The values, row-major: half types as Float32Array, bool as 0 and 1. Blocks until they are computed. */
  dataSync(): HostData {
    return readable(this.bits(), this.dtype);
  }

  /** The values as nested arrays (a plain value for a scalar). */
  async array(): Promise<NestedArray<Scalar>> {
    return nest(await this.data(), this.shape, this.dtype);
  }

  /** The values as nested arrays (a plain value for a scalar). Blocks until they are computed. */
  arraySync(): NestedArray<Scalar> {
    return nest(this.dataSync(), this.shape, this.dtype);
  }

  /** The value of a tensor with one element, as a number (booleans as 0 and 1). */
  item(): number {
    if (this.size !== 1) {
      throw new TypeError(`item() needs a tensor of one element, not of shape ${formatShape(this.shape)}.`);
    }
    return Number(this.dataSync()[0]);
  }

  toString(): string {
    return `<Tensor shape=${formatShape(this.shape)}, dtype=${this.dtype}${this.isTraced ? ', traced' : ''}>`;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    if (this.isTraced || this.isDisposed || this.size * bytesPerElement(this.dtype) > 4096) return this.toString();
    return `<Tensor shape=${formatShape(this.shape)}, dtype=${this.dtype}, value=${JSON.stringify(
      this.arraySync(), (_, v: unknown) => (typeof v === 'bigint' ? `${v}n` : v))}>`;
  }
}

function readable(data: HostData, dtype: DType): HostData {
  return dtype === 'float16' || dtype === 'bfloat16' ? fromHalfBits(data as Uint16Array, dtype) : data;
}

/** Builds nested arrays from row-major values; a complex number becomes the pair [real, imaginary]. */
export function nest(data: HostData, shape: Shape, dtype: DType): NestedArray<Scalar> {
  let position = 0;
  const build = (axis: number): NestedArray<Scalar> => {
    if (axis === shape.length) {
      if (dtype === 'complex64') return [data[position++], data[position++]];
      const value = data[position++];
      return dtype === 'bool' ? value !== 0 : value;
    }
    return Array.from({ length: shape[axis] }, () => build(axis + 1));
  };
  return build(0);
}
