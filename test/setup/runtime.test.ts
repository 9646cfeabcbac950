import { expect } from 'chai';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheRoot, type RuntimeKind } from '../../src/setup/paths.js';
import {
  bindingFolder, bindingKey, locateRuntime, type MissingRuntime, type Runtime,
} from '../../src/setup/runtime.js';
import { nvidiaDriver } from '../../src/setup/driver.js';
import { describeOnLinux, Sandbox } from './sandbox.js';

const NAMES = ['KERAS_NODE_CACHE', 'KERAS_NODE_BINDING', 'XDG_CACHE_HOME'];

function located(device?: RuntimeKind): Runtime {
  return locateRuntime({ device }) as Runtime;
}

function missing(device?: RuntimeKind): MissingRuntime {
  return locateRuntime({ device }) as MissingRuntime;
}

describeOnLinux('setup/runtime', function runtimeTests() {
  this.timeout(60_000);
  const saved = Object.fromEntries(NAMES.map((name) => [name, process.env[name]]));
  let box: Sandbox;

  before(async () => {
    box = await Sandbox.create();
    await box.publishGpu();
    for (const kind of ['--cpu', '--gpu']) {
      const ended = await box.run(['setup', kind]);
      expect(ended.code, ended.stderr).to.equal(0);
    }
  });
  after(() => box.remove());
  beforeEach(() => {
    for (const name of NAMES) delete process.env[name];
    process.env.KERAS_NODE_CACHE = box.cache;
  });
  afterEach(() => {
    for (const name of NAMES) {
      if (saved[name] === undefined) delete process.env[name];
      else process.env[name] = saved[name];
    }
  });

  it('finds the kind asked for, and by itself the one that fits the machine', () => {
    const gpu = located('gpu');
    expect(gpu.kind).to.equal('gpu');
    expect(gpu.tensorflow).to.equal(join(box.cache, 'libtensorflow-2.21.0-gpu/tensorflow'));
    expect(gpu.cudaDataDir).to.equal(join(box.cache, 'libtensorflow-2.21.0-gpu/nvidia/cuda_nvcc'));
    const cpu = located('cpu');
    expect(cpu).to.deep.equal({
      binding: join(bindingFolder('cpu'), 'keras_node.node'),
      tensorflow: join(box.cache, 'libtensorflow-2.21.0-cpu/tensorflow'),
      kind: 'cpu',
      version: '2.21.0',
    });
    expect(located().kind).to.equal(nvidiaDriver() === undefined ? 'cpu' : 'gpu');
    expect(bindingKey('cpu')).not.to.equal(bindingKey('gpu'));
  });

  it('takes at most 5 ms (median of 20)', () => {
    const times = Array.from({ length: 20 }, () => {
      const began = performance.now();
      locateRuntime();
      return performance.now() - began;
    });
    expect(times.toSorted((a, b) => a - b)[10]).to.be.lessThan(5);
  });

  it('says what is missing and how to mend it', () => {
    process.env.KERAS_NODE_CACHE = join(box.folder, 'empty');
    expect(missing()).to.deep.equal({
      missing: 'The TensorFlow runtime is not set up.',
      command: 'npx keras-node setup',
    });
    expect(missing('gpu').command).to.equal('npx keras-node setup --gpu');
  });

  it('does not take a binding whose library is gone or changed', () => {
    const library = join(box.cache, 'libtensorflow-2.21.0-gpu');
    renameSync(library, `${library}-away`);
    expect(missing('gpu').command).to.equal('npx keras-node setup --gpu');
    renameSync(`${library}-away`, library);
    expect(located('gpu').kind).to.equal('gpu');
  });

  it('prefers KERAS_NODE_BINDING, out of a cache or made elsewhere', () => {
    process.env.KERAS_NODE_CACHE = join(box.folder, 'empty');
    const inCache = join(bindingFolder('gpu', box.cache), 'keras_node.node');
    process.env.KERAS_NODE_BINDING = inCache;
    expect(located()).to.include({ binding: inCache, kind: 'gpu', version: '2.21.0' });

    const elsewhere = join(box.folder, 'own.node');
    writeFileSync(elsewhere, '');
    process.env.KERAS_NODE_BINDING = elsewhere;
    expect(located()).to.deep.equal({
      binding: elsewhere,
      tensorflow: box.folder,
      kind: 'cpu',
      version: '2.21.0',
    });
    rmSync(elsewhere);
    expect(missing()).to.deep.equal({
      missing: `KERAS_NODE_BINDING names ${elsewhere}, which does not exist.`,
      command: 'unset KERAS_NODE_BINDING',
    });
  });

  it('looks for the cache where the environment says', () => {
    expect(cacheRoot({ KERAS_NODE_CACHE: '/a', XDG_CACHE_HOME: '/b' })).to.equal('/a');
    expect(cacheRoot({ XDG_CACHE_HOME: '/b' })).to.equal('/b/keras-node');
    expect(cacheRoot({ XDG_CACHE_HOME: 'relative' })).to.match(/\.cache\/keras-node$/);
  });
});
