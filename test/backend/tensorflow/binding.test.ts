/** The native addon: loading it, and its tensors. */
import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect } from 'chai';
import {
  loadBinding,
  NativeBindingError,
  TF_DTYPE,
  type NativeBinding,
} from '../../../src/backend/tensorflow/binding.js';
import { addon, addonPath, failure, float32, floats, floatVariable, int32, rejection, type Untyped } from './addon.js';
import { attr } from './messages.js';

const { bool, float32: f32, uint8 } = TF_DTYPE;

describe('native addon', () => {
  let binding: NativeBinding;
  let loose: Untyped;

  before(function () {
    binding = addon(this);
    loose = binding as unknown as Untyped;
  });

  describe('loading', () => {
    it('says what to run when the file cannot be loaded', () => {
      const error = failure(() => loadBinding('/nowhere/keras_node.node'));
      expect(error).to.be.instanceOf(NativeBindingError);
      expect(error.message).to.include('/nowhere/keras_node.node').and.include('npx keras-node doctor');
      expect(error.cause).to.be.instanceOf(Error);
    });

    it('refuses a configuration that is no ConfigProto', () => {
      const error = failure(() => loadBinding(addonPath()!, Uint8Array.of(255, 255, 255)));
      expect(error).to.be.instanceOf(NativeBindingError);
      expect(error.cause).to.have.property('code', 'INVALID_ARGUMENT');
    });

    it('takes a configuration', () => {
      const oneThread = Uint8Array.of(2 << 3, 1, 5 << 3, 1); // intra and inter_op_parallelism_threads
      const other = loadBinding(addonPath()!, oneThread);
      expect(other.version()).to.equal(binding.version());
    });

    it('wants initialize() first, and once', () => {
      const module = { exports: {} as NativeBinding };
      process.dlopen(module, addonPath()!);
      const error = failure(() => module.exports.version());
      expect(error).to.have.property('code', 'FAILED_PRECONDITION');
      expect(error.message).to.equal('version: call initialize() first');
      expect(failure(() => binding.initialize()).message).to.include('already called');
    });
  });

  describe('groups of processes', () => {
    it('refuses what is no ServerDef, and an address that is none', () => {
      expect(failure(() => binding.enableCollectives(Uint8Array.of(255, 255)))).to.have.property('code', 'INVALID_ARGUMENT');
      expect(failure(() => binding.enableCollectives(new Uint8Array(), 'host')).message).to.include('cannot be kept to the address "host"');
      expect(failure(() => loose.enableCollectives('bytes')).message).to.equal('enableCollectives: serverDef must be a Uint8Array, got "bytes"');
    });

    it('asks nobody before there is a group', async () => {
      const call = /^\w+: call enableCollectives\(\) first$/;
      expect(failure(() => binding.checkPeers(['/job:worker/task:1'], 10)).message).to.match(call);
      expect(failure(() => binding.watchPeers([], 10, 10)).message).to.match(call);
      expect((await rejection(binding.checkPeersAsync([], 10))).message).to.match(call);
      expect(failure(() => binding.lostPeers()).message).to.equal('lostPeers: call watchPeers() first');
      expect(failure(() => binding.abortCollectives('over')).message).to.equal('abortCollectives: call watchPeers() first');
    });
  });

  describe('what it says about TensorFlow', () => {
    it('version, ops and devices', () => {
      expect(binding.version()).to.match(/^2\.\d+\.\d+/);
      expect(Buffer.from(binding.opDefs()).includes('MatMul')).to.equal(true);
      const [{ name, type }] = binding.devices();
      expect(type).to.equal('CPU');
      expect(binding.memoryInfo(name)).to.equal(null);
      expect(failure(() => binding.memoryInfo('TPU:9'))).to.have.property('code', 'NOT_FOUND');
    });

    it('counts tensors and their bytes', () => {
      const before = binding.counts();
      const ids = [
        float32(binding, [1, 2, 3]),
        binding.createStringTensor([1], ['x']),
        int32(binding, [], [0]),
      ];
      expect(binding.counts()).to.deep.equal({ tensors: before.tensors + 3, bytes: before.bytes + 12 });
      binding.deleteTensors(ids);
      expect(binding.counts()).to.deep.equal(before);
    });

    it('tells V8 of bytes outside of its heap', () => {
      const before = binding.adjustExternalMemory(0);
      // Others may tell it of theirs in between, when garbage is collected.
      expect(binding.adjustExternalMemory(1e9)).to.be.within(before + 0.9e9, before + 1.1e9);
      expect(binding.adjustExternalMemory(-1e9)).to.be.within(before - 0.1e9, before + 0.1e9);
      expect(failure(() => binding.adjustExternalMemory(1.5)).message).to.include('change must be an integer');
    });
  });

  describe('tensors', () => {
    const bytes = Uint8Array.from({ length: 64 }, (_, i) => i % 2);
    const widths = {
      float32: 4,
      float64: 8,
      int32: 4,
      uint8: 1,
      int16: 2,
      int8: 1,
      complex64: 8,
      int64: 8,
      bool: 1,
      bfloat16: 2,
      uint16: 2,
      float16: 2,
      uint32: 4,
      uint64: 8,
    };
    for (const [name, width] of Object.entries(widths)) {
      it(`${name}: bytes in are bytes out`, () => {
        const dtype = TF_DTYPE[name as keyof typeof widths];
        const id = binding.createTensor(dtype, [2, 3], bytes.subarray(0, 6 * width));
        const { device, ...info } = binding.tensorInfo(id);
        expect(info).to.deep.equal({ dtype, shape: [2, 3] });
        expect(device).to.match(/device:(CPU|GPU):0$/);
        expect(new Uint8Array(binding.readTensor(id))).to.deep.equal(bytes.slice(0, 6 * width));
        binding.deleteTensor(id);
      });
    }

    it('copies: writing to the source afterwards does not show', () => {
      const source = Float32Array.of(1, 2);
      const id = binding.createTensor(f32, [2], source);
      source[0] = 9;
      const read = new Float32Array(binding.readTensor(id));
      read[1] = 9;
      expect(floats(binding, id)).to.deep.equal([1, 2]);
    });

    it('takes views with an offset, DataViews, shared memory, scalars and empty tensors', () => {
      const source = Float32Array.of(0, 1, 2, 3);
      expect(floats(binding, binding.createTensor(f32, [2], source.subarray(1, 3)))).to.deep.equal([1, 2]);
      expect(floats(binding, binding.createTensor(f32, [2], new DataView(source.buffer, 8)))).to.deep.equal([
        2, 3,
      ]);
      const shared = new Float32Array(new SharedArrayBuffer(4)).fill(5);
      expect(floats(binding, binding.createTensor(f32, [], shared))).to.deep.equal([5]);
      const empty = binding.createTensor(f32, [2, 0, 3], new Float32Array(0));
      expect(binding.tensorInfo(empty).shape).to.deep.equal([2, 0, 3]);
      expect(binding.readTensor(empty).byteLength).to.equal(0);
    });

    it('makes buffers of zeros, large ones too, and says what is no size', () => {
      for (const size of [0, 1, (1 << 22) + 3]) {
        const bytes = new Uint8Array(binding.makeBuffer(size));
        expect([bytes.length, bytes.every((byte) => byte === 0)]).to.deep.equal([size, true]);
      }
      expect(failure(() => binding.makeBuffer(-1)).message).to.match(/^makeBuffer: size must be /);
      expect(() => binding.makeBuffer(2 ** 52)).to.throw(RangeError, /allocation failed/);
    });

    it('copies large tensors to the last byte, in and out', async () => {
      for (const size of [(1 << 23) - 1, 1 << 23, (1 << 23) + 1, 5 * (1 << 22) + 3]) {
        const data = Uint8Array.from({ length: size }, (_, i) => (i * 7) ^ (i >> 13));
        const id = binding.createTensor(uint8, [size], data);
        for (const read of [binding.readTensor(id), await binding.readTensorAsync(id)]) {
          expect(Buffer.compare(new Uint8Array(read), data)).to.equal(0);
        }
        binding.deleteTensor(id);
      }
    });

    it('makes every byte of a bool 0 or 1', () => {
      const id = binding.createTensor(bool, [4], Uint8Array.of(0, 1, 2, 255));
      expect(new Uint8Array(binding.readTensor(id))).to.deep.equal(Uint8Array.of(0, 1, 1, 1));
    });

    const wrong: [string, unknown[], string][] = [
      ['too few bytes', [f32, [3], new Float32Array(2)], 'shape and dtype need 12 bytes, data has 8'],
      ['a negative dimension', [f32, [-1], new Float32Array(1)], 'shape[0] must be from 0'],
      ['a fraction', [f32, [0.5], new Float32Array(1)], 'shape[0] must be an integer, got 0.5'],
      ['NaN', [f32, [NaN], new Float32Array(1)], 'shape[0] must be an integer, got nan'],
      [
        'a product beyond 64 bits',
        [f32, [2 ** 40, 2 ** 40], new Float32Array(1)],
        'shape has too many elements',
      ],
      [
        'one hidden behind a 0',
        [f32, [0, 2 ** 40, 2 ** 40], new Float32Array(0)],
        'shape has too many elements',
      ],
      ['255 dimensions', [f32, Array(255).fill(1), new Float32Array(1)], 'more than 254 dimensions'],
      ['no array', [f32, 3, new Float32Array(3)], 'shape must be an array, got 3'],
      ['a string dtype', [TF_DTYPE.string, [1], new Uint8Array(8)], 'type of fixed size, got 7'],
      ['a dtype that is none', [99, [1], new Uint8Array(8)], 'type of fixed size, got 99'],
      ['an array as data', [f32, [1], [1]], 'data must be a typed array or DataView, got an array'],
      ['nothing', [], 'dtype must be an integer, got undefined'],
    ];
    for (const [what, args, message] of wrong) {
      it(`createTensor refuses ${what}`, () => {
        const error = failure(() => loose.createTensor(...args));
        expect(error.message).to.include('createTensor: ').and.include(message);
        expect(error).to.have.property('code', 'INVALID_ARGUMENT');
      });
    }

    it('refuses a detached buffer, and passes on what a getter throws', () => {
      const source = new Float32Array(1);
      structuredClone(source.buffer, { transfer: [source.buffer] });
      expect(failure(() => binding.createTensor(f32, [1], source)).message).to.include('data has 0');
      const shape = [1];
      Object.defineProperty(shape, 0, {
        get: () => {
          throw new RangeError('mine');
        },
      });
      expect(failure(() => binding.createTensor(f32, shape, Float32Array.of(1)))).to.be.instanceOf(
        RangeError,
      );
    });

    it('is not fooled by a getter that deletes a tensor on the way', () => {
      const [one, two] = [float32(binding, [1]), float32(binding, [2])];
      const ids = [one, two];
      Object.defineProperty(ids, 0, {
        get: () => {
          binding.deleteTensor(two);
          return one;
        },
      });
      expect(failure(() => binding.readScalars(ids))).to.have.property('code', 'NOT_FOUND');
    });

    it('strings: UTF-8 and raw bytes', () => {
      const values = ['', 'Grüße', Uint8Array.of(0, 255), 'x'.repeat(1000)];
      const id = binding.createStringTensor([2, 2], values);
      const read = binding.readStrings(id).map((item) => Buffer.from(item));
      expect(read).to.deep.equal(values.map((value) => Buffer.from(value as string)));
      expect(failure(() => binding.createStringTensor([3], values)).message).to.include(
        'needs 3 values, got 4',
      );
      expect(failure(() => loose.createStringTensor([1], [1])).message).to.include(
        'values[0] must be a string or',
      );
      expect(failure(() => binding.readTensor(id)).message).to.include('use readStrings');
      expect(failure(() => binding.readStrings(float32(binding, [1]))).message).to.include('dtype is 1');
      expect(binding.readStrings(binding.createStringTensor([0], []))).to.deep.equal([]);
    });

    it('gathers rows', () => {
      const source = Float32Array.from({ length: 12 }, (_, i) => i);
      const indices = Int32Array.of(9, 3, 0, 3, 9);
      const id = binding.gatherRows(f32, [3], source, indices, 1, 3);
      expect(binding.tensorInfo(id).shape).to.deep.equal([3, 3]);
      expect(floats(binding, id)).to.deep.equal([9, 10, 11, 0, 1, 2, 9, 10, 11]);
      const labels = binding.gatherRows(bool, [], Uint8Array.of(0, 7, 1), Int32Array.of(1, 0), 0, 2);
      expect(new Uint8Array(binding.readTensor(labels))).to.deep.equal(Uint8Array.of(1, 0));
      expect(binding.tensorInfo(binding.gatherRows(f32, [0], source, indices, 0, 2)).shape).to.deep.equal([
        2, 0,
      ]);

      const outside = failure(() => binding.gatherRows(f32, [3], source, indices, 0, 2));
      expect(outside).to.have.property('code', 'OUT_OF_RANGE');
      expect(outside.message).to.include('indices[0] is 9, but source has 4 rows');
      expect(failure(() => binding.gatherRows(f32, [3], source, indices, 3, 3)).message).to.include(
        'past its 5 entries',
      );
      expect(failure(() => binding.gatherRows(f32, [5], source, indices, 1, 1)).message).to.include(
        'whole number of rows',
      );
      const negative = Int32Array.of(-1);
      expect(failure(() => binding.gatherRows(f32, [3], source, negative, 0, 1)).message).to.include('is -1');
      expect(failure(() => loose.gatherRows(f32, [3], source, [0], 0, 1)).message).to.include(
        'an Int32Array',
      );
    });

    it('reads scalars of any dtype', () => {
      const make = (dtype: number, data: ArrayBufferView) => binding.createTensor(dtype, [], data);
      const ids = [
        make(f32, Float32Array.of(0.5)),
        make(TF_DTYPE.float64, Float64Array.of(0.1)),
        make(bool, Uint8Array.of(1)),
        make(TF_DTYPE.int64, BigInt64Array.of(-7n)),
        make(TF_DTYPE.uint64, BigUint64Array.of(7n)),
        make(TF_DTYPE.int8, Int8Array.of(-3)),
        make(TF_DTYPE.uint16, Uint16Array.of(65_535)),
        make(TF_DTYPE.uint32, Uint32Array.of(2 ** 32 - 1)),
        make(TF_DTYPE.bfloat16, Uint16Array.of(0xc0a0)),
        ...[0x3c00, 0xc400, 0x0001, 0x03ff, 0x7c00, 0x7e00].map((half) =>
          make(TF_DTYPE.float16, Uint16Array.of(half)),
        ),
        float32(binding, [8], [1, 1]),
      ];
      expect(binding.readScalars(ids)).to.deep.equal([
        0.5,
        0.1,
        1,
        -7,
        7,
        -3,
        65_535,
        2 ** 32 - 1,
        -5,
        1,
        -4,
        2 ** -24,
        1023 * 2 ** -24,
        Infinity,
        NaN,
        8,
      ]);
      expect(failure(() => binding.readScalars([float32(binding, [1, 2])])).message).to.include(
        'got one with 2',
      );
      expect(failure(() => binding.readScalars([binding.createStringTensor([], ['1'])])).message).to.include(
        'not a number',
      );
    });

    it('reads on another thread, even when the tensor is deleted meanwhile', async () => {
      const big = binding.createTensor(f32, [1000, 1000], new Float32Array(1e6).fill(3));
      const reading = Promise.all([binding.readTensorAsync(big), binding.readTensorAsync(big)]);
      binding.deleteTensor(big);
      for (const buffer of await reading)
        expect(new Float32Array(buffer).every((x) => x === 3)).to.equal(true);
      expect(await rejection(binding.readTensorAsync(big))).to.have.property('code', 'NOT_FOUND');
    });

    it('shows tensors where they lie, several times at once, until each is released', async () => {
      const data = Float32Array.from({ length: 1e5 }, (_, i) => i);
      const id = binding.createTensor(f32, [100, 1000], data);
      const [first, second] = [binding.viewTensor(id)!, binding.viewTensor(id)!];
      binding.deleteTensor(id);
      expect(new Float32Array(first)).to.deep.equal(data);
      // What one writes, the other sees: it is one memory.
      new Float32Array(first)[7] = -1;
      expect(new Float32Array(second)[7]).to.equal(-1);
      binding.releaseView(first);
      binding.releaseView(first);
      await turn();
      expect(first.byteLength).to.equal(0);
      expect(new Float32Array(second, 4e4)).to.deep.equal(data.subarray(1e4));
      binding.releaseView(second);
    });

    it('keeps what is shown where collections come between', async () => {
      setFlagsFromString('--expose-gc');
      const gc = runInNewContext('gc') as () => void;
      const data = new Float32Array(1e6).fill(2);
      for (let round = 0; round < 30; round++) {
        const id = binding.createTensor(f32, [1e6], data.fill(round));
        const views = Array.from({ length: 4 }, () => binding.viewTensor(id)!);
        binding.deleteTensor(id);
        // One released, two dropped, and one that stays until the next round's collection.
        binding.releaseView(views[0]);
        const kept = new Float32Array(views[3]);
        views.length = 0;
        gc();
        await turn();
        expect(kept.every((x) => x === round)).to.equal(true);
      }
    });

    it('a variable whose value is shown takes other memory when it is assigned', () => {
      const { variable, assign, read } = floatVariable(binding, [4]);
      binding.execute(assign, variable, float32(binding, [1, 2, 3, 4]));
      const value = binding.execute(read, variable) as number;
      const view = binding.viewTensor(value)!;
      binding.deleteTensor(value);
      const update = binding.prepareOp('ResourceApplyGradientDescent', [['T', attr.type(f32)]], 0);
      binding.execute(update, variable, binding.createTensor(f32, [], Float32Array.of(1)), float32(binding, [1, 1, 1, 1]));
      expect([...new Float32Array(view)]).to.deep.equal([1, 2, 3, 4]);
      expect(floats(binding, binding.execute(read, variable) as number)).to.deep.equal([0, 1, 2, 3]);
      binding.releaseView(view);
    });

    it('shows no strings, nothing of what is empty, and releases no other than buffers', () => {
      expect(binding.viewTensor(binding.createTensor(f32, [0], new Float32Array()))).to.equal(null);
      expect(failure(() => binding.viewTensor(binding.createStringTensor([], ['x']))).message).to.include('holds strings');
      expect(failure(() => binding.releaseView(new Float32Array(1) as never)).message).to.match(/view must be an ArrayBuffer/);
      expect(failure(() => binding.releaseView(new SharedArrayBuffer(1) as never)).message).to.match(/view must be/);
    });

    it('refuses ids of tensors that are not there', () => {
      const gone = float32(binding, [1]);
      binding.deleteTensor(gone);
      for (const call of [
        binding.deleteTensor,
        binding.readTensor,
        binding.viewTensor,
        binding.tensorInfo,
        binding.readStrings,
      ]) {
        const error = failure(() => call(gone));
        expect(error).to.have.property('code', 'NOT_FOUND');
        expect(error.message).to.include(`no tensor has the id ${gone} `);
      }
      for (const id of [NaN, -1, 0.5, 2 ** 31, '1', null, undefined, {}, 1n]) {
        expect(failure(() => loose.deleteTensor(id)).message).to.include(
          'must be the id of a live tensor, got',
        );
      }
    });

    it('deletes several up to the first wrong id', () => {
      const [a, b, c] = [1, 2, 3].map((x) => float32(binding, [x]));
      expect(failure(() => binding.deleteTensors([a, a, b]))).to.have.property('code', 'NOT_FOUND');
      binding.deleteTensors([b, c]);
    });
  });
});
