/** The native addon: work on other threads, and the end of processes and workers. */
import { setImmediate as turn, setTimeout as wait } from 'node:timers/promises';
import { expect } from 'chai';
import { TF_DTYPE, type NativeBinding } from '../../../src/backend/tensorflow/binding.js';
import {
  addon,
  addonPath,
  failure,
  float32,
  floats,
  int32,
  rejection,
  runChild,
  type Untyped,
} from './addon.js';
import { attr, functionDef } from './messages.js';

const { bool, float32: f32, int32: i32 } = TF_DTYPE;
/** The shared name of a variable that its handle owns. */
const ANONYMOUS = 'cd2c89b7-88b7-44c8-ad83-06c2a9158347';

describe('native addon, threads and processes', () => {
  let binding: NativeBinding;
  let loose: Untyped;
  let add: number;

  before(function () {
    binding = addon(this);
    loose = binding as unknown as Untyped;
    add = binding.prepareOp('AddV2', [], 1);
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
      expect((await rejection(loose.executeAsync(add, 'x') as Promise<unknown>)).message).to.include(
        'inputs must be an array',
      );
      expect((await rejection(binding.executeAsync(add, [x, x], 2 ** 20))).message).to.include(
        'no cancellation',
      );
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

    it('runs the work of a lane in order, and cancels what waits behind a failure', async () => {
      const type = attr.type(f32);
      const assign = binding.prepareOp('AssignVariableOp', [['dtype', type]], 0);
      const read = binding.prepareOp('ReadVariableOp', [['dtype', type]], 1);
      const make = [['dtype', type], ['shape', attr.shape([1])], ['shared_name', attr.string(ANONYMOUS)]] as const;
      const variable = binding.execute(binding.prepareOp('VarHandleOp', make, 1)) as number;
      const results = await Promise.all(Array.from({ length: 100 }, async (_, i) => {
        const set = binding.executeAsync(assign, [variable, float32(binding, [i])], undefined, 7);
        const [value] = await binding.executeAsync(read, [variable], undefined, 7);
        await set;
        return floats(binding, value)[0];
      }));
      expect(results).to.deep.equal(Array.from({ length: 100 }, (_, i) => i));

      const x = float32(binding, [1, 2]);
      const cancellation = binding.createCancellation();
      const endless = [addEndlessLoop(), [int32(binding, [1], [])], cancellation, 7] as const;
      const first = rejection(binding.executeAsync(...endless));
      const behind = rejection(binding.executeAsync(assign, [variable, float32(binding, [-1])], undefined, 7));
      const other = binding.executeAsync(read, [variable], undefined, 8);
      binding.cancel(cancellation);
      expect(await first).to.have.property('code', 'CANCELLED');
      expect((await behind).message).to.include('a run before it failed');
      expect(floats(binding, (await other)[0])).to.deep.equal([99]);
      expect(floats(binding, (await binding.executeAsync(read, [variable], undefined, 7))[0])).to.deep.equal([99]);
      expect((await rejection(binding.executeAsync(add, [x, x], undefined, 0))).message).to.include('lane');
    });

    it('cancels: what runs, what comes after, and only what it was given to', async () => {
      const op = addEndlessLoop();
      const one = int32(binding, [1], []);
      const [first, second] = [binding.createCancellation(), binding.createCancellation()];
      const runs = [binding.executeAsync(op, [one], first), binding.executeAsync(op, [one], first)].map(
        rejection,
      );
      const other = rejection(binding.executeAsync(op, [one], second));
      let ended = false;
      void other.finally(() => {
        ended = true;
      });
      await turn();
      binding.cancel(first);
      for (const error of await Promise.all(runs)) expect(error).to.have.property('code', 'CANCELLED');
      expect(await rejection(binding.executeAsync(add, [one, one], first))).to.have.property(
        'code',
        'CANCELLED',
      );
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
      const loop = (name: string, output: number, op: string) =>
        binding.addFunction(
          functionDef({
            name,
            inputs: { i: i32 },
            outputs: { o: output },
            nodes: [{ name: 'n', op, input: ['i', 'i'], attrs: { T: attr.type(i32) } }],
            ret: { o: 'n:z:0' },
          }),
        );
      loop('test_always', bool, 'GreaterEqual');
      loop('test_twice', i32, 'AddV2');
      return binding.prepareOp(
        'While',
        [
          ['T', attr.types([i32])],
          ['cond', attr.func('test_always')],
          ['body', attr.func('test_twice')],
        ],
        1,
      );
    }
  });

  describe('in a process of its own', () => {
    const run = async (test: Mocha.Context, scenario: string) => {
      const path = addonPath();
      if (path === undefined) test.skip();
      const ending = await runChild('scenario-child.ts', [path!, scenario]);
      expect(ending.signal, ending.stderr).to.equal(null);
      return ending;
    };

    const codes = {
      'exit while an op runs': 7,
      'exit before an op has started': 8,
      'throw while an op runs': 1,
    };
    for (const [scenario, expected] of Object.entries(codes)) {
      it(`${scenario}: neither crash nor hang`, async function () {
        const { code, stderr } = await run(this, scenario);
        expect(code, stderr).to.equal(expected);
      });
    }

    // What one run leaves behind, summed up: 400 MB, 40 MB, 200 MB, 300 MB and more, if it were kept.
    const megabytes = {
      'create, execute and delete': 10,
      // Node 24 keeps some 0.4 kB of each error that any addon throws, ours or not: 18 MB here.
      'fail to execute': 25,
      'make strings': 80,
      'make variables': 20,
      'prepare and release': 10,
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
      const ends = stdout
        .split('\n')
        .filter((line) => line.startsWith('ended'))
        .toSorted();
      expect(ends, stderr).to.deep.equal(['ended with 0', 'ended with 0', 'ended with 1', 'ended with 3']);
    });

    it('writes nothing to stderr by itself', async function () {
      const { stderr } = await run(this, 'prepare and release');
      expect(stderr).to.equal('');
    });
  });
});
