import { expect } from 'chai';
import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DoctorReport } from '../../src/setup/doctor.js';
import { packageVersion } from '../../src/setup/paths.js';
import { describeOnLinux, Sandbox } from '../setup/sandbox.js';

const version = packageVersion();

describe('keras-node (command line)', function cliTests() {
  this.timeout(60_000);
  let box: Sandbox;
  before(async () => {
    box = await Sandbox.create();
  });
  after(() => box.remove());

  for (const [args, code, stdout, stderr] of [
    [[], 0, /Usage: keras-node[^]*setup[^]*doctor[^]*info[^]*summary[^]*predict[^]*convert[^]*plot/, /^$/],
    [['--help'], 0, /Usage: keras-node[^]*setup[^]*doctor[^]*info[^]*summary[^]*predict[^]*convert[^]*plot/, /^$/],
    [['--version'], 0, new RegExp(`^${version.replaceAll('.', '\\.')}\n$`), /^$/],
    [['setup', '--help'], 0, /--gpu[^]*--cpu[^]*--force[^]*--quiet[^]*NVIDIA driver/, /^$/],
    [['setpu'], 2, /^$/, /unknown command 'setpu'\n\(Did you mean setup\?\)/],
    [['setup', '--focre'], 2, /^$/, /unknown option '--focre'\n\(Did you mean --force\?\)/],
    [['setup', '--gpu', '--cpu'], 2, /^$/, /'--gpu' cannot be used with option '--cpu'/],
    [['doctor', 'extra'], 2, /^$/, /too many arguments/],
  ] as const) {
    it(`keras-node ${args.join(' ')}`, async () => {
      const ended = await box.run([...args]);
      expect(ended.code, ended.stderr).to.equal(code);
      expect(ended.stdout).to.match(stdout);
      expect(ended.stderr).to.match(stderr);
    });
  }
});

describeOnLinux('keras-node doctor', function doctorTests() {
  this.timeout(60_000);
  let box: Sandbox;
  beforeEach(async () => {
    box = await Sandbox.create();
  });
  afterEach(() => box.remove());

  const setup = async (...args: string[]) => {
    const ended = await box.run(['setup', ...args]);
    expect(ended.code, ended.stderr).to.equal(0);
  };
  const report = async (env?: NodeJS.ProcessEnv) => {
    const { code, stdout, stderr } = await box.run(['doctor', '--json'], env);
    expect(stderr).to.equal('');
    return { code, ...(JSON.parse(stdout) as DoctorReport) };
  };

  it('before the set-up: what to run, and what that will need', async () => {
    const { code, backend, problems, libraries } = await report();
    expect({ code, backend, libraries }).to.deep.equal({
      code: 1,
      backend: { name: 'tensorflow', chosenBy: 'default', works: false, fallback: 'wasm' },
      libraries: [],
    });
    expect(problems).to.deep.equal([
      { what: 'The TensorFlow runtime is not set up.', command: 'npx keras-node setup' },
    ]);
    box.removeProgram('g++');
    box.removeProgram('python3');
    const whats = (await report()).problems.map(({ what }) => what).join('\n');
    expect(whats).to.match(/not set up[^]*C\+\+ compiler[^]*pip/);
  });

  it('after the set-up: all is well, for people and as JSON', async () => {
    await setup('--cpu');
    const found = await report();
    expect(found.code).to.equal(0);
    expect(found.package).to.equal(version);
    expect(found.node).to.deep.equal({ version: process.versions.node, supported: true });
    expect(found.cache).to.equal(box.cache);
    expect(found.libraries).to.have.length(1);
    expect(found.libraries[0]).to.include({ kind: 'cpu', version: '2.21.0' });
    expect(found.binding).to.include({ kind: 'cpu', version: '2.21.0' });
    expect(found.binding!.devices).to.deep.equal([
      { name: '/job:localhost/replica:0/task:0/device:CPU:0', type: 'CPU' },
    ]);
    expect(found.compiler!.version).to.equal('fake g++ 99.0');
    expect(found.pip).to.deep.equal({ python: join(box.bin, 'python3'), version: '99.0' });

    const { code, stdout } = await box.run(['doctor']);
    expect(code).to.equal(0);
    expect(stdout).to.match(/✓ Backend +tensorflow \(the default/);
    expect(stdout).to.match(/✓ Binding +loads in \d+\.\d s, TensorFlow 2\.21\.0, devices CPU:0/);
    expect(stdout).to.match(/All is well\.\n$/);
  });

  it('says who chose the backend; wasm needs no set-up', async () => {
    const wasm = await report({ KERAS_BACKEND: 'wasm' });
    expect({ code: wasm.code, backend: wasm.backend }).to.deep.equal({
      code: 0,
      backend: { name: 'wasm', chosenBy: 'KERAS_BACKEND', works: true },
    });
    const home = join(box.folder, 'keras');
    mkdirSync(home);
    const file = join(home, 'keras.json');
    writeFileSync(file, '{"backend": "cpu"}');
    expect((await report({ KERAS_HOME: home })).backend).to.include({ name: 'cpu', chosenBy: file });
    // A file shared with Python.
    writeFileSync(file, '{"backend": "jax"}');
    const { backend } = await report({ KERAS_HOME: home });
    expect(backend).to.include({ name: 'tensorflow', chosenBy: 'default' });
    writeFileSync(file, '{"backend": ');
    const { problems } = await report({ KERAS_HOME: home });
    expect(problems[0].what).to.include(`${file} is not valid JSON`);
  });

  it('a binding that does not load, and one that crashes, do not take doctor with them', async () => {
    await setup('--cpu');
    const crashed = await report({ STUB_CRASH: '1' });
    expect(crashed.code).to.equal(1);
    expect(crashed.problems[0].what).to.match(/does not load: signal 6 ended the process/);
    expect(crashed.problems[0].command).to.equal('npx keras-node setup --cpu --force');

    const folder = join(box.cache, readdirSync(box.cache).find((name) => name.startsWith('binding-'))!);
    const binding = join(folder, 'keras_node.node');
    writeFileSync(binding, Buffer.alloc(statSync(binding).size));
    const { code, stdout } = await box.run(['doctor']);
    expect(code).to.equal(1);
    expect(stdout).to.match(/✗ Binding.*does not load: Error: .*(ELF|header|file too short)/i);
    expect(stdout).to.match(/To mend:\n +1\. .*\n +npx keras-node setup --cpu --force/);
  });

  it('a damaged library', async () => {
    await setup('--cpu');
    const file = join(box.cache, 'libtensorflow-2.21.0-cpu/tensorflow/libtensorflow_framework.so.2');
    rmSync(file);
    const { code, problems } = await report();
    expect(code).to.equal(1);
    expect(problems).to.deep.equal([
      { what: `${file} is missing or damaged.`, command: 'npx keras-node setup --cpu --force' },
    ]);
  });

  it('with a driver: each CUDA library by name, and the one that is missing', async () => {
    await box.publishGpu();
    box.program('nvidia-smi', '#!/bin/sh\n');
    const driver = join(box.folder, 'driver');
    mkdirSync(driver);
    writeFileSync(join(driver, 'libcuda.so.1'), '');
    const env = { LD_LIBRARY_PATH: driver };
    await setup('--cpu');
    const advice = await report(env);
    expect({ code: advice.code, command: advice.advice[0].command }).to.deep.equal({
      code: 0,
      command: 'npx keras-node setup --gpu',
    });

    await setup('--gpu');
    const found = await report(env);
    expect(found.cuda['libcuda.so.1']).to.equal(join(driver, 'libcuda.so.1'));
    expect(found.cuda['libcudnn.so.9']).to.match(/2\.21\.0-gpu\/nvidia\/cudnn\/lib\/libcudnn\.so\.9$/);
    // The stub knows no GPU, which is worth a word where a driver is present.
    expect(found.problems.map(({ what }) => what)).to.deep.equal([
      'All libraries are there, and TensorFlow finds no GPU.',
    ]);
    rmSync(found.cuda['libcudnn.so.9']!);
    const { code, stdout } = await box.run(['doctor'], env);
    expect(code).to.equal(1);
    expect(stdout).to.match(/✗ {3}libcudnn\.so\.9 +missing/);
    expect(stdout).to.match(/libcudnn\.so\.9 is missing or damaged|Missing: libcudnn\.so\.9/);
  });
});
