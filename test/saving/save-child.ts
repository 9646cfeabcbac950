/**
 * Saves a model of some megabytes over and over, for `faults.test.ts`, which ends it at some moment. Arguments: the file, the
 * backend. Writes a line when the first file is there, or when saving fails, which ends it.
 */
import * as keras from '../../src/index.js';
import { fill, modelFor, saveTo } from './save-targets.js';

const [, , path, backend] = process.argv;
process.on('SIGXFSZ', () => {}); // a file that may not grow is then an error of the write
keras.config.set_backend(backend);
const model = modelFor(path, 1);
try {
  for (let round = 1; ; round++) {
    fill(model, round);
    await saveTo(path, model);
    if (round === 1) process.stdout.write('saved\n');
  }
} catch (error) {
  process.stdout.write(`failed: ${(error as Error).message}\n`);
}
