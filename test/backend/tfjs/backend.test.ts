import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { createCpuBackend, createWasmBackend, UnsupportedError } from '../../../src/backend/tfjs/index.js';
import { bundled } from '../../support/bundled.js';

const entry = fileURLToPath(new URL('../../../src/backend/tfjs/index.ts', import.meta.url));
const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Starts a backend in a process of its own, where nothing has been loaded yet. */
function inNewProcess(code: string): { stdout: string; stderr: string } {
  const script = `import { createWasmBackend, createCpuBackend } from ${JSON.stringify(bundled(entry))};\n${code}`;
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { cwd: root, encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  return { stdout, stderr };
}

describe('wasm and cpu backends', () => {
  for (const create of ['createWasmBackend', 'createCpuBackend']) {
    it(`${create} is ready when it returns, prints nothing and leaves the process's events alone`, () => {
      const { stdout, stderr } = inNewProcess(`
        const before = ['uncaughtException', 'unhandledRejection', 'exit'].map((event) => process.listenerCount(event)).join();
        const backend = ${create}();
        const x = { handle: backend.upload(new Float32Array(2000).fill(2), [2000], 'float32'), shape: [2000], dtype: 'float32' };
        const [y] = backend.execute('multiply', [x, x], {}, [x]);
        const value = backend.download({ ...x, handle: y })[1999];
        const after = ['uncaughtException', 'unhandledRejection', 'exit'].map((event) => process.listenerCount(event)).join();
        console.log(value, before === after);`);
      assert.equal(stdout, '4 true\n');
      assert.equal(stderr, '');
    });
  }

  it('tfjs is loaded when a backend is made, not before', () => {
    const { stdout } = inNewProcess(`
      console.log(typeof globalThis._tfengine, typeof createWasmBackend);
      createCpuBackend();
      console.log(typeof globalThis._tfengine);`);
    assert.equal(stdout, 'undefined function\nobject\n');
  });

  it('a program that uses tfjs itself shares the WebAssembly module', async () => {
    const backend = createWasmBackend();
    const tf = createRequire(import.meta.url)('@tensorflow/tfjs-core') as typeof import('@tensorflow/tfjs-core');
    await tf.setBackend('wasm');
    const theirs = tf.add(tf.tensor1d([1, 2]), tf.tensor1d([3, 4]));
    const x = { handle: backend.upload(Float32Array.of(5, 6), [2], 'float32'), shape: [2], dtype: 'float32' } as const;
    const [y] = backend.execute('add', [x, x], {}, [x]);
    assert.deepEqual(await theirs.data(), Float32Array.of(4, 6));
    assert.deepEqual(backend.download({ ...x, handle: y }), Float32Array.of(10, 12));
    backend.dispose(y);
    backend.dispose(x.handle);
  });

  it('a dtype that is not there is refused with what to use instead', () => {
    const backend = createWasmBackend();
    assert.throws(() => backend.upload(new Float64Array(1), [1], 'float64'), (error: unknown) => {
      assert.ok(error instanceof UnsupportedError);
      assert.match(error.message, /shape \[1\] and dtype float64: the wasm backend .* use float32, or the tensorflow backend/);
      return true;
    });
    assert.equal(backend.unsupported('add', 'int64')?.includes('use int32'), true);
    assert.equal(backend.unsupported('add', 'bfloat16'), undefined);
    assert.equal(backend.unsupported('gather', 'string'), undefined);
    assert.match(backend.unsupported('add', 'string')!, /strings can be moved and compared/);
  });

  it('a tensor that does not fit into WebAssembly is an error that says so, and the others stay whole', () => {
    const backend = createWasmBackend();
    const before = backend.memory();
    const big = { shape: [1_200_000_000], dtype: 'float32' } as const;
    assert.throws(() => backend.execute('full', [], { value: 1, ...big }, [big]),
      /Out of memory: WebAssembly's 4 GB have no room for a tensor of 4800000000 bytes more\. Use smaller batches/);
    assert.deepEqual(backend.memory(), before);
  });

  it('values stay whole while the memory grows', () => {
    const backend = createWasmBackend();
    const shape = [3_000_000];
    const data = Float32Array.from({ length: shape[0] }, (_, i) => i % 1000);
    const made = [{ handle: backend.upload(data, shape, 'float32'), shape, dtype: 'float32' as const }];
    for (let i = 0; i < 8; i++) {
      const last = made[made.length - 1];
      const [sum] = backend.execute('add', [last, made[0]], {}, [{ shape, dtype: 'float32' }]);
      const [reversed] = backend.execute('reverse', [{ ...last, handle: sum }], { axes: [0] }, [{ shape, dtype: 'float32' }]);
      backend.dispose(sum);
      made.push({ ...last, handle: reversed });
    }
    const values = backend.download(made[8]) as Float32Array;
    // Each round adds the first array and reverses, so that the two directions alternate.
    for (const i of [0, 1, 999, 1_500_000, 2_999_999]) {
      assert.equal(values[i], 5 * data[i] + 4 * data[shape[0] - 1 - i]);
    }
    for (const { handle } of made) backend.dispose(handle);
  });

  it('a second dispose does nothing', () => {
    const backend = createCpuBackend();
    const before = backend.memory();
    const x = backend.upload(Float32Array.of(1), [1], 'float32');
    backend.dispose(x);
    backend.dispose(x);
    assert.deepEqual(backend.memory(), before);
  });

  it('an index outside of the axis is an error that names it', () => {
    const backend = createCpuBackend();
    const x = { handle: backend.upload(Float32Array.of(1, 2), [2], 'float32'), shape: [2], dtype: 'float32' } as const;
    const i = { handle: backend.upload(Int32Array.of(2), [1], 'int32'), shape: [1], dtype: 'int32' } as const;
    assert.throws(() => backend.execute('gather', [x, i], { axis: 0, batchDims: 0 }, [{ shape: [1], dtype: 'float32' }]),
      /gather: index 2 is outside of an axis of length 2/);
    backend.dispose(x.handle);
    backend.dispose(i.handle);
  });
});
