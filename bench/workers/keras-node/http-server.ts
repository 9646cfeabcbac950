/** How long requests to an HTTP server of the same process take while the CNN trains, and while it predicts. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Worker } from 'node:worker_threads';
import { TRAINING } from './models.js';
import { clock, mainThreadMs } from './protocol.js';
import type { Rounds } from './types.js';

/** Milliseconds between requests: a server that is used, but not busy. */
const PERIOD = 5;

/**
 * Asks one thing after the other until it is told to stop, then hands over what each took in milliseconds. A thread, so
 * that its clock runs on while the server's event loop is held up; plain text, so that it needs no build.
 */
const CLIENT = `
const { get, Agent } = require('node:http');
const { parentPort, workerData } = require('node:worker_threads');
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const times = [];
let ends = false;
parentPort.once('message', () => { ends = true; });
function ask() {
  if (ends) { parentPort.postMessage(times); agent.destroy(); return; }
  const begin = performance.now();
  get({ port: workerData.port, host: '127.0.0.1', agent }, (response) => {
    response.resume().once('end', () => {
      times.push(performance.now() - begin);
      setTimeout(ask, workerData.period);
    });
  });
}
ask();
`;

/** Milliseconds of each request while `work` is done, and of the longest that the JavaScript thread computed in between. */
async function requestsDuring(port: number, work: () => Promise<unknown>): Promise<{ times: number[]; busiest: number }> {
  const client = new Worker(CLIENT, { eval: true, workerData: { port, period: PERIOD } });
  await new Promise((resolve) => client.once('online', resolve));
  let [busiest, ran] = [0, mainThreadMs()];
  const timer = setInterval(() => {
    const now = mainThreadMs();
    busiest = Math.max(busiest, now - ran);
    ran = now;
  }, 1);
  await work();
  clearInterval(timer);
  const answer = new Promise<number[]>((resolve) => client.once('message', resolve));
  client.postMessage('stop', []);
  const times = await answer;
  await client.terminate();
  return { times: times.toSorted((a, b) => a - b), busiest };
}

const quantile = (sorted: readonly number[], part: number): number => sorted[Math.floor(part * (sorted.length - 1))];

export const httpServer: Rounds = async ({ keras }) => {
  const { make, data, batchSize, steps, epochs } = TRAINING['cnn-train'];
  const model = make(keras);
  const [x, y] = data(keras, batchSize * steps);
  await model.fit(x, y, { batch_size: batchSize, epochs: 1, verbose: 0 });
  await model.predict(x, { batch_size: batchSize, verbose: 0 });

  const round = async () => {
    const server = createServer((_, response) => response.end('{"status":"ok"}'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    try {
      const idle = await requestsDuring(port, () => new Promise((resolve) => void setTimeout(resolve, 1000)));
      const begin = clock();
      const fit = await requestsDuring(port, () => model.fit(x, y, { batch_size: batchSize, epochs, verbose: 0 }));
      const step = (clock() - begin) / epochs / steps;
      const predict = await requestsDuring(port, async () => {
        for (let i = 0; i < 5; i++) await model.predict(x, { batch_size: batchSize, verbose: 0 });
      });
      return {
        'idle p99 ms': quantile(idle.times, 0.99),
        'fit median ms': quantile(fit.times, 0.5),
        'fit p99 ms': quantile(fit.times, 0.99),
        'fit worst ms': quantile(fit.times, 1),
        'fit longest busy stretch ms': fit.busiest,
        'predict p99 ms': quantile(predict.times, 0.99),
        'predict longest busy stretch ms': predict.busiest,
        'fit step ms': step,
        requests: fit.times.length,
      };
    } finally {
      server.closeAllConnections();
      server.close();
    }
  };
  return [round, { params: model.count_params() }];
};
