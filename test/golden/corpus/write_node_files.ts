/**
 * Writes the models of the corpus again, in every format that Python reads, for check_node_files.py.
 *
 *     npx tsx test/golden/corpus/write_node_files.ts FOLDER
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as keras from '../../../src/index.js';
import { DTYPES, makeHostArray } from '../../../src/engine/dtype.js';
import { writeContents } from '../../../src/saving/files.js';
import { H5Writer } from '../../../src/saving/h5/writer.js';
import { CORPUS_OBJECTS } from '../../saving/corpus-objects.js';
import { goldenPath, type GoldenTensor } from '../golden.js';

interface Case {
  file: string;
  inputs: GoldenTensor[];
}

/** An array of every dtype, small and large, with the bits that Python should find. */
async function writeDTypes(path: string): Promise<void> {
  const writer = new H5Writer();
  for (const dtype of DTYPES) {
    for (const size of [5, 70_000]) {
      if (dtype === 'string') {
        if (size === 5) writer.createDataset('string_5', { shape: [3], dtype, data: ['a', '', 'größer 日本'] });
        continue;
      }
      const data = makeHostArray(dtype, size);
      const bytes = new Uint8Array(data.buffer);
      for (let i = 0; i < bytes.length; i++) bytes[i] = dtype === 'bool' ? i % 2 : (37 * i + 11) % 120;
      writer.createDataset(`${dtype}_${size}`, { shape: [size], dtype, data });
    }
  }
  writer.setAttribute('', 'text', 'größer 日本');
  writer.setAttribute('', 'list', ['a', 'b']);
  writer.setAttribute('', 'whole', 3);
  writer.setAttribute('', 'none', []);
  await writeContents(path, await writer.finish());
}

async function main(folder: string): Promise<void> {
  for (const [key, object] of Object.entries(CORPUS_OBJECTS)) keras.saving.register_keras_serializable(key.split('>')[0])(object);
  mkdirSync(folder, { recursive: true });
  const { cases } = JSON.parse(readFileSync(goldenPath('corpus', '3.15.1', 'corpus.json'), 'utf8')) as { cases: Case[] };
  const written: object[] = [];
  for (const { file, inputs } of cases.filter((item) => item.file.endsWith('.keras'))) {
    const name = file.slice(0, -'.keras'.length);
    let model: keras.Model;
    try {
      model = await keras.saving.load_model(goldenPath('corpus', '3.15.1', file));
    } catch (error) {
      console.log(`${file}: left out, ${(error as Error).message.split('\n')[0]}`);
      continue;
    }
    await model.save(join(folder, `${name}.keras`));
    if (name !== 'operations' && name !== 'subclassed') await model.save(join(folder, `${name}.h5`));
    await model.save_weights(join(folder, `${name}.weights.h5`));
    await model.save_weights(join(folder, `${name}_shards.weights.json`), { max_shard_size: 600 / 2 ** 30 });
    const given = inputs.map(({ data, shape, dtype }) =>
      new keras.NDArray(dtype === 'int32' ? Int32Array.from(data as number[]) : Float32Array.from(data as number[]), shape));
    const predicted = [await model.predict(given.length > 1 ? given : given[0], { verbose: 0 })].flat() as keras.NDArray[];
    written.push({ name, predictions: predicted.map((array) => array.tolist()) });
  }
  writeFileSync(join(folder, 'written.json'), JSON.stringify(written));
  await writeDTypes(join(folder, 'dtypes.h5'));
}

await main(process.argv[2]);
