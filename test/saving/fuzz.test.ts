import { expect } from 'chai';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as keras from '../../src/index.js';
import { archiveBytes, ArchiveError, ArchiveReader } from '../../src/saving/archive.js';
import { openH5 } from '../../src/saving/h5/reader.js';
import { H5Error, type H5Group } from '../../src/saving/h5/types.js';
import { ConfigSyntaxError, parseJSON } from '../../src/saving/json.js';
import { goldenPath } from '../golden/golden.js';
import { mutate, mutateJSON } from './mutations.js';

/** How many times as many mutations as the suite has time for: FUZZ=50 npx mocha test/saving/fuzz.test.ts */
const FACTOR = Number(process.env.FUZZ ?? 1);

/** Milliseconds for one file: damage that makes a reader loop must not take the suite's time. */
const PATIENCE = 2000;

const bytesOf = (...path: string[]): Uint8Array => new Uint8Array(readFileSync(goldenPath(...path)));

/** Reads all there is. */
function readAll(group: H5Group): number {
  let elements = group.attributes.size;
  for (const node of group.children.values()) {
    if (node.kind === 'group') elements += readAll(node);
    if (node.kind === 'dataset') elements += node.attributes.size + node.read().data.length;
  }
  return elements;
}

async function readH5(bytes: Uint8Array): Promise<void> {
  const file = await openH5(bytes, 'mutated.h5', PATIENCE);
  readAll(file.root);
}

async function readArchive(bytes: Uint8Array): Promise<void> {
  await using archive = await ArchiveReader.open(bytes);
  for (const member of archive.members) {
    const contents = await archive.read(member);
    if (member.endsWith('.json')) parseJSON(Buffer.from(contents).toString(), member);
    if (member.endsWith('.h5')) await readH5(contents);
  }
}

/** Counts how reading mutations of a file ends; anything but success or one of our errors fails the test. */
async function fuzz(
  bytes: Uint8Array, count: number, read: (bytes: Uint8Array) => Promise<void>,
): Promise<{ read: number; refused: number }> {
  const ends = { read: 0, refused: 0 };
  for (let seed = 0; seed < count * FACTOR; seed++) {
    try {
      await read(mutate(bytes, seed));
      ends.read++;
    } catch (error) {
      const ours = error instanceof ArchiveError || error instanceof H5Error || error instanceof ConfigSyntaxError;
      if (!ours) throw new Error(`seed ${seed}: ${String(error)}`, { cause: error });
      expect((error as Error).message, `seed ${seed}`).to.have.length.above(5);
      ends.refused++;
    }
  }
  return ends;
}

/** A sound archive around contents that are not. */
async function rebuilt(name: string, change: (config: unknown, weights: Uint8Array) => [unknown, Uint8Array]): Promise<Uint8Array> {
  await using archive = await ArchiveReader.open(bytesOf('saved', name));
  const config: unknown = JSON.parse(Buffer.from(await archive.read('config.json')).toString());
  const [newConfig, newWeights] = change(config, await archive.read('model.weights.h5'));
  return archiveBytes([
    { name: 'config.json', contents: Buffer.from(JSON.stringify(newConfig)) },
    { name: 'model.weights.h5', contents: newWeights },
  ]);
}

/** Loads models made of damaged parts; each load ends in a model or in an error that names the file. */
async function loadAll(count: number, make: (seed: number) => Promise<Uint8Array>): Promise<{ read: number; refused: number }> {
  const ends = { read: 0, refused: 0 };
  for (let seed = 0; seed < count * FACTOR; seed++) {
    const bytes = await make(seed);
    try {
      await keras.saving.load_model(bytes);
      ends.read++;
    } catch (error) {
      expect(error, `seed ${seed}`).to.be.instanceOf(Error);
      expect((error as Error).message, `seed ${seed}`).to.match(/the given bytes/);
      ends.refused++;
    }
  }
  return ends;
}

describe('saving: damaged files', () => {
  // Warnings that what is left of a file does not fit are expected, by the hundred.
  let listeners: NodeJS.WarningListener[];
  before(() => {
    listeners = process.listeners('warning');
    process.removeAllListeners('warning');
  });
  after(() => {
    for (const listener of listeners) process.on('warning', listener);
  });

  for (const name of ['mlp.keras', 'nested.keras']) {
    it(`${name} with a config that says something else`, async () => {
      const ends = await loadAll(40, (seed) => rebuilt(name, (config, weights) => [mutateJSON(config, seed), weights]));
      expect(ends.refused).to.be.above(5);
    });
  }

  it('mlp.keras with damaged weights in a sound archive', async () => {
    const ends = await loadAll(75, (seed) => rebuilt('mlp.keras', (config, weights) => [config, mutate(weights, seed)]));
    expect(ends.refused).to.be.above(20);
  });

  for (const version of ['3.15.1', 'tf_keras-2.21.0']) {
    it(`branches.h5 of ${version}, damaged`, async () => {
      const bytes = bytesOf('corpus', version, 'branches.h5');
      const ends = await loadAll(40, async (seed) => mutate(bytes, seed));
      expect(ends.refused).to.be.above(10);
    });
  }

  it('a layers-model with a model.json that says something else', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'keras-fuzz-'));
    try {
      const model = await keras.saving.load_model(bytesOf('saved', 'nested.keras'));
      await keras.saving.save_tfjs_model(model, folder);
      const json: unknown = JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8'));
      let refused = 0;
      for (let seed = 0; seed < 120 * FACTOR; seed++) {
        writeFileSync(join(folder, 'model.json'), JSON.stringify(mutateJSON(json, seed)));
        try {
          await keras.saving.load_tfjs_model(folder);
        } catch (error) {
          expect((error as Error).message, `seed ${seed}`).to.include(folder);
          refused++;
        }
      }
      expect(refused).to.be.above(20);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('.keras archives: each mutation is refused with a clear error, or harmless', async () => {
    const ends = await fuzz(bytesOf('saved', 'mlp.keras'), 1500, readArchive);
    // The checksums leave only what is outside of the members' contents.
    expect(ends.refused).to.be.above(ends.read);
  });

  for (const [name, count] of [['h5_keras', 300], ['h5_classic', 300], ['h5_latest', 60], ['h5_filters', 300]] as const) {
    it(`${name}.h5: each mutation is refused with a clear error, or read`, async () => {
      const ends = await fuzz(bytesOf('saving', `${name}.h5`), count, readH5);
      expect(ends.refused).to.be.above(count / 10);
    });
  }
});
