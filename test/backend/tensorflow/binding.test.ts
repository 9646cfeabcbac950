/** The native addon: every function, its results and its errors. */
import { setImmediate as turn, setTimeout as wait } from 'node:timers/promises';
import { expect } from 'chai';
import { loadBinding, NativeBindingError, TF_DTYPE, type NativeBinding } from '../../../src/backend/tensorflow/binding.js';
import { addon, addonPath, float32, floats, int32, runChild } from './addon.js';
import { attr, functionDef, type Node } from './messages.js';

const ANONYMOUS = 'cd2c89b7-88b7-44c8-ad83-06c2a9158347';
const { bool, float32: f32, int32: i32 } = TF_DTYPE;

describe('native addon', () => {
  let binding: NativeBinding;
  /** The addon without types: what JavaScript may call it with. */
  let loose: Record<string, (...args: unknown[]) => unknown>;
  let add: number;

  before(function () {
    binding = addon(this);
    loose = binding as unknown as typeof loose;
    add = binding.prepareOp('AddV2', [], 1);
  });

  /** Runs `call`, which must fail, and returns its error. */
  function failure(call: () => unknown): Error & { code?: string; op?: string } {
    try {
      call();
    } catch (error) {
      expect(error).to.be.instanceOf(Error);
      return error as Error;
    }
    throw new Error('no error was thrown');
  }

  async function rejection(promise: Promise<unknown>): Promise<Error & { code?: string; op?: string }> {
    const settled = await promise.then(() => undefined, (error: Error) => error);
    expect(settled).to.be.instanceOf(Error);
    return settled!;
  }

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
      const ids = [float32(binding, [1, 2, 3]), binding.createStringTensor([1], ['x']), int32(binding, [], [0])];
      expect(binding.counts()).to.deep.equal({ tensors: before.tensors + 3, bytes: before.bytes + 12 });
      binding.deleteTensors(ids);
      expect(binding.counts()).to.deep.equal(before);
    });
  });

  describe('tensors', () => {
    const bytes = Uint8Array.from({ length: 64 }, (_, i) => i % 2);
    const widths = {
      float32: 4, float64: 8, int32: 4, uint8: 1, int16: 2, int8: 1, complex64: 8, int64: 8, bool: 1, bfloat16: 2,
      uint16: 2, float16: 2, uint32: 4, uint64: 8,
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
      expect(floats(binding, binding.createTensor(f32, [2], new DataView(source.buffer, 8)))).to.deep.equal([2, 3]);
      const shared = new Float32Array(new SharedArrayBuffer(4)).fill(5);
      expect(floats(binding, binding.createTensor(f32, [], shared))).to.deep.equal([5]);
      const empty = binding.createTensor(f32, [2, 0, 3], new Float32Array(0));
      expect(binding.tensorInfo(empty).shape).to.deep.equal([2, 0, 3]);
      expect(binding.readTensor(empty).byteLength).to.equal(0);
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
      ['a product beyond 64 bits', [f32, [2 ** 40, 2 ** 40], new Float32Array(1)], 'shape has too many elements'],
      ['one hidden behind a 0', [f32, [0, 2 ** 40, 2 ** 40], new Float32Array(0)], 'shape has too many elements'],
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
      Object.defineProperty(shape, 0, { get: () => { throw new RangeError('mine'); } });
      expect(failure(() => binding.createTensor(f32, shape, Float32Array.of(1)))).to.be.instanceOf(RangeError);
    });

    it('is not fooled by a getter that deletes a tensor on the way', () => {
      const [one, two] = [float32(binding, [1]), float32(binding, [2])];
      const ids = [one, two];
      Object.defineProperty(ids, 0, { get: () => { binding.deleteTensor(two); return one; } });
      expect(failure(() => binding.readScalars(ids))).to.have.property('code', 'NOT_FOUND');
    });

    it('strings: UTF-8 and raw bytes', () => {
      const values = ['', 'Grüße', Uint8Array.of(0, 255), 'x'.repeat(1000)];
      const id = binding.createStringTensor([2, 2], values);
      const read = binding.readStrings(id).map((item) => Buffer.from(item));
      expect(read).to.deep.equal(values.map((value) => Buffer.from(value as string)));
      expect(failure(() => binding.createStringTensor([3], values)).message).to.include('needs 3 values, got 4');
      expect(failure(() => loose.createStringTensor([1], [1])).message).to.include('values[0] must be a string or');
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
      expect(binding.tensorInfo(binding.gatherRows(f32, [0], source, indices, 0, 2)).shape).to.deep.equal([2, 0]);

      const outside = failure(() => binding.gatherRows(f32, [3], source, indices, 0, 2));
      expect(outside).to.have.property('code', 'OUT_OF_RANGE');
      expect(outside.message).to.include('indices[0] is 9, but source has 4 rows');
      expect(failure(() => binding.gatherRows(f32, [3], source, indices, 3, 3)).message).to.include('past its 5 entries');
      expect(failure(() => binding.gatherRows(f32, [5], source, indices, 1, 1)).message).to.include('whole number of rows');
      const negative = Int32Array.of(-1);
      expect(failure(() => binding.gatherRows(f32, [3], source, negative, 0, 1)).message).to.include('is -1');
      expect(failure(() => loose.gatherRows(f32, [3], source, [0], 0, 1)).message).to.include('an Int32Array');
    });

    it('reads scalars of any dtype', () => {
      const make = (dtype: number, data: ArrayBufferView) => binding.createTensor(dtype, [], data);
      const ids = [
        make(f32, Float32Array.of(0.5)), make(TF_DTYPE.float64, Float64Array.of(0.1)), make(bool, Uint8Array.of(1)),
        make(TF_DTYPE.int64, BigInt64Array.of(-7n)), make(TF_DTYPE.uint64, BigUint64Array.of(7n)),
        make(TF_DTYPE.int8, Int8Array.of(-3)), make(TF_DTYPE.uint16, Uint16Array.of(65_535)),
        make(TF_DTYPE.uint32, Uint32Array.of(2 ** 32 - 1)), make(TF_DTYPE.bfloat16, Uint16Array.of(0xc0a0)),
        ...[0x3c00, 0xc400, 0x0001, 0x03ff, 0x7c00, 0x7e00].map((half) => make(TF_DTYPE.float16, Uint16Array.of(half))),
        float32(binding, [8], [1, 1]),
      ];
      expect(binding.readScalars(ids)).to.deep.equal([
        0.5, 0.1, 1, -7, 7, -3, 65_535, 2 ** 32 - 1, -5, 1, -4, 2 ** -24, 1023 * 2 ** -24, Infinity, NaN, 8,
      ]);
      expect(failure(() => binding.readScalars([float32(binding, [1, 2])])).message).to.include('got one with 2');
      expect(failure(() => binding.readScalars([binding.createStringTensor([], ['1'])])).message).to.include('not a number');
    });

    it('reads on another thread, even when the tensor is deleted meanwhile', async () => {
      const big = binding.createTensor(f32, [1000, 1000], new Float32Array(1e6).fill(3));
      const reading = Promise.all([binding.readTensorAsync(big), binding.readTensorAsync(big)]);
      binding.deleteTensor(big);
      for (const buffer of await reading) expect(new Float32Array(buffer).every((x) => x === 3)).to.equal(true);
      expect(await rejection(binding.readTensorAsync(big))).to.have.property('code', 'NOT_FOUND');
    });

    it('refuses ids of tensors that are not there', () => {
      const gone = float32(binding, [1]);
      binding.deleteTensor(gone);
      for (const call of [binding.deleteTensor, binding.readTensor, binding.tensorInfo, binding.readStrings]) {
        const error = failure(() => call(gone));
        expect(error).to.have.property('code', 'NOT_FOUND');
        expect(error.message).to.include(`no tensor has the id ${gone} `);
      }
      for (const id of [NaN, -1, 0.5, 2 ** 31, '1', null, undefined, {}, 1n]) {
        expect(failure(() => loose.deleteTensor(id)).message).to.include('must be the id of a live tensor, got');
      }
    });

    it('deletes several up to the first wrong id', () => {
      const [a, b, c] = [1, 2, 3].map((x) => float32(binding, [x]));
      expect(failure(() => binding.deleteTensors([a, a, b]))).to.have.property('code', 'NOT_FOUND');
      binding.deleteTensors([b, c]);
    });
  });

  describe('ops', () => {
    it('gives an id, an array or nothing, as many as there are outputs', () => {
      const x = float32(binding, [1, 2, 3, 4]);
      expect(floats(binding, binding.execute(add, x, x) as number)).to.deep.equal([2, 4, 6, 8]);
      const split = binding.prepareOp('Split', [['num_split', attr.int(2)]], 2);
      const halves = binding.execute(split, int32(binding, [0], []), x) as number[];
      expect(halves.map((id) => floats(binding, id))).to.deep.equal([[1, 2], [3, 4]]);
      expect(binding.execute(binding.prepareOp('NoOp', [], 0))).to.equal(undefined);
    });

    it('takes many inputs', () => {
      const ids = Array.from({ length: 100 }, () => float32(binding, [1]));
      const sum = binding.prepareOp('AddN', [['N', attr.int(100)], ['T', attr.type(f32)]], 1);
      expect(floats(binding, binding.execute(sum, ...ids) as number)).to.deep.equal([100]);
    });

    it('runs on the device it is told', () => {
      const [{ name }] = binding.devices();
      const op = binding.prepareOp('Neg', [], 1, name);
      expect(floats(binding, binding.execute(op, float32(binding, [1])) as number)).to.deep.equal([-1]);
      expect(failure(() => binding.prepareOp('Neg', [], 1, 'no device at all'))).to.have.property('op', 'Neg');
    });

    it('names the op and the kind of error', () => {
      const matMul = binding.prepareOp('MatMul', [], 1);
      const vector = float32(binding, [1, 2]);
      const error = failure(() => binding.execute(matMul, vector, vector));
      expect(error).to.include({ code: 'INVALID_ARGUMENT', op: 'MatMul' });
      // The op is as good as new afterwards.
      const one = float32(binding, [3], [1, 1]);
      expect(floats(binding, binding.execute(matMul, one, one) as number)).to.deep.equal([9]);
    });

    const wrong: [string, () => unknown, string][] = [
      ['an unknown op', () => binding.prepareOp('Nope', [], 1), 'no op and no added function is named "Nope"'],
      ['an unknown attribute', () => binding.prepareOp('Cast', [['to', attr.type(1)]], 1),
        'attribute to is not an attribute of this op; it has DstT, SrcT, Truncate'],
      ['an attribute of another kind', () => binding.prepareOp('Cast', [['DstT', attr.int(1)]], 1),
        'attribute DstT must hold a value of kind type'],
      ['an item for a list', () => binding.prepareOp('Conv2D', [['strides', attr.int(1)]], 1), 'kind list(int)'],
      ['a list of other items', () => binding.prepareOp('Conv2D', [['strides', attr.types([1])]], 1), 'items of field 6'],
      ['an empty attribute', () => binding.prepareOp('Cast', [['DstT', new Uint8Array(0)]], 1), 'AttrValue is empty'],
      ['broken attribute bytes', () => binding.prepareOp('Cast', [['DstT', Uint8Array.of(0x32, 200)]], 1), 'do not parse'],
      ['an attribute without value', () => loose.prepareOp('Cast', [['DstT']], 1), 'attrs[0] must be a pair'],
      ['a negative number of outputs', () => binding.prepareOp('Neg', [], -1), 'outputs must be from 0'],
      ['a name with NUL', () => binding.prepareOp('Neg\0', [], 1), 'NUL'],
      ['too few inputs', () => binding.execute(add, float32(binding, [1])), 'AddV2 takes 2 inputs, got 1'],
      ['too many inputs', () => binding.execute(add, ...Array<number>(3).fill(float32(binding, [1]))), 'takes 2 inputs, got 3'],
      ['a dead input', () => binding.execute(add, 1e9, 1e9), 'no tensor has the id 1000000000'],
      ['no op', () => loose.execute(), 'op must be the id that prepareOp gave'],
      ['a tensor id as op', () => binding.execute(2 ** 30, 1), `no prepared op has the id ${2 ** 30}`],
      ['too few outputs', () => binding.execute(binding.prepareOp('AddV2', [], 0), ...pair()), 'Expecting 1 outputs'],
      ['too many outputs', () => binding.execute(binding.prepareOp('AddV2', [], 2), ...pair()),
        'AddV2 has 1 outputs, but was prepared with 2'],
      ['dtypes that do not match', () => binding.execute(add, float32(binding, [1]), int32(binding, [1])), 'AddV2'],
    ];
    const pair = (): [number, number] => [float32(binding, [1]), float32(binding, [1])];
    for (const [what, call, message] of wrong) {
      it(`refuses ${what}`, () => {
        const error = failure(call);
        expect(error.message).to.include(message);
        expect(error.code).to.be.oneOf(['INVALID_ARGUMENT', 'NOT_FOUND']);
      });
    }

    it('refuses inputs on which TensorFlow would abort the process', () => {
      const window: [string, Uint8Array][] = [['strides', attr.ints([1, 1, 1, 1])], ['padding', attr.string('SAME')]];
      const conv = binding.prepareOp('Conv2D', window, 1);
      const [image, filter] = [float32(binding, [1, 2], [1, 2, 1]), float32(binding, [1], [1, 1, 1, 1])];
      expect(failure(() => binding.execute(conv, image, filter)).message).to.include('input 0 must be of rank 4, got rank 3');
      const pool = binding.prepareOp('AvgPoolGrad', [...window, ['ksize', attr.ints([1, 1, 1, 1])]], 1);
      expect(failure(() => binding.execute(pool, int32(binding, [1, 2, 3]), filter)).message)
        .to.include('input 0 must be a vector of 4 sizes, got a vector of 3');
      const scatter = binding.prepareOp('ScatterNd', [], 1);
      expect(failure(() => binding.execute(scatter, int32(binding, [0], [1, 1, 1]), float32(binding, [1]), int32(binding, [2])))
        .message).to.include('updates');
    });

    it('forgets released ops', () => {
      const op = binding.prepareOp('Neg', [], 1);
      binding.releaseOp(op);
      expect(failure(() => binding.execute(op, float32(binding, [1])))).to.have.property('code', 'NOT_FOUND');
      expect(failure(() => binding.releaseOp(op))).to.have.property('code', 'NOT_FOUND');
    });

    it('shares tensors with the functions of tfjs', () => {
      const tfjs = binding.tfjs as {
        executeOp(name: string, attrs: object[], inputs: number[], outputs: number): { id: number }[];
        deleteTensor(id: number): void;
        TF_ATTR_TYPE: number;
      };
      const before = binding.counts();
      const x = float32(binding, [1, 2]);
      const attrs = [{ name: 'T', type: tfjs.TF_ATTR_TYPE, value: f32 }];
      const [{ id }] = tfjs.executeOp('AddV2', attrs, [x, x], 1);
      expect(floats(binding, binding.execute(add, id, x) as number)).to.deep.equal([3, 6]);
      expect(binding.counts()).to.deep.equal({ tensors: before.tensors + 3, bytes: before.bytes + 24 });
      tfjs.deleteTensor(x);
      expect(binding.counts()).to.deep.equal({ tensors: before.tensors + 2, bytes: before.bytes + 16 });
      expect(failure(() => binding.deleteTensor(x))).to.have.property('code', 'NOT_FOUND');
    });
  });

  describe('work on other threads', () => {
    it('gives the same results', async () => {
      const x = float32(binding, [1, 2]);
      const [sum] = await binding.executeAsync(add, [x, x]);
      expect(floats(binding, sum)).to.deep.equal([2, 4]);
      expect(await binding.executeAsync(binding.prepareOp('NoOp', [], 0), [])).to.deep.equal([]);
    });

    it('runs many at once, whose inputs and op are gone meanwhile', async () => {
      const before = binding.counts().tensors;
      const runs = Array.from({ length: 200 }, (_, i) => {
        const op = binding.prepareOp('AddV2', [], 1);
        const x = float32(binding, [i]);
        const run = binding.executeAsync(op, [x, x]);
        binding.deleteTensor(x);
        binding.releaseOp(op);
        return run;
      });
      const results = (await Promise.all(runs)).flat();
      expect(binding.readScalars(results)).to.deep.equal(Array.from({ length: 200 }, (_, i) => 2 * i));
      binding.deleteTensors(results);
      expect(binding.counts().tensors).to.equal(before);
    });

    it('rejects with the errors that execute throws', async () => {
      const x = float32(binding, [1, 2]);
      const failed = await rejection(binding.executeAsync(binding.prepareOp('MatMul', [], 1), [x, x]));
      expect(failed).to.include({ code: 'INVALID_ARGUMENT', op: 'MatMul' });
      expect((await rejection(binding.executeAsync(add, [x]))).message).to.include('takes 2 inputs, got 1');
      expect((await rejection(loose.executeAsync(add, 'x') as Promise<unknown>)).message).to.include('inputs must be an array');
      expect((await rejection(binding.executeAsync(add, [x, x], 2 ** 20))).message).to.include('no cancellation');
      expect((await rejection(binding.executeAsync(2 ** 20, []))).message).to.include('no prepared op');
    });

    it('leaves the event loop free', async () => {
      const op = addEndlessLoop();
      const cancellation = binding.createCancellation();
      let ticks = 0;
      const timer = setInterval(() => ticks++, 1);
      const run = rejection(binding.executeAsync(op, [int32(binding, [1], [])], cancellation));
      await wait(200);
      binding.cancel(cancellation);
      expect(await run).to.have.property('code', 'CANCELLED');
      clearInterval(timer);
      expect(ticks).to.be.greaterThan(50);
    });

    it('cancels: what runs, what comes after, and only what it was given to', async () => {
      const op = addEndlessLoop();
      const one = int32(binding, [1], []);
      const [first, second] = [binding.createCancellation(), binding.createCancellation()];
      const runs = [binding.executeAsync(op, [one], first), binding.executeAsync(op, [one], first)].map(rejection);
      const other = rejection(binding.executeAsync(op, [one], second));
      let ended = false;
      void other.then(() => { ended = true; });
      await turn();
      binding.cancel(first);
      for (const error of await Promise.all(runs)) expect(error).to.have.property('code', 'CANCELLED');
      expect(await rejection(binding.executeAsync(add, [one, one], first))).to.have.property('code', 'CANCELLED');
      expect(ended).to.equal(false);
      binding.cancel(second);
      binding.releaseCancellation(second);
      expect(await other).to.have.property('code', 'CANCELLED');
      binding.releaseCancellation(first);
      for (const call of [binding.cancel, binding.releaseCancellation]) {
        expect(failure(() => call(first))).to.have.property('code', 'NOT_FOUND');
      }
    });

    /** A prepared `While` that ends only when it is cancelled. */
    function addEndlessLoop(): number {
      const loop = (name: string, output: number, op: string) => binding.addFunction(functionDef({
        name, inputs: { i: i32 }, outputs: { o: output },
        nodes: [{ name: 'n', op, input: ['i', 'i'], attrs: { T: attr.type(i32) } }], ret: { o: 'n:z:0' },
      }));
      loop('test_always', bool, 'GreaterEqual');
      loop('test_twice', i32, 'AddV2');
      return binding.prepareOp('While', [
        ['T', attr.types([i32])], ['cond', attr.func('test_always')], ['body', attr.func('test_twice')],
      ], 1);
    }
  });

  describe('functions', () => {
    const unary = (name: string, node: Node, ret = 'n:z:0') =>
      functionDef({ name, inputs: { x: f32 }, outputs: { y: f32 }, nodes: [node], ret: { y: ret } });
    const arithmetic = (op: string): Node => ({ name: 'n', op, input: ['x', 'x'], attrs: { T: attr.type(f32) } });
    const calling = (name: string): Node => ({
      name: 'n', op: 'StatefulPartitionedCall', input: ['x'],
      attrs: { Tin: attr.types([f32]), Tout: attr.types([f32]), f: attr.func(name) },
    });

    it('are run like ops, also by each other', async () => {
      expect(binding.addFunction(unary('test_double', arithmetic('AddV2')))).to.equal('test_double');
      binding.addFunction(unary('test_call', calling('test_double'), 'n:output:0'));
      const op = binding.prepareOp('test_call', [], 1);
      const x = float32(binding, [3]);
      expect(floats(binding, binding.execute(op, x) as number)).to.deep.equal([6]);
      expect(floats(binding, (await binding.executeAsync(op, [x]))[0])).to.deep.equal([6]);
      expect(failure(() => binding.execute(op, x, x)).message).to.include('takes 1 inputs, got 2');
    });

    it('can be replaced, also behind a prepared op', () => {
      const x = float32(binding, [3]);
      binding.addFunction(unary('test_replaced', arithmetic('AddV2')));
      const op = binding.prepareOp('test_replaced', [], 1);
      expect(floats(binding, binding.execute(op, x) as number)).to.deep.equal([6]);
      const other = unary('test_replaced', arithmetic('Mul'));
      expect(failure(() => binding.addFunction(other)).message).to.include('test_replaced');
      binding.removeFunction('test_replaced');
      expect(failure(() => binding.execute(op, x))).to.have.property('code', 'NOT_FOUND');
      binding.addFunction(other);
      expect(floats(binding, binding.execute(op, x) as number)).to.deep.equal([9]);
    });

    it('may be added more than once, and then removed as often', () => {
      const bytes = unary('test_counted', arithmetic('AddV2'));
      binding.addFunction(bytes);
      binding.addFunction(bytes);
      const op = binding.prepareOp('test_counted', [], 1);
      binding.removeFunction('test_counted');
      expect(floats(binding, binding.execute(op, float32(binding, [1])) as number)).to.deep.equal([2]);
      binding.removeFunction('test_counted');
      expect(failure(() => binding.removeFunction('test_counted'))).to.have.property('code', 'NOT_FOUND');
    });

    it('must not call themselves', () => {
      expect(failure(() => binding.addFunction(unary('test_self', calling('test_self')))).message).to.include('calls itself');
      const direct: Node = { name: 'n', op: 'test_self', input: ['x'] };
      expect(failure(() => binding.addFunction(unary('test_self', direct))).message).to.include('calls itself');
      binding.addFunction(unary('test_ping', calling('test_pong'), 'n:output:0'));
      expect(failure(() => binding.addFunction(unary('test_pong', calling('test_ping')))).message).to.include('calls itself');
      // Not a circle, though the name comes up twice.
      binding.addFunction(unary('test_pong', arithmetic('AddV2')));
      const op = binding.prepareOp('test_ping', [], 1);
      expect(floats(binding, binding.execute(op, float32(binding, [1])) as number)).to.deep.equal([2]);
    });

    it('that are malformed are refused, at the latest when they run', () => {
      for (const bytes of [new Uint8Array(0), Uint8Array.of(1, 2, 3), new Uint8Array(100).fill(255)]) {
        expect(failure(() => binding.addFunction(bytes)).message).to.include('no FunctionDef');
      }
      expect(failure(() => binding.addFunction(functionDef({ name: 'AddV2' }))).message).to.include('AddV2');
      binding.addFunction(unary('test_unknown_op', arithmetic('NoSuchOp')));
      binding.addFunction(unary('test_no_result', arithmetic('AddV2'), 'elsewhere:z:0'));
      binding.addFunction(unary('test_missing', calling('test_nowhere'), 'n:output:0'));
      for (const name of ['test_unknown_op', 'test_no_result', 'test_missing']) {
        const error = failure(() => binding.execute(binding.prepareOp(name, [], 1), float32(binding, [1])));
        expect(error).to.have.property('op', name);
      }
    });
  });

  describe('variables', () => {
    it('keep a value until their handle is deleted', () => {
      const type = attr.type(f32);
      const make = binding.prepareOp('VarHandleOp',
        [['dtype', type], ['shape', attr.shape([2])], ['shared_name', attr.string(ANONYMOUS)]], 1);
      const assign = binding.prepareOp('AssignVariableOp', [['dtype', type]], 0);
      const read = binding.prepareOp('ReadVariableOp', [['dtype', type]], 1);
      const [one, two] = [binding.execute(make) as number, binding.execute(make) as number];
      binding.execute(assign, one, float32(binding, [1, 2]));
      binding.execute(assign, two, float32(binding, [3, 4]));
      const before = binding.execute(read, one) as number;
      binding.execute(assign, one, float32(binding, [5, 6]));
      expect(floats(binding, binding.execute(read, one) as number)).to.deep.equal([5, 6]);
      expect(floats(binding, binding.execute(read, two) as number)).to.deep.equal([3, 4]);
      expect(binding.tensorInfo(one)).to.include({ dtype: TF_DTYPE.resource });
      binding.deleteTensors([one, two]);
      expect(floats(binding, before)).to.deep.equal([1, 2]);
      expect(failure(() => binding.execute(read, one))).to.have.property('code', 'NOT_FOUND');
    });
  });

  describe('in a process of its own', () => {
    const run = async (test: Mocha.Context, scenario: string) => {
      const path = addonPath();
      if (path === undefined) test.skip();
      const ending = await runChild('scenario-child.ts', [path!, scenario]);
      expect(ending.signal, ending.stderr).to.equal(null);
      return ending;
    };

    const codes = { 'exit while an op runs': 7, 'exit before an op has started': 8, 'throw while an op runs': 1 };
    for (const [scenario, expected] of Object.entries(codes)) {
      it(`${scenario}: neither crash nor hang`, async function () {
        const { code, stderr } = await run(this, scenario);
        expect(code, stderr).to.equal(expected);
      });
    }

    // What one run leaves behind, summed up: 400 MB, 40 MB, 200 MB, 300 MB and more, if it were kept.
    const megabytes = {
      'create, execute and delete': 10, 'fail to execute': 10, 'make strings': 80, 'make variables': 20, 'prepare and release': 10,
    };
    for (const [scenario, most] of Object.entries(megabytes)) {
      it(`${scenario}: memory stays flat`, async function () {
        const { code, stdout, stderr } = await run(this, scenario);
        expect(code, stderr).to.equal(0);
        expect(Number(stdout)).to.be.lessThan(most);
      });
    }

    const workers = {
      'a worker returns': ['2,4', 'ended with 0'],
      'a worker exits while ops run': ['2,4', 'ended with 3'],
      'a worker is stopped while ops run': ['2,4', 'stop me', 'ended with 1'],
    };
    for (const [scenario, lines] of Object.entries(workers)) {
      it(`${scenario}: the rest goes on`, async function () {
        const { code, stdout, stderr } = await run(this, scenario);
        expect(stdout.trim().split('\n'), stderr).to.deep.equal(lines);
        expect(code).to.equal(0);
      });
    }

    it('four workers at once', async function () {
      const { stdout, stderr } = await run(this, 'four workers at once');
      const ends = stdout.split('\n').filter((line) => line.startsWith('ended')).toSorted();
      expect(ends, stderr).to.deep.equal(['ended with 0', 'ended with 0', 'ended with 1', 'ended with 3']);
    });

    it('writes nothing to stderr by itself', async function () {
      const { stderr } = await run(this, 'prepare and release');
      expect(stderr).to.equal('');
    });
  });
});
