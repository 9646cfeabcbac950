/** What becomes of files when saving is cut short, fails, or goes on beside a training. */
import { expect } from 'chai';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { decodeModel, ONNX_DTYPE } from '../../src/export/onnx/proto.js';
import * as keras from '../../src/index.js';
import { H5Writer } from '../../src/saving/h5/writer.js';
import { backendNamed, describeBackends, type BackendName } from '../support/backends.js';
import { bundled } from '../support/bundled.js';
import { modelFor, saveTo } from './save-targets.js';

const { layers, ops } = keras;
const CHILD = bundled(fileURLToPath(new URL('save-child.ts', import.meta.url)));
const MAIN = bundled(fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url)));

const values = (model: keras.Model): number[][] => model.get_weights().map(({ data }) => Array.from(data as Float32Array));

const ofModel = async (path: string): Promise<number[][]> => values(await keras.saving.load_model(path));
async function ofWeights(path: string): Promise<number[][]> {
  const model = modelFor(path, 0);
  await model.load_weights(path);
  return values(model);
}

async function ofOnnx(path: string): Promise<number[][]> {
  const { graph } = decodeModel(await readFile(path));
  return graph.initializer.filter(({ data_type }) => data_type === ONNX_DTYPE.float32)
    .map(({ raw_data }) => Array.from(new Float32Array(Uint8Array.from(raw_data!).buffer)));
}

const ofSavedModel = async (path: string): Promise<number[][]> =>
  new layers.TFSMLayer(path, 'serve').weights.map((variable) => Array.from(variable.dataSync() as Float32Array));

/** What is saved: under which name, by which backend, how it is read, a disk that it does not fit on, files of an old one. */
const TARGETS: { name: string; backend: BackendName; load: (path: string) => Promise<number[][]>; disk: string; old: string[] }[] = [
  { name: 'm.keras', backend: 'cpu', load: ofModel, disk: '1m', old: ['m.keras'] },
  { name: 'm.h5', backend: 'cpu', load: ofModel, disk: '1m', old: ['m.h5'] },
  { name: 'm.weights.h5', backend: 'cpu', load: ofWeights, disk: '1m', old: ['m.weights.h5'] },
  // Here the first shards fit, and would be in the place of old ones when a later one does not.
  { name: 'm.weights.json', backend: 'cpu', load: ofWeights, disk: '1600k', old: ['m.weights.json', 'm_00000.weights.h5'] },
  { name: 'm/model.json', backend: 'cpu', load: ofModel, disk: '6m', old: ['m/model.json', 'm/group1-shard1of3.bin'] },
  { name: 'm.onnx', backend: 'cpu', load: ofOnnx, disk: '1m', old: ['m.onnx'] },
  { name: 'm', backend: 'tensorflow', load: ofSavedModel, disk: '1m', old: ['m/saved_model.pb', 'm/variables/variables.index'] },
];

describe('saving: faults', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'keras-faults-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  for (const { name, backend, load } of TARGETS) {
    it(`a kill in the middle of saving leaves a whole ${name}`, async function () {
      this.timeout(120_000);
      if (!backendNamed(backend)) this.skip();
      const path = join(folder, name);
      const child = spawn(process.execPath, [CHILD, path, backend], { stdio: ['ignore', 'pipe', 'inherit'] });
      const ended = once(child, 'exit');
      const [line] = await once(child.stdout, 'data');
      expect(String(line)).to.equal('saved\n');
      // Until a new file has begun to grow beside the old one. The child stands still while that is looked at.
      for (;;) {
        if (await isUnfinished(folder)) {
          child.kill('SIGSTOP');
          await stopped(child.pid!);
          if (await isUnfinished(folder)) break;
          child.kill('SIGCONT');
        }
      }
      child.kill('SIGKILL');
      await ended;
      expect(await isUnfinished(folder), 'something unfinished was left behind').to.equal(true);
      const rounds = new Set((await load(path)).flat());
      expect(rounds.size, 'rounds whose values are in the file').to.equal(1);
      // What was left behind is in nobody's way.
      await saveTo(path, modelFor(path, -1));
      expect(new Set((await load(path)).flat())).to.deep.equal(new Set([-1]));
    });
  }

  for (const name of ['m.keras', 'm.h5', 'm.weights.h5']) {
    it(`where a file may not grow further, ${name} and the folder stay as they were`, async function () {
      if (process.platform === 'win32') this.skip();
      this.timeout(60_000);
      const path = join(folder, name);
      await writeFile(path, 'before');
      const command = 'ulimit -f 512 && exec "$0" "$@"';
      const child = spawn('bash', ['-c', command, process.execPath, CHILD, path, 'cpu'], { stdio: ['ignore', 'pipe', 'inherit'] });
      const [text] = await Promise.all([child.stdout.toArray(), once(child, 'exit')]);
      expect(Buffer.concat(text as Buffer[]).toString()).to.match(/^failed: .*m\..*larger than the system allows.*unchanged/);
      expect(await readFile(path, 'utf8')).to.equal('before');
      expect(await readdir(folder)).to.deep.equal([name]);
    });
  }

  for (const { name, backend, disk, old } of TARGETS) {
    it(`on a full disk ${name} and the folder stay as they were`, async function () {
      this.timeout(120_000);
      if (!backendNamed(backend)) this.skip();
      requireMounts(this, folder);
      const saved = await onFullDisk(folder, disk, old, [process.execPath, CHILD, join(folder, name), backend]);
      expect(saved.output).to.match(/^failed: Cannot write .*the disk is full\. What was there before is unchanged\.$/m);
      expect(saved.after).to.equal(saved.before);
    });
  }

  for (const { name, backend, disk, old } of TARGETS) {
    if (name === 'm.weights.json') continue; // its shards of 2 GB are more than this disk
    it(`convert to ${name} on a full disk says so, and leaves what was there`, async function () {
      this.timeout(120_000);
      if (!backendNamed(backend)) this.skip();
      requireMounts(this, folder);
      const source = await mkdtemp(join(tmpdir(), 'keras-faults-source-'));
      try {
        await modelFor(name, 1).save(join(source, 'in.keras'));
        const { output, after, before, code } = await onFullDisk(folder, disk, old, [
          'env', `KERAS_BACKEND=${backend}`, 'KERAS_NODE_QUIET=1', process.execPath, MAIN,
          'convert', join(source, 'in.keras'), join(folder, name), '--overwrite', ...(name === 'm' ? ['--to', 'saved_model'] : []),
        ]);
        expect(output).to.match(/Cannot write .*the disk is full\. What was there before is unchanged\./);
        expect(code).to.equal(1);
        expect(after).to.equal(before);
      } finally {
        await rm(source, { recursive: true });
      }
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
        const paths = [1, 2].map((n) => join(folder, `${backend}-${n}-${name}`));
        const saving = Promise.all(paths.map((path) => model.save(path)));
        await model.fit(x, y, { epochs: 3, verbose: 0 });
        await saving;
        expect(values(model)).to.not.deep.equal(before);
        for (const path of paths) expect(values(await keras.saving.load_model(path))).to.deep.equal(before);
      }
    });

    it('an ONNX file has the values of the moment of the call', async () => {
      const model = new keras.Sequential([keras.Input([256]), new layers.Dense(256)]);
      const before = values(model);
      const path = join(folder, 'a.onnx');
      const saving = model.export(path, { format: 'onnx', verbose: false });
      model.set_weights(model.get_weights().map(({ shape }) => ops.ones(shape)));
      await saving;
      expect(values(model)).to.not.deep.equal(before);
      expect(await ofOnnx(path)).to.have.deep.members(before);
    });

    it('a snapshot keeps its value, and is freed when it was written', async () => {
      const variable = new keras.Variable(ops.zeros([300, 300]));
      const tensors = (): number => backendNamed(backend)!.memory().tensors;
      const before = tensors();
      using writer = new H5Writer();
      writer.createDataset('0', variable.snapshot());
      variable.assign(ops.ones([300, 300]));
      const bytes = Buffer.concat(await Readable.from((await writer.finish()).chunks()).toArray() as Uint8Array[]);
      expect(bytes.includes(Buffer.from(Float32Array.of(1).buffer))).to.equal(false);
      const again = async (): Promise<unknown> => Readable.from((await writer.finish()).chunks()).toArray();
      expect(await again().catch(String)).to.match(/disposed/);
      expect(tensors()).to.be.at.most(before + 1);
    });
  });
});

/** Whether there is a file, or a folder with files, under the name that it has until it is complete. */
async function isUnfinished(folder: string): Promise<boolean> {
  const entries = await readdir(folder, { recursive: true }).catch(() => [] as string[]);
  for (const entry of entries.filter((name) => /(^|\/)\.(\w+\.keras-tmp$|m-\w+\/new\/.*\.)/.test(name))) {
    const info = await stat(join(folder, entry)).catch(() => undefined);
    if (info?.isFile() && info.size > 0) return true;
  }
  return false;
}

/** Waits until no thread of a process runs any more. */
async function stopped(pid: number): Promise<void> {
  for (;;) {
    const threads = await readdir(`/proc/${pid}/task`);
    const states = await Promise.all(threads.map(async (id) => /State:\s+(\w)/.exec(await readFile(`/proc/${pid}/task/${id}/status`, 'utf8'))![1]));
    if (states.every((state) => state === 'T')) return;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** Skips a test where no file system may be mounted. Any other reason that it fails for is an error. */
function requireMounts(test: Mocha.Context, folder: string): void {
  const { error, status, stderr } = spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', '-o', 'size=1m', 'none', folder], { encoding: 'utf8' });
  if (process.platform !== 'linux' || /Operation not permitted|[Pp]ermission denied|must be superuser/.test(stderr ?? '')) test.skip();
  if (error) throw error;
  if (status !== 0) throw new Error(`A file system in memory cannot be mounted: ${stderr}`);
}

interface OnFullDisk {
  output: string;
  code: number;
  /** All names and contents in the folder. */
  before: string;
  after: string;
}

/** Runs a program where the folder is a file system of `disk` bytes that only the program sees, with old files in it. */
async function onFullDisk(folder: string, disk: string, old: readonly string[], program: readonly string[]): Promise<OnFullDisk> {
  const list = 'echo @@ && find . -mindepth 1 | sort && find . -type f | sort | xargs cat && echo && echo @@';
  const command = `mount -t tmpfs -o size=${disk} none "$0" && cd "$0" && ` +
    `for f in ${old.join(' ')}; do mkdir -p "$(dirname $f)"; printf "before $f" > $f; done && ${list} && cd "$OLDPWD" && ` +
    `{ "$@"; code=$?; cd "$0" && ${list}; echo $code; }`;
  const child = spawn('unshare', ['-rm', 'bash', '-c', command, folder, ...program], { stdio: ['ignore', 'pipe', 'pipe'] });
  const [text, errors] = await Promise.all([child.stdout.toArray(), child.stderr.toArray(), once(child, 'exit')]);
  const [, before, output, after, code] = Buffer.concat(text as Buffer[]).toString().split('@@\n');
  return { output: output + Buffer.concat(errors as Buffer[]).toString(), code: Number(code), before, after };
}
