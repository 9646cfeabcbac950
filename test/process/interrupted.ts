/**
 * A training without end, for signals.tests. Arguments: `stops` ends it after the running step at SIGINT, as
 * docs/PROCESS.md says, and saves to the file that follows; `dies` leaves the signal to Node; `exits` ends the process
 * in the middle.
 */
import * as keras from '../../src/index.js';
import { network, samples } from './network.js';

const [, , what, file] = process.argv;
const model = network();
const [x, y] = samples();

let steps = 0;
class Reporter extends keras.callbacks.Callback {
  override on_epoch_end(): void {
    if (++steps === 3) console.log('training');
    if (what === 'exits' && steps === 5) process.exit(7);
  }
}

if (what === 'stops') {
  process.once('SIGINT', () => {
    console.log('interrupted');
    model.stop_training = true;
  });
}
await model.fit(x, y, { epochs: 1_000_000, batch_size: 16, verbose: 0, callbacks: [new Reporter()] });
await model.save(file);
console.log(JSON.stringify({ iterations: Number(model.optimizer!.iterations.arraySync()),
  predicted: [...(await model.predict(x, { verbose: 0 })).data as Float32Array] }));
