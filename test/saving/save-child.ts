/**
 * Saves a model of some megabytes over and over, for `faults.test.ts`, which ends it at some moment. Arguments: the file, the
 * backend. Writes a line when the first file is there, or when saving fails, which ends it.
 */
import * as keras from '../../src/index.js';

const [, , path, backend] = process.argv;
process.on('SIGXFSZ', () => {}); // a file that may not grow is then an error of the write
keras.config.set_backend(backend);
const model = new keras.Sequential([keras.Input([512]), new keras.layers.Dense(512), new keras.layers.Dense(512)]);
try {
  for (let round = 1; ; round++) {
    for (const variable of model.weights) variable.assign(keras.ops.full(variable.shape, round));
    if (path.endsWith('.weights.h5')) await model.save_weights(path);
    else await model.save(path);
    if (round === 1) process.stdout.write('saved\n');
  }
} catch (error) {
  process.stdout.write(`failed: ${(error as Error).message}\n`);
}
