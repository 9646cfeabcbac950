import { expect } from 'chai';
import {
  appendFileSync, chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, truncateSync,
  utimesSync, writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { describeOnLinux, killGroup, Sandbox, tensorflowFiles, type Ended } from './sandbox.js';

const LIBRARY = 'libtensorflow-2.21.0-cpu';
const DONE = ['binding', 'downloads', LIBRARY];

/** A failure as users should see it: what, the next step, no stack trace. */
function expectFailure(ended: Ended, what: RegExp, next: RegExp, code = 1): void {
  expect(ended.code, ended.stderr).to.equal(code);
  expect(ended.stderr).to.match(what);
  expect(ended.stderr).to.match(/^Next: /m);
  expect(ended.stderr.slice(ended.stderr.indexOf('Next: '))).to.match(next);
  expect(ended.stderr).not.to.match(/^\s+at /m);
}

describeOnLinux('keras-node setup', function setupTests() {
  this.timeout(60_000);
  let box: Sandbox;

  beforeEach(async () => {
    box = await Sandbox.create();
  });
  afterEach(() => box.remove());

  /** No temporary files and no lock. */
  const expectClean = () => {
    expect(box.cached().filter((name) => /^(tmp|lock)/.test(name))).to.deep.equal([]);
  };
  const setupWorks = async () => {
    const ended = await box.run(['setup', '--cpu']);
    expect(ended.code, ended.stderr).to.equal(0);
    expect(box.cached()).to.deep.equal(DONE);
    return ended;
  };

  it('fetches, unpacks, compiles; a second run finds all done without any program', async () => {
    const first = await setupWorks();
    expect(first.stdout).to.match(/Fetching tensorflow-cpu 2\.21\.0[^]*Unpacking[^]*Compiling[^]*is ready/);
    expect(readdirSync(join(box.cache, 'downloads'))).to.deep.equal([]);
    const library = join(box.cache, LIBRARY);
    expect(readFileSync(join(library, 'tensorflow/libtensorflow_cc.so.2'))).to.have.length(300_000);
    expect(existsSync(join(library, 'tensorflow/__init__.py'))).to.equal(false);
    expect(existsSync(join(library, 'tensorflow/include/Eigen'))).to.equal(false);
    expect(box.calls('compiler')[0]).to.include(`$ORIGIN/../${LIBRARY}/tensorflow`);

    for (const name of ['python3', 'g++', 'npm']) box.removeProgram(name);
    const second = await box.run(['setup', '--cpu']);
    expect(second.code).to.equal(0);
    expect(second.stdout).to.match(/already set up/);
  });

  it('--quiet prints nothing', async () => {
    expect(await box.run(['setup', '--cpu', '--quiet'])).to.deep.equal({ code: 0, stdout: '', stderr: '' });
  });

  it('--force compiles again, keeps an undamaged library and replaces a damaged one', async () => {
    await setupWorks();
    const again = await box.run(['setup', '--cpu', '--force']);
    expect(again.code, again.stderr).to.equal(0);
    expect(box.calls('compiler')).to.have.length(2);
    expect(box.downloads()).to.equal(1);

    // The same size with other contents: only --force looks that closely.
    const file = join(box.cache, LIBRARY, 'tensorflow/libtensorflow_framework.so.2');
    writeFileSync(file, Buffer.alloc(50_000, 'x'));
    const mended = await box.run(['setup', '--cpu', '--force']);
    expect(mended.code, mended.stderr).to.equal(0);
    expect(mended.stderr).to.match(/libtensorflow_framework\.so\.2 is missing or damaged/);
    expect(box.downloads()).to.equal(2);
    expect(readFileSync(file, 'latin1').slice(0, 9)).to.equal('framework');
  });

  for (const [signal, code] of [['SIGINT', 130], ['SIGTERM', 143]] as const) {
    it(`${signal} in the download: exit code ${code}, nothing left behind, works again`, async () => {
      const { child, ended } = box.start(['setup', '--cpu'], { FAKE_PIP: 'slow' });
      const pip = Number(await box.appearance('pip.pid'));
      child.kill(signal);
      const { code: received, stderr } = await ended;
      expect(received).to.equal(code);
      expect(stderr).to.equal(`keras-node: Interrupted by ${signal}.\n`);
      expectClean();
      expect(() => process.kill(pip, 0)).to.throw('ESRCH');
      await setupWorks();
    });
  }

  it('SIGINT in the compiler: the wheel is not fetched again afterwards', async () => {
    const { child, ended } = box.start(['setup', '--cpu'], { FAKE_CXX: 'slow' });
    await box.appearance('compiler.pid');
    child.kill('SIGINT');
    expect((await ended).code).to.equal(130);
    expectClean();
    await setupWorks();
    expect(box.downloads()).to.equal(1);
  });

  it('SIGKILL in the download: the next run takes the lock over and sweeps', async () => {
    const { child, ended } = box.start(['setup', '--cpu'], { FAKE_PIP: 'slow' });
    const pip = Number(await box.appearance('pip.pid'));
    child.kill('SIGKILL');
    await ended;
    expect(box.cached()).to.include('lock');
    const { stdout } = await setupWorks();
    expect(stdout).not.to.match(/Waiting/);
    killGroup(pip);
  });

  it('two at once: the second waits, says so, and finds all done', async () => {
    const first = box.start(['setup', '--cpu'], { FAKE_PIP: 'pause' });
    await box.appearance('python.log');
    const second = await box.run(['setup', '--cpu']);
    expect(second.code, second.stderr).to.equal(0);
    expect(second.stdout).to.include(`Waiting for the set-up in process ${first.child.pid} to end`);
    expect(second.stdout).to.match(/already set up/);
    expect((await first.ended).code).to.equal(0);
    expect(box.downloads()).to.equal(1);
    expect(box.cached()).to.deep.equal(DONE);
  });

  for (const [what, text] of [
    ['of another host that has been silent for long', '{"host": "another-host", "pid": 1, "started": "1"}'],
    ['that cannot be read', '{"ho'],
  ]) {
    it(`a lock ${what} does not block for ever`, async () => {
      mkdirSync(box.cache);
      const lock = join(box.cache, 'lock');
      writeFileSync(lock, text);
      const anHourAgo = new Date(Date.now() - 3_600_000);
      utimesSync(lock, anHourAgo, anHourAgo);
      await setupWorks();
    });
  }

  it('offline', async () => {
    const ended = await box.run(['setup', '--cpu'], { FAKE_PIP: 'offline' });
    expectFailure(ended, /cannot reach its package index[^]*\| .*name resolution/, /pip config.*SETUP\.md/);
    expectClean();
  });

  it('an index without the wheel', async () => {
    const ended = await box.run(['setup', '--cpu'], { FAKE_PIP: 'unknown' });
    expectFailure(ended, /pip did not fetch tensorflow-cpu 2\.21\.0/, /pip config list/);
  });

  it('a full disk', async () => {
    const ended = await box.run(['setup', '--cpu'], { FAKE_PIP: 'full' });
    expectFailure(ended, /not enough room/, /KERAS_NODE_CACHE/);
    box.overrides.wheels.cpu!.unpackedSize = 1e18;
    const before = await box.run(['setup', '--cpu']);
    expectFailure(before, /not enough room[^]*1000000000\.0 GB are needed/, /KERAS_NODE_CACHE/);
    expect(box.downloads()).to.equal(1);
  });

  it('no pip, and no python', async () => {
    const ended = await box.run(['setup', '--cpu'], { FAKE_PIP: 'none' });
    expectFailure(ended, /pip is needed.*python3 does not have it/, /apt-get install python3-pip/);
    box.removeProgram('python3');
    expectFailure(await box.run(['setup', '--cpu']), /no python3 on PATH/, /package manager/);
  });

  it('no compiler: said before anything is fetched; CXX is respected', async () => {
    box.removeProgram('g++');
    expectFailure(await box.run(['setup', '--cpu']), /A C\+\+ compiler is needed/, /apt-get install g\+\+/);
    expect(box.downloads()).to.equal(0);
    const wrong = await box.run(['setup', '--cpu'], { CXX: 'no-such-compiler -pipe' });
    expectFailure(wrong, /CXX names "no-such-compiler -pipe"/, /unset CXX/);
  });

  it('a compile error: the end of the output; the library stays for the next run', async () => {
    const ended = await box.run(['setup', '--cpu'], { FAKE_CXX: 'error' });
    expectFailure(ended, /cannot be compiled[^]*\| keras_node\.cc:39: error/, /C\+\+17/);
    expect(ended.stderr).not.to.include('keras_node.cc:10:');
    expectClean();
    await setupWorks();
    expect(box.downloads()).to.equal(1);
  });

  it('a binding that crashes on loading is not put in place', async () => {
    const ended = await box.run(['setup', '--cpu'], { STUB_CRASH: '1' });
    expectFailure(ended, /does not load: signal 6 ended the process/, /wasm/);
    expect(box.cached()).to.deep.equal(['downloads', LIBRARY]);
  });

  it('a half-written cache is not taken for whole', async () => {
    mkdirSync(join(box.cache, LIBRARY, 'tensorflow'), { recursive: true });
    writeFileSync(join(box.cache, LIBRARY, 'tensorflow/libtensorflow_cc.so.2'), 'half');
    mkdirSync(join(box.cache, 'tmp-1-abc'));
    await setupWorks();
    expect(box.downloads()).to.equal(1);

    truncateSync(join(box.cache, LIBRARY, 'tensorflow/libtensorflow_cc.so.2'), 1000);
    const mended = await setupWorks();
    expect(mended.stderr).to.match(/libtensorflow_cc\.so\.2 is missing or damaged/);
    expect(box.downloads()).to.equal(2);
  });

  it('a wheel that lies in downloads is used when it is right, and replaced when it is damaged', async () => {
    const wheel = box.overrides.wheels.cpu!.wheels[0];
    const kept = join(box.cache, 'downloads', wheel.file);
    mkdirSync(join(box.cache, 'downloads'), { recursive: true });
    writeFileSync(kept, readFileSync(box.inIndex(wheel)));
    const { stdout } = await setupWorks();
    expect(stdout).to.include(`Already fetched: ${wheel.file}`);
    expect(box.downloads()).to.equal(0);

    writeFileSync(kept, 'garbage');
    const again = await box.run(['setup', '--cpu', '--force']);
    expect(again.code).to.equal(0);
    appendFileSync(join(box.cache, LIBRARY, 'tensorflow/libtensorflow_cc.so.2'), 'x');
    const third = await box.run(['setup', '--cpu']);
    expect(third.stderr).to.match(/sha256 differs/);
    expect(box.downloads()).to.equal(1);
  });

  it('a wheel that arrives damaged', async () => {
    const ended = await box.run(['setup', '--cpu'], { FAKE_PIP: 'corrupt' });
    expectFailure(ended, /arrived damaged[^]*expected sha256[^]*received sha256/, /again/);
    expect(readdirSync(join(box.cache, 'downloads'))).to.deep.equal([]);
    expectClean();
  });

  it('wheels with another layout', async () => {
    const files = tensorflowFiles();
    delete files['tensorflow/libtensorflow_cc.so.2'];
    await box.publish('cpu', box.overrides.wheels.cpu!.wheels, () => files);
    const ended = await box.run(['setup', '--cpu']);
    expectFailure(ended, /do not hold tensorflow\/libtensorflow_cc\.so\.2/, /Report/);
    expectClean();
  });

  it('a cache folder that cannot be written to', async function readOnly() {
    const file = join(box.folder, 'file');
    writeFileSync(file, '');
    const below = await box.run(['setup', '--cpu'], { KERAS_NODE_CACHE: join(file, 'cache') });
    expectFailure(below, /cache folder .*file\/cache cannot be written to/, /KERAS_NODE_CACHE/);
    // Root may write anywhere, whatever the mode says.
    if (process.getuid?.() === 0) return;
    mkdirSync(box.cache);
    chmodSync(box.cache, 0o555);
    expectFailure(await box.run(['setup', '--cpu']), /cannot be written to/, /KERAS_NODE_CACHE/);
    chmodSync(box.cache, 0o755);
  });

  it('without tfjs-node-gpu its sources are fetched with npm pack', async () => {
    box.withoutTfjs();
    const { stdout } = await setupWorks();
    expect(stdout).to.match(/sources of @tensorflow\/tfjs-node-gpu@4\.22\.0 with npm/);
    expect(box.calls('npm')[0]).to.match(/^pack @tensorflow\/tfjs-node-gpu@4\.22\.0 --ignore-scripts/);
    expect(box.calls('compiler')[0]).to.match(/-I\S+\/package\/binding/);
    expect(readdirSync(join(box.cache, 'downloads'))).to.deep.equal([]);
  });

  it('without tfjs-node-gpu: npm offline, a foreign archive, no npm', async () => {
    box.withoutTfjs();
    const offline = await box.run(['setup', '--cpu'], { FAKE_NPM: 'offline' });
    expectFailure(offline, /npm cannot fetch[^]*ENOTFOUND/, /--ignore-scripts/);
    box.overrides.sources!.sha512 = 'another';
    expectFailure(await box.run(['setup', '--cpu']), /expected sha512 another/, /registry/);
    box.removeProgram('npm');
    expectFailure(await box.run(['setup', '--cpu']), /no npm on PATH/, /npm install --ignore-scripts/);
    expectClean();
  });

  it('--gpu lays the CUDA parts out as in site-packages', async () => {
    await box.publishGpu();
    const ended = await box.run(['setup', '--gpu']);
    expect(ended.code, ended.stderr).to.equal(0);
    expect(box.downloads()).to.equal(13);
    const library = join(box.cache, 'libtensorflow-2.21.0-gpu');
    for (const path of ['cublas/lib/libcublasLt.so.12', 'cudnn/lib/libcudnn.so.9']) {
      expect(readFileSync(join(library, 'nvidia', path), 'utf8')).to.equal(basename(path));
    }
    expect(statSync(join(library, 'nvidia/cuda_nvcc/bin/ptxas')).mode & 0o111).to.equal(0o111);
    expect(statSync(join(library, 'tensorflow/libtensorflow_cc.so.2')).mode & 0o111).to.equal(0);
    expect(existsSync(join(library, 'nvidia/cuda_nvcc/nvvm/libdevice/libdevice.10.bc'))).to.equal(true);
    expect(existsSync(join(library, 'nvidia/cuda_nvcc/nvvm/lib64'))).to.equal(false);
    expect(existsSync(join(library, 'nvidia/cublas/include'))).to.equal(false);
    expect(existsSync(join(library, 'nvidia-cublas-cu12.dist-info/licenses/License.txt'))).to.equal(true);
    expect(readdirSync(join(box.cache, 'downloads'))).to.deep.equal([]);
  });

  it('takes the build with CUDA where a driver is present, and goes on with the next wheel', async () => {
    await box.publishGpu();
    box.program('nvidia-smi', '#!/bin/sh\n');
    const failing = box.overrides.wheels.gpu!.wheels[3];
    const original = readFileSync(box.inIndex(failing));
    appendFileSync(box.inIndex(failing), 'damage');
    expectFailure(await box.run(['setup']), /nvidia_cuda_nvcc_cu12.* arrived damaged/, /again/);
    writeFileSync(box.inIndex(failing), original);
    const ended = await box.run(['setup']);
    expect(ended.code, ended.stderr).to.equal(0);
    expect(ended.stdout).to.match(/Already fetched: tensorflow-2\.21\.0/);
    expect(ended.stdout).to.match(/TensorFlow 2\.21\.0 \(gpu\) is ready/);
    expect(ended.stderr).not.to.match(/NVIDIA driver/);
    expect(box.downloads()).to.equal(14);
  });
});
