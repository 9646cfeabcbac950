/** Tensors of a tfjs backend as plain blocks of elements, and tfjs's kernels over them. */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { sizeOf, type Shape } from '../../engine/shape.js';
import type { Device, Numbers } from './load.js';
import type { StorageType } from './storage.js';

/** A piece of memory with a shape: tfjs's own description, so that it can be given to tfjs's kernels as it is. */
export interface Block extends TensorInfo {
  readonly shape: number[];
  readonly dtype: StorageType;
}

/** The `dataId` of a block of strings: tfjs never sees one. */
class Strings {
  readonly values: string[];
  constructor(values: string[]) {
    this.values = values;
  }
}

/** Allocation, views and kernels. What is made inside of `collect` is freed by it, except its results. */
export class Memory {
  readonly device: Device;
  #made: Block[] | undefined;

  constructor(device: Device) {
    this.device = device;
  }

  /** A new block; its elements are not cleared. */
  alloc(shape: Shape, dtype: StorageType): Block {
    const block = dtype === 'string'
      ? { dataId: new Strings(Array.from({ length: sizeOf(shape) }, () => '')), shape: [...shape], dtype }
      : this.device.make([...shape], dtype) as Block;
    this.#made?.push(block);
    return block;
  }

  /** A new block with one value everywhere (strings are empty). */
  filled(shape: Shape, dtype: StorageType, value: number): Block {
    const block = this.alloc(shape, dtype);
    if (dtype !== 'string') this.numbers(block).fill(value);
    return block;
  }

  /** The elements of a block of numbers, in place. Valid until the next allocation. */
  numbers(block: Block): Numbers {
    return this.device.view(block);
  }

  floats(block: Block): Float32Array {
    return this.device.view(block) as Float32Array;
  }

  strings(block: Block): string[] {
    return (block.dataId as Strings).values;
  }

  /** The elements of any block, in place. Valid until the next allocation. */
  elements(block: Block): Numbers | string[] {
    return block.dtype === 'string' ? this.strings(block) : this.numbers(block);
  }

  /** Another block on the same elements, which live until both are freed. */
  share(block: Block, shape: Shape = block.shape): Block {
    const shared = { dataId: block.dataId, shape: [...shape], dtype: block.dtype };
    if (block.dtype !== 'string') this.device.instance.incRef(block.dataId);
    this.#made?.push(shared);
    return shared;
  }

  isShared(block: Block): boolean {
    return block.dtype !== 'string' && this.device.instance.refCount(block.dataId) > 1;
  }

  free(block: Block): void {
    if (block.dtype !== 'string') this.device.instance.disposeData(block.dataId);
  }

  /** One result of tfjs's kernel of this name. */
  run(kernel: string, inputs: Record<string, Block>, attrs: object = {}): Block {
    const made = this.device.kernel(kernel)({ inputs, attrs, backend: this.device.instance }) as Block;
    this.#made?.push(made);
    return made;
  }

  /** Runs `fn` and frees what it made, except its results; a result that was there before is shared. */
  collect(fn: () => Block | Block[]): Block[] {
    const before = this.#made;
    const all: Block[] = [];
    this.#made = all;
    let results: Block[] = [];
    try {
      const made = fn();
      const list = Array.isArray(made) ? made : [made];
      results = list.map((block, i) =>
        (all.includes(block) && list.indexOf(block) === i ? block : this.share(block)));
      return results;
    } finally {
      for (const block of all) if (!results.includes(block)) this.free(block);
      this.#made = before;
    }
  }
}
