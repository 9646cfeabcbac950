/**
 * Opens tfjs's `wasm` and `cpu` backends. The packages are loaded when one is asked for, as CommonJS and without
 * waiting, so that starting a backend needs no promise.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { KernelBackend, TensorInfo } from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { sizeOf } from '../../engine/shape.js';
import type { StorageType } from './storage.js';

export type Numbers = Float32Array | Int32Array | Uint8Array;

/** What differs between tfjs's backends in the ways that this folder uses them. */
export interface Device {
  readonly name: 'wasm' | 'cpu';
  readonly instance: KernelBackend;
  /** New memory, not cleared. */
  make(shape: number[], dtype: Exclude<StorageType, 'string'>): TensorInfo;
  /** The elements in place. Memory made later may move them: take views after the last allocation. */
  view(info: TensorInfo): Numbers;
  /** tfjs's kernel of this name. */
  kernel(name: string): KernelFunction;
}

export type KernelFunction = (
  call: { inputs: Record<string, TensorInfo>; attrs: object; backend: KernelBackend },
) => TensorInfo | TensorInfo[];

const require = createRequire(import.meta.url);
type Core = typeof import('@tensorflow/tfjs-core');
const loadCore = (): Core => require('@tensorflow/tfjs-core') as Core;

function kernelFinder(core: Core, name: Device['name']): Device['kernel'] {
  const found = new Map<string, KernelFunction>();
  return (kernel) => {
    let fn = found.get(kernel);
    if (!fn) {
      const config = core.getKernel(kernel, name);
      if (!config) throw new Error(`tfjs has no kernel ${kernel} for its ${name} backend.`);
      fn = config.kernelFunc as unknown as KernelFunction;
      found.set(kernel, fn);
    }
    return fn;
  };
}

let cpu: Device | undefined;

/** tfjs's backend in plain JavaScript. */
export function openCpu(): Device {
  if (cpu) return cpu;
  const core = loadCore();
  const tfjs = require('@tensorflow/tfjs-backend-cpu') as typeof import('@tensorflow/tfjs-backend-cpu');
  const instance = new tfjs.MathBackendCPU();
  // The first tensor would print an advertisement for tfjs-node.
  (instance as unknown as { firstUse: boolean }).firstUse = false;
  const arrays = { float32: Float32Array, int32: Int32Array, bool: Uint8Array };
  cpu = {
    name: 'cpu',
    instance,
    make: (shape, dtype) => instance.makeTensorInfo(shape, dtype, new arrays[dtype](sizeOf(shape))),
    view: ({ dataId, dtype }) => {
      // Not `readSync`, which copies some dtypes.
      const data = instance.data.get(dataId);
      const expected = arrays[dtype as keyof typeof arrays];
      // Some kernels leave numbers in another kind of array than their dtype says.
      if (!(data.values instanceof expected)) data.values = expected.from(data.values as ArrayLike<number>);
      return data.values as Numbers;
    },
    kernel: kernelFinder(core, 'cpu'),
  };
  return cpu;
}

type WasmImports = Record<string, unknown>;
interface WasmInstance {
  exports: object;
}
/** The part of JavaScript's WebAssembly that is used here; TypeScript describes it with the browser's API only. */
const { WebAssembly } = globalThis as unknown as { WebAssembly: {
  validate(bytes: Uint8Array): boolean;
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: WasmImports) => WasmInstance;
} };

/** An Emscripten module before and after `start`: the factory fills in the object it is given. */
interface WasmModule {
  cwrap(name: string, result: 'number' | null, args: string[]): (...args: number[]) => number;
  _malloc(bytes: number): number;
  _free(offset: number): void;
  tfjs?: Record<string, (...args: number[]) => number>;
  instantiateWasm(imports: WasmImports, done: (instance: WasmInstance) => void): object;
}

/** (module (func (result v128) i32.const 0 i8x16.splat)): valid where the processor has 128-bit vectors. */
const SIMD_PROBE = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 8, 1, 6, 0, 65, 0, 253, 15, 11,
]);

/**
 * tfjs starts its module with a promise; Emscripten also takes a function that instantiates at once, which V8 allows
 * for a module of any size outside of a browser's main thread. Everything is ready when the factory returns.
 */
function startWasm(): WasmModule {
  const folder = '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm';
  const factory = require(`${folder}.js`) as (module: WasmModule) => Promise<unknown>;
  const bytes = readFileSync(require.resolve(`${folder}${WebAssembly.validate(SIMD_PROBE) ? '-simd' : ''}.wasm`));
  const module = {
    instantiateWasm(imports, done) {
      const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), imports);
      done(instance);
      return instance.exports;
    },
  } as WasmModule;
  // Emscripten's start-up takes over the process's uncaught errors; that is for the program to decide.
  const events = ['uncaughtException', 'unhandledRejection'] as const;
  const before = events.map((event) => new Set<unknown>(process.listeners(event as 'uncaughtException')));
  void factory(module);
  events.forEach((event, i) => {
    for (const listener of process.listeners(event as 'uncaughtException')) {
      if (!before[i].has(listener)) process.removeListener(event, listener);
    }
  });
  const { cwrap } = module;
  module.tfjs = {
    init: cwrap('init', null, []),
    initWithThreadsCount: cwrap('init_with_threads_count', null, ['number']),
    getThreadsCount: cwrap('get_threads_count', 'number', []),
    registerTensor: cwrap('register_tensor', null, ['number', 'number', 'number']),
    disposeData: cwrap('dispose_data', null, ['number']),
    dispose: cwrap('dispose', null, []),
  };
  checkAllocations(module);
  return module;
}

/** Addresses have 32 bits. */
const ADDRESSES = 2 ** 32;

/** tfjs goes on with address 0 when there is no memory left, and overwrites what lies there. */
function checkAllocations(module: WasmModule): void {
  module._free(module._malloc(1)); // Emscripten's functions replace themselves at their first call.
  const allocate = module._malloc;
  module._malloc = (bytes) => {
    const offset = bytes < ADDRESSES ? allocate(bytes) : 0;
    if (offset === 0 && bytes > 0) {
      throw new Error(`Out of memory: WebAssembly's 4 GB have no room for a tensor of ${bytes} bytes more. ` +
        'Use smaller batches, dispose tensors that are no longer needed, or use the tensorflow backend.');
    }
    return offset;
  };
}

let wasm: Device | undefined;

/** tfjs's WebAssembly backend, one thread (tfjs has no threads in Node), with SIMD where there is any. */
export function openWasm(): Device {
  if (wasm) return wasm;
  const core = loadCore();
  const tfjs = require('@tensorflow/tfjs-backend-wasm') as typeof import('@tensorflow/tfjs-backend-wasm');
  // A program that uses tfjs as well shares the module: its kernels know only the one that was set up last.
  let instance = core.engine().registry.wasm as BackendWasm | undefined;
  if (!instance) {
    instance = new tfjs.BackendWasm(startWasm() as unknown as ConstructorParameters<typeof BackendWasm>[0]);
    for (const { setupFunc } of core.getKernelsForBackend('wasm')) setupFunc?.(instance);
    core.removeBackend('wasm');
    const ours = instance;
    core.registerBackend('wasm', () => ours, 2);
  }
  const backend = instance;
  wasm = {
    name: 'wasm',
    instance: backend,
    make: (shape, dtype) => backend.makeOutput(shape, dtype),
    view: (info) => backend.typedArrayFromHeap(info),
    kernel: kernelFinder(core, 'wasm'),
  };
  return wasm;
}
