/** Trainings beside each other and beside other work: in one thread, in worker threads, and with a server. */
import { expect } from 'chai';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { NDArray } from '../../src/engine/convert.js';
import { describeBackends } from '../support/backends.js';
import { startThread } from './child.js';
import { network, samples, train } from './network.js';

const EPOCHS = 3;

function expectSame(found: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(found.length).to.equal(expected.length);
  for (let i = 0; i < expected.length; i++) expect(found[i]).to.be.closeTo(expected[i], 1e-5);
}

/** A promise, and whether it is still unsettled. */
function watched<T>(promise: Promise<T>): { promise: Promise<T>; isRunning: boolean } {
  const state = { isRunning: true, promise: promise.finally(() => (state.isRunning = false)) };
  return state;
}

describeBackends('several at once', () => {
  it('models that train at the same time get the losses that they get alone', async () => {
    const shifts = [0, 1, 2, 3];
    const alone: number[][] = [];
    for (const shift of shifts) alone.push(await train(shift, EPOCHS));
    const together = await Promise.all(shifts.map((shift) => train(shift, EPOCHS)));
    together.forEach((losses, i) => expectSame(losses, alone[i]));
    // Not all the same, or mixing them up could not be seen.
    expect(new Set(together.map(([first]) => first.toFixed(4))).size).to.equal(shifts.length);
  });

  it('a model predicts while another trains', async () => {
    const model = network(5);
    const [x] = samples(5);
    const expected = (await model.predict(x, { verbose: 0 })).data as Float32Array;
    const training = watched(train(0, EPOCHS));
    const results: NDArray[] = [];
    do results.push(await model.predict(x, { verbose: 0 }));
    while (training.isRunning);
    await training.promise;
    for (const { data } of results) expectSame(data as Float32Array, expected);
  });

  it('a server in the process answers during fit and predict', async () => {
    // The tfjs kernels compute on the JavaScript thread; only between them can it answer.
    const server = createServer((_, response) => response.end('alive')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const model = network();
    const [x, y] = samples();
    try {
      const works: ((epochs: number) => Promise<unknown>)[] = [
        (epochs) => model.fit(x, y, { epochs, batch_size: 16, verbose: 0 }),
        async (epochs) => {
          for (let i = 0; i < epochs; i++) await model.predict(x, { batch_size: 8, verbose: 0 });
        },
      ];
      for (const work of works) {
        await work(1);
        let answers = 0;
        // A fast machine may be done before the first answer: then there was too little to do.
        for (let epochs = 20; answers === 0 && epochs < 10_000; epochs *= 4) {
          const working = watched(work(epochs));
          while (working.isRunning) {
            expect(await (await fetch(url, { headers: { connection: 'close' } })).text()).to.equal('alive');
            if (working.isRunning) answers++;
          }
          await working.promise;
        }
        expect(answers).to.be.above(0);
      }
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});

describeBackends('worker threads', (backend) => {
  before(function () {
    // The same code as wasm, and slower.
    if (backend === 'cpu') this.skip();
  });

  const thread = (shift: number, epochs: number) => startThread('worker.ts', {
    workerData: { shift, epochs }, env: { ...process.env, KERAS_BACKEND: backend, KERAS_NODE_QUIET: '1' } });

  it('train and predict beside each other, with the numbers of the main thread, and end by themselves', async function () {
    const shifts = [0, 1];
    const found = await Promise.all(shifts.map(async (shift) => {
      const worker = thread(shift, EPOCHS);
      const messages: unknown[] = [];
      worker.on('message', (message) => messages.push(message));
      expect((await once(worker, 'exit'))[0]).to.equal(0);
      expect(messages[0]).to.equal('training');
      return messages[1] as { losses: number[]; predicted: Float32Array };
    }));
    for (const [i, shift] of shifts.entries()) {
      expectSame(found[i].losses, await train(shift, EPOCHS));
      const predicted = await network(shift).predict(samples(shift)[0], { verbose: 0 });
      expectSame(found[i].predicted, predicted.data as Float32Array);
    }
  });

  it('are stopped in the middle of a training', async () => {
    const worker = thread(0, 1_000_000);
    // Its first message is on its way when the training has begun.
    expect((await once(worker, 'message'))[0]).to.equal('training');
    expect(await worker.terminate()).to.equal(1);
    // The main thread computes on.
    expectSame(await train(1, 1), await train(1, 1));
  });
});
