/**
 * Exports models of the corpus as SavedModels, for check_node_exports.py.
 *
 *     npx tsx test/golden/exported/write_node_exports.ts FOLDER
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as keras from '../../../src/index.js';
import { CORPUS_OBJECTS } from '../../saving/corpus-objects.js';
import { goldenPath } from '../golden.js';

const { layers, ops } = keras;

/** A model with two functions, one of which trains: it draws random numbers, and changes variables. */
async function writeArchive(path: string): Promise<void> {
  const model = new keras.Sequential([
    keras.Input({ shape: [4], name: 'features' }), new layers.BatchNormalization(), new layers.Dropout(0.5, { seed: 3 }), new layers.Dense(2)]);
  const signature = [new keras.InputSpec({ shape: [null, 4], dtype: 'float32', name: 'features' })];
  const archive = new keras.export.ExportArchive();
  archive.track(model);
  archive.add_endpoint('call_inference', (x: keras.Tensor) => model(x, { training: false }), signature);
  archive.add_endpoint('call_training', (x: keras.Tensor) => model(x, { training: true }), signature);
  archive.add_endpoint('row_sums', (x: keras.Tensor, y: keras.Tensor) => ({ sums: ops.sum(ops.concatenate([x, y], 1), 1) }), [
    ...signature, new keras.InputSpec({ shape: [null, null], dtype: 'float32', name: 'further' })]);
  archive.add_variable_collection('kernels', [model.layers[2].weights[0]]);
  await archive.write_out(path, { verbose: false });
}

async function main(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const { cases } = JSON.parse(readFileSync(goldenPath('corpus', '3.15.1', 'corpus.json'), 'utf8')) as { cases: { file: string }[] };
  const written: string[] = [];
  for (const { file } of cases.filter((item) => item.file.endsWith('.keras') && item.file !== 'code.keras')) {
    const name = file.slice(0, -'.keras'.length);
    const model = await keras.saving.load_model(goldenPath('corpus', '3.15.1', file), { custom_objects: CORPUS_OBJECTS }) as keras.Model;
    await model.export(join(folder, name), { verbose: false });
    written.push(name);
  }
  await writeArchive(join(folder, 'archive'));
  writeFileSync(join(folder, 'written.json'), JSON.stringify(written));
  console.log(`${written.length + 1} SavedModels in ${folder}`);
}

await main(process.argv[2]);
