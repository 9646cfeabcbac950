/** The native addon: ops that are run one after the other in one call. */
import { expect } from 'chai';
import type { NativeBinding } from '../../../src/backend/tensorflow/binding.js';
import { addon, failure, float32, floats, floatVariable, int32, rejection, type Untyped } from './addon.js';
import { attr, functionDef } from './messages.js';

const FLOAT = 1;

describe('native addon: sequences', () => {
  let binding: NativeBinding;
  let loose: Untyped;
  let add: number;
  let multiply: number;

  before(function () {
    binding = addon(this);
    loose = binding as unknown as Untyped;
    add = binding.prepareOp('AddV2', [], 1);
    multiply = binding.prepareOp('Mul', [], 1);
  });

  /** (x + y) * x. */
  const product = (): number => binding.prepareSequence(2, [[add, [0, 1], 0], [multiply, [2, 0], 0]], [3]);

  it('runs here and on another thread, and leaves no tensors but its results', async () => {
    const sequence = product();
    const [x, y] = [float32(binding, [2, 3]), float32(binding, [10, 20])];
    const before = binding.counts().tensors;
    const made = [binding.runSequence(sequence, x, y) as number, ...await binding.runSequenceAsync(sequence, [x, y])];
    for (const id of made) expect(floats(binding, id)).to.deep.equal([24, 69]);
    expect(binding.counts().tensors).to.equal(before + 2);
    binding.releaseSequence(sequence);
  });

  it('runs several at once, with tensors that are deleted and when it is released meanwhile', async () => {
    const sequence = product();
    const runs = Array.from({ length: 12 }, (_, i) => {
      const [x, y] = [float32(binding, [i]), float32(binding, [1])];
      const run = binding.runSequenceAsync(sequence, [x, y], undefined, i % 3 === 0 ? 1 : undefined);
      binding.deleteTensors([x, y]);
      return run;
    });
    binding.releaseSequence(sequence);
    const made = await Promise.all(runs);
    expect(made.map(([id]) => floats(binding, id)[0])).to.deep.equal(made.map((_, i) => (i + 1) * i));
    expect(failure(() => binding.runSequence(sequence)).message).to.include(`no sequence has the id ${sequence}`);
  });

  it('gives arguments, what it keeps, and a result several times', () => {
    const constant = binding.prepareOp('Neg', [], 1);
    const sequence = binding.prepareSequence(2, [[constant, [1], 1], [add, [0, 2], 0]], [0, 3, 2, 3]);
    const [x, y] = [float32(binding, [5]), float32(binding, [1])];
    for (let i = 0; i < 2; i++) {
      const made = binding.runSequence(sequence, x, y) as number[];
      expect(made.map((id) => floats(binding, id)[0])).to.deep.equal([5, 4, -1, 4]);
      expect(new Set([...made, x, y])).to.have.property('size', 6);
      binding.deleteTensors(made);
    }
    expect(floats(binding, x)).to.deep.equal([5]);
  });

  it('computes what is kept in the first run alone', () => {
    const { variable, assign, read } = floatVariable(binding, [1]);
    binding.execute(assign, variable, float32(binding, [3]));
    const kept = binding.prepareSequence(2, [[read, [1], 1], [add, [0, 2], 0]], [3]);
    const fresh = binding.prepareSequence(2, [[read, [1], 0], [add, [0, 2], 0]], [3]);
    const x = float32(binding, [1]);
    const run = (sequence: number): number => floats(binding, binding.runSequence(sequence, x, variable) as number)[0];
    expect([run(kept), run(fresh)]).to.deep.equal([4, 4]);
    binding.execute(assign, variable, float32(binding, [7]));
    expect([run(kept), run(fresh)]).to.deep.equal([4, 8]);
    // Steps that give nothing run in their order.
    const update = binding.prepareSequence(2, [[assign, [1, 0], 0], [read, [1], 0], [add, [0, 2], 0]], [3]);
    expect(run(update)).to.equal(2);
  });

  it('keeps nothing large, nor what is made of it', () => {
    const size = (16 << 20) / 4;
    for (const [length, isKept] of [[size, true], [size + 1, false]] as const) {
      const { variable, assign, read } = floatVariable(binding, [length]);
      const sum = binding.prepareOp('Sum', [], 1);
      const sequence = binding.prepareSequence(2, [[read, [0], 1], [sum, [2, 1], 1]], [3]);
      const axis = int32(binding, [0]);
      const seen = [1, 2].map((value) => {
        const filled = binding.createTensor(FLOAT, [length], new Float32Array(length).fill(value));
        binding.execute(assign, variable, filled);
        const [made] = floats(binding, binding.runSequence(sequence, variable, axis) as number);
        binding.deleteTensor(filled);
        return Math.round(made / length);
      });
      expect(seen, `${length}`).to.deep.equal(isKept ? [1, 1] : [1, 2]);
      binding.deleteTensor(variable);
      binding.releaseSequence(sequence);
    }
  });

  it('runs rows as TensorFlow runs them', () => {
    const program: Record<string, number[]> = {
      // One step of three rows of two numbers; x + x, by one thread.
      sizes: [1, 3, 0, 1, 64, 0, 3, 3], values: [0, 0, 32, 2, 32, 0, 32, 2], program: [7, 1, 0, 0, 0, 0], matrices: [],
      inputs: [2, 0, 6, 3, 1, 2, 0, 0, 0], results: [0, 1, 3, 1, 2, 0, 0, 0], carries: [], dims: [2, 3, 2],
    };
    const attrs = Object.entries(program).map(([name, list]): [string, Uint8Array] => [name, attr.ints(list)]);
    const rows = binding.prepareOp('KerasNodeRowLoop', [['N', attr.int(1)], ['M', attr.int(1)], ...attrs], 1);
    const x = float32(binding, [1, 2, 3, 4, 5, 6], [3, 2]);
    const sequence = binding.prepareSequence(1, [[rows, [0], 0], [rows, [1], 0], [add, [2, 0], 0]], [3, 1]);
    const [sum, twice] = binding.runSequence(sequence, x) as number[];
    expect(floats(binding, twice)).to.deep.equal(floats(binding, binding.execute(rows, x) as number));
    expect(floats(binding, sum)).to.deep.equal([5, 10, 15, 20, 25, 30]);
    expect(binding.tensorInfo(sum).shape).to.deep.equal([3, 2]);
    // A tensor of another size or type is refused, in the first step and in a later one.
    expect(failure(() => binding.runSequence(sequence, float32(binding, [1, 2]))).message).to.include('input 0 has another size or type');
    expect(failure(() => binding.runSequence(sequence, int32(binding, [1, 2, 3, 4, 5, 6]))).message).to.include('input 0 has another size or type');
    expect(failure(() => binding.prepareSequence(1, [[rows, [0, 0], 0]], [1])).message).to.include('other numbers of inputs');
  });

  it('fails with the op that failed, and can be run again', async () => {
    const sequence = binding.prepareSequence(2, [[add, [0, 1], 0], [binding.prepareOp('MatMul', [], 1), [2, 2], 0]], [3]);
    const [vector, matrix] = [float32(binding, [1, 2]), float32(binding, [1, 0, 0, 1], [2, 2])];
    expect(failure(() => binding.runSequence(sequence, vector, vector))).to.include({ op: 'MatMul', code: 'INVALID_ARGUMENT' });
    expect(await rejection(binding.runSequenceAsync(sequence, [vector, vector]))).to.include({ op: 'MatMul', code: 'INVALID_ARGUMENT' });
    expect(floats(binding, binding.runSequence(sequence, matrix, matrix) as number)).to.deep.equal([4, 0, 0, 4]);
  });

  it('is cancelled before a step', async () => {
    const cancellation = binding.createCancellation();
    binding.cancel(cancellation);
    const x = float32(binding, [1]);
    expect(await rejection(binding.runSequenceAsync(product(), [x, x], cancellation))).to.have.property('code', 'CANCELLED');
  });

  it('refuses what it cannot run', () => {
    binding.addFunction(functionDef({
      name: 'test_in_sequence', inputs: { x: FLOAT }, outputs: { y: FLOAT },
      nodes: [{ name: 'n', op: 'Neg', input: ['x'], attrs: { T: attr.type(FLOAT) } }], ret: { y: 'n:y:0' },
    }));
    const called = binding.prepareOp('test_in_sequence', [], 1);
    const wrong: [string, unknown[], string][] = [
      ['a slot that is not there yet', [1, [[add, [0, 1], 0]], [0]], 'steps[0][1][1] must be from 0 to 0'],
      ['a result that is not there', [1, [[add, [0, 0], 0]], [2]], 'results[0] must be from 0 to 1'],
      ['a number of operands', [1, [[add, [0], 0]], [1]], 'takes 2 inputs, got 1'],
      ['what is kept and needs what is not', [1, [[add, [0, 0], 0], [add, [1, 0], 1]], [2]], 'steps[1] is kept, and needs what is not'],
      ['a function', [1, [[called, [0], 0]], [1]], 'steps[0] is a function'],
      ['no op', [1, [[]], [0]], 'steps[0] must be an op'],
      ['an op that is not there', [1, [[1e6, [0], 0]], [0]], 'no prepared op has the id 1000000'],
      ['no list of steps', [1, 7, [0]], 'steps must be an array'],
      ['no number', ['one', [], []], 'inputs must be an integer'],
    ];
    for (const [what, args, message] of wrong) {
      expect(failure(() => loose.prepareSequence(...args)).message, what).to.include(message);
    }
    const sequence = product();
    const x = float32(binding, [1]);
    expect(failure(() => binding.runSequence(sequence, x)).message).to.include('takes 2 inputs, got 1');
    expect(failure(() => loose.runSequence(sequence, x, 'y')).message).to.include('input must be the id of a live tensor');
    expect(failure(() => loose.runSequence('none')).message).to.include('sequence must be the id that prepareSequence gave');
  });
});
