/** What becomes of files when saving is cut short, fails, or goes on beside a training. */
import { expect } from 'chai';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { open, mkdtemp, readdir, readFile, rm, writeFile, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as keras from '../../src/index.js';
import { H5Writer } from '../../src/saving/h5/writer.js';
import { describeBackends, backendNamed } from '../support/backends.js';

const { layers, ops } = keras;
const CHILD = fileURLToPath(new URL('save-child.ts', import.meta.url));

const values = (model: keras.Model): number[][] => model.get_weights().map(({ data }) => Array.from(data as Float32Array));

describe('saving: faults', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'keras-faults-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  for (const name of ['m.keras', 'm.h5', 'm.weights.h5']) {
    it(`a kill in the middle of saving leaves a whole ${name}`, async function () {
      this.timeout(60_000);
      const path = join(folder, name);
      const child = spawn(process.execPath, ['--import', 'tsx', CHILD, path, 'cpu'], { stdio: ['ignore', 'pipe', 'inherit'] });
      const ended = once(child, 'exit');
      await once(child.stdout, 'data');
      // Until a new file has begun to grow beside the old one.
      for (;;) {
        const growing = (await readdir(folder)).find((entry) => entry.endsWith('.keras-tmp'));
        const size = growing === undefined ? 0 : await open(join(folder, growing)).then(sizeAndClose, () => 0);
        if (size > 0) break;
      }
      child.kill('SIGKILL');
      await ended;
      const model = name.includes('weights')
        ? new keras.Sequential([keras.Input([512]), new layers.Dense(512), new layers.Dense(512)])
        : await keras.saving.load_model(path);
      if (name.includes('weights')) await model.load_weights(path);
      const rounds = new Set(values(model).flat());
      expect(rounds.size, 'rounds whose values are in the file').to.equal(1);
    });
  }

  for (const name of ['m.keras', 'm.h5', 'm.weights.h5']) {
    it(`where a file may not grow further, ${name} and the folder stay as they were`, async function () {
      if (process.platform === 'win32') this.skip();
      this.timeout(60_000);
      const path = join(folder, name);
      await writeFile(path, 'before');
      const command = 'ulimit -f 512 && exec "$0" --import tsx "$@"';
      const child = spawn('bash', ['-c', command, process.execPath, CHILD, path, 'cpu'], { stdio: ['ignore', 'pipe', 'inherit'] });
      const [text] = await Promise.all([child.stdout.toArray(), once(child, 'exit')]);
      expect(Buffer.concat(text as Buffer[]).toString()).to.match(/^failed: .*m\..*larger than the system allows.*unchanged/);
      expect(await readFile(path, 'utf8')).to.equal('before');
      expect(await readdir(folder)).to.deep.equal([name]);
    });
  }

  for (const name of ['m.keras', 'm.h5', 'm.weights.h5']) {
    it(`on a full disk ${name} and the folder stay as they were`, async function () {
      this.timeout(60_000);
      // A file system of one megabyte, which only this child sees.
      const mount = 'mount -t tmpfs -o size=1m none "$0"';
      if (spawnSync('unshare', ['-rm', 'bash', '-c', mount, folder]).status !== 0) this.skip();
      const path = join(folder, name);
      const command = `${mount} && printf before > "$3" && "$1" --import tsx "\${@:2}" && cat "$3" && echo && ls -A "$0"`;
      const child = spawn('unshare', ['-rm', 'bash', '-c', command, folder, process.execPath, CHILD, path, 'cpu'], { stdio: ['ignore', 'pipe', 'inherit'] });
      const [text] = await Promise.all([child.stdout.toArray(), once(child, 'exit')]);
      const [message, contents, ...files] = Buffer.concat(text as Buffer[]).toString().trim().split('\n');
      expect(message).to.match(/^failed: .*m\..*the disk is full.*unchanged/);
      expect(contents).to.equal('before');
      expect(files).to.deep.equal([name]);
    });
  }

  describeBackends('beside a training', (backend) => {
    it('saving beside a training has the values of the moment of the call', async () => {
      const model = new keras.Sequential([keras.Input([256]), new layers.Dense(256), new layers.Dense(256)]);
      model.compile({ optimizer: 'adam', loss: 'mse' });
      const [x, y] = [ops.ones([8, 256]), ops.ones([8, 256])];
      await model.fit(x, y, { epochs: 1, verbose: 0 });
      for (const name of ['a.keras', 'a.h5']) {
        const before = values(model);
        const saving = model.save(join(folder, `${backend}-${name}`));
        await model.fit(x, y, { epochs: 3, verbose: 0 });
        await saving;
        expect(values(model)).to.not.deep.equal(before);
        expect(values(await keras.saving.load_model(join(folder, `${backend}-${name}`)))).to.deep.equal(before);
      }
    });

    it('a snapshot keeps its value, and is freed when it was written', async () => {
      const variable = new keras.Variable(ops.zeros([300, 300]));
      const tensors = (): number => backendNamed(backend)!.memory().tensors;
      const before = tensors();
      using writer = new H5Writer();
      writer.createDataset('0', variable.snapshot());
      variable.assign(ops.ones([300, 300]));
      const bytes = Buffer.concat([...(await writer.finish()).chunks()]);
      expect(bytes.includes(Buffer.from(Float32Array.of(1).buffer))).to.equal(false);
      const again = await writer.finish();
      expect(() => [...again.chunks()]).to.throw(/disposed/);
      expect(tensors()).to.be.at.most(before + 1);
    });
  });
});

async function sizeAndClose(file: FileHandle): Promise<number> {
  try {
    return (await file.stat()).size;
  } finally {
    await file.close();
  }
}
