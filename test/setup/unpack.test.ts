import { expect } from 'chai';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SetupError } from '../../src/setup/errors.js';
import type { FileRecord } from '../../src/setup/manifest.js';
import { openWheel } from '../../src/setup/unpack.js';
import { isWanted, wheelSet } from '../../src/setup/wheels.js';
import { fakeWheel } from './sandbox.js';

describe('setup/unpack', () => {
  let folder: string;
  let wheel: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'keras-unpack-'));
    wheel = join(folder, 'a.whl');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  async function unpack(signal = new AbortController().signal): Promise<Record<string, FileRecord>> {
    const open = await openWheel(wheel, (path) => path.startsWith('tensorflow/') || path.includes('evil'));
    try {
      return await open.unpack(join(folder, 'out'), signal, () => {});
    } finally {
      open.close();
    }
  }

  async function expectDamaged(detail: RegExp): Promise<void> {
    const error: unknown = await unpack().then(() => undefined, (reason: unknown) => reason);
    expect(error).to.be.instanceOf(SetupError);
    expect((error as SetupError).message).to.equal('a.whl cannot be unpacked: it is damaged.');
    expect((error as SetupError).details.join('\n')).to.match(detail);
  }

  it('unpacks what is wanted and reports sizes and hashes', async () => {
    // RECORD quotes a path with a comma.
    await fakeWheel(wheel, { 'tensorflow/a, b.txt': 'abc', 'other.txt': 'no' });
    const sha256 = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
    expect(await unpack()).to.deep.equal({ 'tensorflow/a, b.txt': { size: 3, sha256 } });
    expect(existsSync(join(folder, 'out/other.txt'))).to.equal(false);
  });

  for (const [what, name] of [['above the folder', '../evil.h'], ['at an absolute path', '/xx/evil.h']]) {
    it(`writes nothing ${what}`, async () => {
      const harmless = name.replaceAll('.', 'x').replace(/^\//, 'x').replace('evilxh', 'evil.h');
      await fakeWheel(wheel, { [harmless]: 'evil' });
      const bytes = readFileSync(wheel).toString('latin1').replaceAll(harmless, name);
      writeFileSync(wheel, Buffer.from(bytes, 'latin1'));
      await expectDamaged(/path/);
      expect(existsSync(join(folder, 'evil.h'))).to.equal(false);
    });
  }

  it('refuses a file that differs from RECORD, is cut off, or is no archive', async () => {
    const files = { 'tensorflow/a.txt': 'a'.repeat(1000) };
    await fakeWheel(wheel, files, (record) => record.replace(/sha256=..../, 'sha256=AAAA'));
    await expectDamaged(/a\.txt differs from its RECORD/);
    await fakeWheel(wheel, files, (record) => record.replace(',1000', ',1001'));
    await expectDamaged(/a\.txt differs from its RECORD/);
    await fakeWheel(wheel, files, () => '');
    await expectDamaged(/a\.txt is not in its RECORD/);

    await fakeWheel(wheel, files);
    const whole = readFileSync(wheel);
    const data = whole.indexOf('tensorflow/a.txt') + 'tensorflow/a.txt'.length;
    whole[data + 2] ^= 0xff;
    writeFileSync(wheel, whole);
    await expectDamaged(/a\.txt/);
    writeFileSync(wheel, whole.subarray(0, whole.length / 2));
    await expectDamaged(/end of central directory/i);
    writeFileSync(wheel, 'no archive');
    await expectDamaged(/./);
  });

  it('stops when told to', async () => {
    await fakeWheel(wheel, { 'tensorflow/a.txt': 'abc' });
    const error: unknown = await unpack(AbortSignal.abort()).catch((reason: unknown) => reason);
    expect(error).to.have.property('name', 'AbortError');
  });
});

describe('setup/wheels', () => {
  it('pins every wheel by version and sha256', () => {
    const gpu = wheelSet('gpu', 'x64')!.wheels;
    expect(gpu).to.have.length(13);
    const all = [...gpu, ...wheelSet('cpu', 'x64')!.wheels, ...wheelSet('cpu', 'arm64')!.wheels];
    for (const { file, name, version, sha256, size, platform } of all) {
      const start = `${name.replaceAll('-', '_')}-${version}`;
      expect(file).to.match(new RegExp(`^${start}-(cp311-cp311|py3-none)-${platform}`));
      expect(sha256).to.match(/^[0-9a-f]{64}$/);
      expect(size).to.be.greaterThan(1e6);
    }
    expect(new Set(all.map(({ sha256 }) => sha256))).to.have.property('size', all.length);
    expect(wheelSet('gpu', 'arm64')).to.equal(undefined);
  });

  for (const [path, wanted] of [
    ['tensorflow/libtensorflow_cc.so.2', true],
    ['tensorflow/include/tensorflow/c/eager/c_api.h', true],
    ['tensorflow/include/tensorflow/core/platform/ctstring.h', true],
    ['tensorflow/include/tensorflow/core/framework/tensor.h', false],
    ['tensorflow/include/xla/tsl/c/tsl_status.h', true],
    ['tensorflow/include/xla/service/hlo.h', false],
    ['tensorflow/python/_pywrap_tensorflow_internal.so', false],
    ['tensorflow/THIRD_PARTY_NOTICES.txt', true],
    ['nvidia/cudnn/lib/libcudnn_ops.so.9', true],
    ['nvidia/cuda_runtime/lib/libcudart_static.a', false],
    ['nvidia/cuda_nvcc/bin/ptxas', true],
    ['nvidia_cublas_cu12-12.9.3.13.dist-info/licenses/License.txt', true],
    ['nvidia_cublas_cu12-12.9.3.13.dist-info/RECORD', false],
  ] as const) {
    it(`${wanted ? 'takes' : 'leaves'} ${path}`, () => expect(isWanted(path)).to.equal(wanted));
  }
});
