/** How many threads TensorFlow computes with. Argument: JSON for set_threads, or nothing. */
import { readdirSync, readFileSync } from 'node:fs';
import * as keras from '../../src/index.js';
import { train } from './network.js';

const [, , wanted] = process.argv;
if (wanted) keras.config.set_threads(JSON.parse(wanted) as { intra_op?: number; inter_op?: number });
const asked = keras.config.threads();
await train(0, 1);
const names = readdirSync('/proc/self/task').map((id) => readFileSync(`/proc/self/task/${id}/comm`, 'utf8').trim());
let refusal = '';
try {
  keras.config.set_threads(1);
} catch (error) {
  refusal = String(error);
}
console.log(JSON.stringify({ asked, compute: names.filter((name) => name === 'tf_Compute').length, all: names.length, refusal }));
