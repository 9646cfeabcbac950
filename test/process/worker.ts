/** A worker thread that trains and predicts. It tells its parent when its first step is done, and the results. */
import { parentPort, workerData } from 'node:worker_threads';
import { network, samples, train } from './network.js';

const { shift, epochs } = workerData as { shift: number; epochs: number };
const losses = await train(shift, epochs, () => parentPort!.postMessage('training', []));
const predicted = await network(shift).predict(samples(shift)[0], { verbose: 0 });
parentPort!.postMessage({ losses, predicted: predicted.data }, []);
