/** Cases of upload, download and variables. */
import assert from 'node:assert/strict';
import type { Aval, Backend, Handle, Operand } from '../backend.js';
import { bytesPerElement, DTYPES, makeHostArray, type DType, type HostData, type NumericArray } from '../../engine/dtype.js';
import { numbersToBits } from '../../engine/host.js';
import { formatShape, sizeOf, type Shape } from '../../engine/shape.js';
import type { ConformanceCase } from './case.js';
import { expectValues, readable, t } from './literal.js';

/** Host data that uses the dtype's range: bit patterns come back as they went. */
function sample(dtype: DType, size: number): HostData {
  if (dtype === 'string') return Array.from({ length: size }, (_, i) => ['', 'a', 'grün €', '😀'][i % 4] + i);
  const data = makeHostArray(dtype, size);
  const signed = data instanceof Float32Array || data instanceof Float64Array || dtype.startsWith('int');
  for (let i = 0; i < data.length; i++) {
    const value = dtype === 'bool' ? i % 2 : (i % 2 && signed ? -1 : 1) * (i * 13 + 1);
    if (data instanceof BigInt64Array || data instanceof BigUint64Array) data[i] = BigInt(value) * 2n ** 40n;
    else data[i] = value;
  }
  return data;
}

function roundTrip(backend: Backend, dtype: DType, shape: Shape): void {
  const data = sample(dtype, sizeOf(shape));
  const reason = backend.unsupported('constant', dtype);
  if (reason !== undefined) {
    assert.throws(() => backend.upload(data, shape, dtype), (error: Error) =>
      error.message.includes(dtype) && error.message.includes(backend.name));
    return;
  }
  const before = backend.memory();
  const handle = backend.upload(data, shape, dtype);
  assert.equal(backend.memory().tensors, before.tensors + 1, 'one tensor more is alive');
  assert.deepEqual(backend.download({ handle, shape, dtype }), data);
  backend.dispose(handle);
  assert.deepEqual(backend.memory(), before);
}

function uploadCases(): ConformanceCase[] {
  const shapes: Shape[] = [[2, 3], [], [0, 4], [1, 1, 5]];
  return [
    ...DTYPES.flatMap((dtype) => shapes.map((shape) => ({
      name: `upload and download of ${dtype} ${formatShape(shape)}`,
      run: (backend: Backend) => roundTrip(backend, dtype, shape),
    }))),
    {
      name: 'upload copies, download copies',
      run(backend) {
        const data = Float32Array.of(1, 2, 3);
        const operand: Operand = { handle: backend.upload(data, [3], 'float32'), shape: [3], dtype: 'float32' };
        data[0] = 99;
        const first = backend.download(operand) as Float32Array;
        assert.deepEqual(first, Float32Array.of(1, 2, 3));
        first[1] = 99;
        assert.deepEqual(backend.download(operand), Float32Array.of(1, 2, 3));
        backend.dispose(operand.handle);
      },
    },
    {
      name: 'upload of a part of a larger buffer',
      run(backend) {
        const part = new Float32Array(Float32Array.of(0, 1, 2, 3).buffer, 4, 2);
        const handle = backend.upload(part, [2], 'float32');
        expectValues(backend, handle, t([2], [1, 2], 'float32'), 'float32', 'upload');
        backend.dispose(handle);
      },
    },
    {
      name: 'upload of data that does not fill the shape is an error',
      run(backend) {
        const before = backend.memory().tensors;
        assert.throws(() => backend.upload(Float32Array.of(1, 2), [3], 'float32'), Error);
        assert.throws(() => backend.upload(Float32Array.of(1, 2), [], 'float32'), Error);
        assert.equal(backend.memory().tensors, before);
      },
    },
    {
      name: 'downloadAsync gives what download gives',
      async run(backend) {
        for (const dtype of ['float32', 'int32', 'bool', 'string'] as const) {
          const operand = { handle: backend.upload(sample(dtype, 6), [2, 3], dtype), shape: [2, 3], dtype };
          const pending = backend.downloadAsync(operand);
          assert.deepEqual(await pending, sample(dtype, 6));
          backend.dispose(operand.handle);
        }
      },
    },
    {
      name: 'view shows what download gives, until it is released, whatever becomes of the tensor',
      run(backend) {
        for (const dtype of ['float32', 'int32', 'bool', 'string'] as const) {
          const operand = { handle: backend.upload(sample(dtype, 6), [2, 3], dtype), shape: [2, 3], dtype };
          const view = backend.view?.(operand);
          backend.dispose(operand.handle);
          if (!view) continue;
          assert.deepEqual(view.data, sample(dtype, 6));
          view.release();
          view.release();
          assert.equal(view.data.length, 0);
        }
      },
    },
    {
      name: 'memory counts bytes',
      run(backend) {
        const before = backend.memory().bytes;
        const handle = backend.upload(new Float32Array(1000), [10, 100], 'float32');
        assert.equal(backend.memory().bytes, before + 4000);
        backend.dispose(handle);
        assert.equal(backend.memory().bytes, before);
      },
    },
  ];
}

function rowCases(): ConformanceCase[] {
  const rows = (dtype: DType, rowShape: Shape, indices: number[], offset: number, count: number): ConformanceCase => ({
    name: `uploadRows of ${dtype} ${formatShape(rowShape)}, ${count} of [${indices.join(', ')}] from ${offset}`,
    run(backend) {
      if (backend.unsupported('constant', dtype) !== undefined) return;
      const size = sizeOf(rowShape);
      const data = sample(dtype, 5 * size);
      const before = backend.memory().tensors;
      const handle = backend.uploadRows(data, rowShape, dtype, Int32Array.from(indices), offset, count);
      const shape = [count, ...rowShape];
      const width = dtype === 'complex64' ? 2 * size : size;
      const expected = indices.slice(offset, offset + count)
        .flatMap((row) => readable(data, dtype).slice(row * width, (row + 1) * width));
      assert.deepEqual(readable(backend.download({ handle, shape, dtype }), dtype), expected);
      backend.dispose(handle);
      assert.equal(backend.memory().tensors, before);
    },
  });
  return [
    ...DTYPES.map((dtype) => rows(dtype, [3], [4, 0, 2, 2, 1], 1, 3)),
    rows('float32', [], [3, 1], 0, 2),
    rows('float32', [2, 2], [0, 1, 2, 3, 4], 0, 5),
    rows('float32', [2], [1, 2], 1, 0),
    rows('uint8', [2, 0], [1, 2], 0, 2),
    {
      name: 'uploadRows of a row that is not there is an error',
      run(backend) {
        const data = new Float32Array(6);
        assert.throws(() => backend.uploadRows(data, [2], 'float32', Int32Array.of(0, 3), 0, 2), Error);
        assert.throws(() => backend.uploadRows(data, [2], 'float32', Int32Array.of(-1), 0, 1), Error);
      },
    },
  ];
}

/** A variable of float32 [2] holding 1, 2; `use` may do anything, memory is checked afterwards. */
const withVariable = (name: string, use: (backend: Backend, variable: Handle, aval: Aval) => void): ConformanceCase => ({
  name: `variables: ${name}`,
  run(backend) {
    const aval: Aval = { shape: [2], dtype: 'float32' };
    for (let round = 0; round < 2; round++) {
      const before = backend.memory();
      const initial = backend.upload(Float32Array.of(1, 2), [2], 'float32');
      const variable = backend.createVariable({ ...aval, handle: initial });
      backend.dispose(initial);
      use(backend, variable, aval);
      backend.disposeVariable(variable);
      if (round === 1) assert.deepEqual(backend.memory(), before);
    }
  },
});

const values = (backend: Backend, handle: Handle, numbers: number[]): void =>
  expectValues(backend, handle, t([numbers.length], numbers, 'float32'), 'float32', 'variable');

function assign(backend: Backend, variable: Handle, numbers: number[]): void {
  const handle = backend.upload(Float32Array.from(numbers), [numbers.length], 'float32');
  backend.assignVariable(variable, { handle, shape: [numbers.length], dtype: 'float32' });
  backend.dispose(handle);
}

function variableCases(): ConformanceCase[] {
  return [
    withVariable('the initial value may be disposed', (backend, variable, aval) => {
      const read = backend.readVariable(variable, aval);
      values(backend, read, [1, 2]);
      backend.dispose(read);
    }),
    withVariable('a read is a snapshot', (backend, variable, aval) => {
      const before = backend.readVariable(variable, aval);
      assign(backend, variable, [7, 8]);
      const after = backend.readVariable(variable, aval);
      values(backend, before, [1, 2]);
      values(backend, after, [7, 8]);
      backend.dispose(before);
      backend.dispose(after);
    }),
    withVariable('a read outlives its variable', (backend, variable, aval) => {
      const value = backend.readVariable(variable, aval);
      const other = backend.createVariable({ ...aval, handle: value });
      backend.dispose(value);
      const read = backend.readVariable(other, aval);
      backend.disposeVariable(other);
      values(backend, read, [1, 2]);
      backend.dispose(read);
    }),
    withVariable('two variables made of one value are independent', (backend, variable, aval) => {
      const read = backend.readVariable(variable, aval);
      const other = backend.createVariable({ ...aval, handle: read });
      assign(backend, other, [5, 6]);
      values(backend, read, [1, 2]);
      backend.dispose(read);
      backend.disposeVariable(other);
    }),
    withVariable('assignment from a read of itself', (backend, variable, aval) => {
      const read = backend.readVariable(variable, aval);
      backend.assignVariable(variable, { ...aval, handle: read });
      backend.dispose(read);
      const again = backend.readVariable(variable, aval);
      values(backend, again, [1, 2]);
      backend.dispose(again);
    }),
    ...DTYPES.map((dtype): ConformanceCase => ({
      name: `variables: of dtype ${dtype}`,
      run(backend) {
        if (backend.unsupported('constant', dtype) !== undefined || dtype === 'complex64') return;
        const aval: Aval = { shape: [2], dtype };
        const data = dtype === 'string' ? ['x', 'y'] : numbersToBits([0, 1], dtype);
        const initial = backend.upload(data, [2], dtype);
        const variable = backend.createVariable({ ...aval, handle: initial });
        const read = backend.readVariable(variable, aval);
        assert.deepEqual(backend.download({ ...aval, handle: read }), data);
        backend.dispose(initial);
        backend.dispose(read);
        backend.disposeVariable(variable);
      },
    })),
  ];
}

/** The size of an element is the same on every backend's host side. */
function hostCase(): ConformanceCase {
  return {
    name: 'host data has the size of its dtype',
    run(backend) {
      for (const dtype of DTYPES) {
        if (dtype === 'string' || backend.unsupported('constant', dtype) !== undefined) continue;
        const handle = backend.upload(sample(dtype, 4), [4], dtype);
        const data = backend.download({ handle, shape: [4], dtype }) as NumericArray;
        assert.equal(data.byteLength, 4 * bytesPerElement(dtype), dtype);
        backend.dispose(handle);
      }
    },
  };
}

export const storageCases = (): ConformanceCase[] => [...uploadCases(), ...rowCases(), ...variableCases(), hostCase()];
