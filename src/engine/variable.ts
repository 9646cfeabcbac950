/** Variables: named state on the device that layers, optimizers and metrics own. */
import type { Backend, Handle, Operand, View } from '../backend/backend.js';
import { apply } from './apply.js';
import { activeBackend, context, initScope, withContext } from './context.js';
import { getDefaultFloat, isFloat, type DType, type HostData } from './dtype.js';
import { own, tidy } from './scope.js';
import { formatShape, sameShape, ShapeError, sizeOf, type Shape } from './shape.js';
import type { TensorLike } from './convert.js';
import { Tensor, type NestedArray, type Scalar } from './tensor.js';
import { chargeVariable } from './variable-budget.js';

export type VariableInitializer = (shape: Shape, dtype: DType) => Tensor;

/** Set by convert.ts, which knows variables itself: makes tensors of numbers and arrays. */
let toTensor: (value: TensorLike, dtype?: DType) => Tensor;
export function setConverter(convert: typeof toTensor): void {
  toTensor = convert;
}

export interface VariableOptions {
  shape?: Shape;
  dtype?: DType;
  trainable?: boolean;
  /** Whether mixed precision reads the variable in the compute dtype. Default true. */
  autocast?: boolean;
  aggregation?: 'none' | 'mean' | 'sum' | 'only_first_replica';
  name?: string;
}

/** The value that a variable had at one time. It stays on the device until it is read. */
export interface VariableSnapshot {
  readonly shape: Shape;
  readonly dtype: DType;
  /** Raw element bits. */
  read(): HostData;
  /** The same off this thread, where the backend can. */
  readAsync(): Promise<HostData>;
  /** The same where it lies, for writers of files alone; undefined where it must be copied. Outlives the snapshot. */
  view(): View | undefined;
  /** Frees it; a second call does nothing. */
  dispose(): void;
}

let isDeferring = false;

/**
 * Runs `fn`; the variables made in it compute their initial values when these are first wanted. Those that are assigned
 * before, such as a loaded model's, never do.
 */
export function withInitialValuesDeferred<T>(fn: () => T): T {
  const outer = isDeferring;
  isDeferring = true;
  try {
    return fn();
  } finally {
    isDeferring = outer;
  }
}

interface Owned {
  backend: Backend;
  handle: Handle;
}
const collector = new FinalizationRegistry<Owned>(({ backend, handle }) => backend.disposeVariable(handle));
const counters = new Map<string, number>();

/**
 * A tensor that can be assigned. Its memory is freed when it is unreachable, or by `dispose`.
 * @example
 * const v = new keras.Variable([1, 2], { name: 'counts' });
 * v.assign_add([1, 1]);
 * v.value; // [2, 3]
 */
export class Variable {
  readonly shape: Shape;
  readonly dtype: DType;
  readonly autocast: boolean;
  readonly aggregation: NonNullable<VariableOptions['aggregation']>;
  name: string;
  /** Names of the layers around it and its own: `sequential/dense/kernel`. */
  path: string;
  trainable: boolean;
  /** Set by a layer: penalty on the value, and projection applied after each update. */
  regularizer: ((value: Tensor) => Tensor) | null = null;
  constraint: ((value: Tensor) => Tensor) | null = null;
  #backend: Backend;
  #version = 0;
  #handle: Handle | undefined;
  /** Computes the first value, where that is still to be done. */
  #initializer: VariableInitializer | undefined;

  /**
   * @param initializer a value (tensor, number, array), or a function of shape and dtype that gives one
   * @param options `shape` is needed with a function; `dtype` defaults to the value's, or floatx
   */
  constructor(initializer: TensorLike | VariableInitializer, options: VariableOptions = {}) {
    const { trainable = true, autocast = true, aggregation = 'none', name } = options;
    this.name = name ?? uniqueName('variable');
    if (this.name.includes('/')) {
      throw new Error(`The name of a variable must not contain '/', received '${this.name}'.`);
    }
    this.path = [...context.nameScopes, this.name].join('/');
    this.trainable = trainable;
    this.autocast = autocast;
    this.aggregation = aggregation;
    this.#backend = activeBackend();
    if (typeof initializer === 'function') {
      if (!options.shape) {
        throw new TypeError(`Variable '${this.path}' needs a shape, because its initializer is a function.`);
      }
      const dtype = options.dtype ?? getDefaultFloat();
      chargeVariable(this.path, options.shape, dtype);
      if (isDeferring) {
        this.shape = [...options.shape];
        this.dtype = dtype;
        this.#initializer = initializer;
        return;
      }
    }
    const initial = this.#initialValue(initializer, options.shape, options.dtype);
    this.shape = [...initial.shape];
    this.dtype = initial.dtype;
    this.#create(initial);
    if (initial !== initializer) initial.dispose();
  }

  #initialValue(initializer: TensorLike | VariableInitializer, shape: Shape | undefined, dtype: DType | undefined): Tensor {
    const initial = initScope(() => (typeof initializer === 'function'
      ? (initializer as VariableInitializer)(shape!, dtype ?? getDefaultFloat())
      : toTensor(initializer as TensorLike, dtype)));
    if (shape && !sameShape(shape, initial.shape)) {
      throw new ShapeError(`The initializer of variable '${this.path}' gave shape ${formatShape(initial.shape)}, ` +
        `expected ${formatShape(shape)}.`);
    }
    return initial;
  }

  #create(initial: Tensor): void {
    this.#initializer = undefined;
    this.#handle = this.#backend.createVariable(initial);
    collector.register(this, { backend: this.#backend, handle: this.#handle }, this);
  }

  /** The backend's handle of the variable itself; an error after disposal. */
  get handle(): Handle {
    if (this.#initializer) {
      const initial = withContext({ backend: this.#backend }, () => this.#initialValue(this.#initializer!, this.shape, this.dtype));
      this.#create(initial);
      initial.dispose();
    }
    if (this.#handle === undefined) {
      throw new Error(`Variable '${this.path}' of shape ${formatShape(this.shape)} has been disposed.`);
    }
    return this.#handle;
  }

  get backend(): Backend {
    return this.#backend;
  }

  get ndim(): number {
    return this.shape.length;
  }

  get size(): number {
    return sizeOf(this.shape);
  }

  /** Grows whenever the value may have changed: what was computed from it at another version is out of date. */
  get version(): number {
    return this.#version;
  }

  /** Called where the value changes without `assign`: by a compiled function that assigns it. */
  noteChange(): void {
    this.#version++;
  }

  /** The present value; under mixed precision in the compute dtype of the layer being called. */
  get value(): Tensor {
    const value = this.#read();
    const dtype = this.readDType;
    return dtype === value.dtype ? value : apply('cast', [value], { dtype });
  }

  /** The dtype in which `value` comes now: under mixed precision the compute dtype of the layer being called. */
  get readDType(): DType {
    const { autocast } = context;
    return autocast && this.autocast && isFloat(this.dtype) ? autocast : this.dtype;
  }

  #read(): Tensor {
    let value: Tensor | undefined;
    for (let i = context.variableScopes.length - 1; i >= 0 && !value; i--) {
      value = context.variableScopes[i].read(this);
    }
    if (!value) {
      value = new Tensor(this.shape, this.dtype, this.#backend, this.#backend.readVariable(this.handle, this));
      own(value);
    }
    for (const tape of context.tapes) tape.noteRead(this, value);
    return value;
  }

  /** Replaces the value: a tensor, number or array of the same shape; the dtype is converted. */
  assign(value: TensorLike): void {
    if (value instanceof Tensor && value.dtype === this.dtype) this.#assign(value);
    else tidy(() => this.#assign(toTensor(value, this.dtype)));
  }

  #assign(value: Tensor): void {
    if (!sameShape(value.shape, this.shape)) {
      throw new ShapeError(`Cannot assign a value of shape ${formatShape(value.shape)} to variable '${this.path}' ` +
        `of shape ${formatShape(this.shape)}.`);
    }
    for (let i = context.variableScopes.length - 1; i >= 0; i--) {
      if (context.variableScopes[i].assign(this, value)) return;
    }
    if (this.#initializer) this.#create(value);
    else this.#backend.assignVariable(this.handle, value);
    this.#version++;
  }

  /** Adds to the value. */
  assign_add(value: TensorLike): void {
    tidy(() => this.#assign(apply('add', [this.#read(), toTensor(value, this.dtype)])));
  }

  /** Subtracts from the value. */
  assign_sub(value: TensorLike): void {
    tidy(() => this.#assign(apply('subtract', [this.#read(), toTensor(value, this.dtype)])));
  }

  /** The present value, kept as it is while the variable goes on changing. Dispose it. */
  snapshot(): VariableSnapshot {
    const { shape, dtype } = this;
    if (context.variableScopes.length > 0) {
      const data = tidy(() => this.#read().bits());
      return { shape, dtype, read: () => data, readAsync: async () => data, view: () => undefined, dispose: () => {} };
    }
    const backend = this.#backend;
    let handle: Handle | undefined = backend.readVariable(this.handle, this);
    const operand = (): Operand => {
      if (handle === undefined) throw new Error(`A snapshot of variable '${this.path}' has been disposed.`);
      return { handle, shape, dtype };
    };
    return {
      shape, dtype,
      read: () => backend.download(operand()),
      readAsync: async () => backend.downloadAsync(operand()),
      view: () => backend.view?.(operand()),
      dispose: () => {
        if (handle !== undefined) backend.dispose(handle);
        handle = undefined;
      },
    };
  }

  /** The value in host memory, row-major. Blocks until it is computed. */
  dataSync(): HostData {
    return tidy(() => this.#read().dataSync());
  }

  /** The value as nested arrays. Blocks until it is computed. */
  arraySync(): NestedArray<Scalar> {
    return tidy(() => this.#read().arraySync());
  }

  /** Frees the device memory now. A second call does nothing. */
  dispose(): void {
    this.#initializer = undefined;
    if (this.#handle === undefined) return;
    collector.unregister(this);
    const handle = this.#handle;
    this.#handle = undefined;
    this.#backend.disposeVariable(handle);
  }

  toString(): string {
    return `<Variable path=${this.path}, shape=${formatShape(this.shape)}, dtype=${this.dtype}>`;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}

function uniqueName(prefix: string): string {
  const n = counters.get(prefix) ?? 0;
  counters.set(prefix, n + 1);
  return n === 0 ? prefix : `${prefix}_${n}`;
}
