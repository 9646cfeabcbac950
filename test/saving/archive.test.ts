import { expect } from 'chai';
import { chmod, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { archiveBytes, ArchiveError, ArchiveReader, writeArchive } from '../../src/saving/archive.js';
import { writeFileAtomically } from '../../src/saving/atomic-file.js';

async function errorOf(work: () => Promise<unknown>): Promise<Error> {
  try {
    await work();
  } catch (error) {
    return error as Error;
  }
  throw new Error('expected an error');
}

interface RawMember {
  name: string;
  data?: Uint8Array;
  method?: number;
  declared?: number;
  attributes?: number;
  flags?: number;
}

/** A zip with whatever is asked for in its directory, sound or not. */
function rawZip(members: RawMember[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const { name, data = new Uint8Array(), method = 0, declared, attributes = 0, flags = 0x800 } of members) {
    const nameBytes = Buffer.from(name);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(flags, 2);
    common.writeUInt16LE(method, 4);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(declared ?? data.length, 18);
    common.writeUInt16LE(nameBytes.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, nameBytes, data]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(attributes, 6);
    tail.writeUInt32LE(at, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\0'), common, tail, nameBytes]));
    parts.push(local);
    at += local.length;
  }
  const size = directory.reduce((n, d) => n + d.length, 0);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(members.length, 8);
  end.writeUInt16LE(members.length, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, ...directory, end]);
}

const writeNothing = async (): Promise<void> => {};

describe('saving/archive', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'keras-archive-'));
  });
  after(() => rm(folder, { recursive: true }));

  const members = [
    { name: 'metadata.json', contents: Buffer.from('{"keras_version": "3.15.1"}') },
    { name: 'assets/vocabulary.txt', contents: Buffer.from('größer\n') },
    {
      name: 'model.weights.h5',
      contents: { byteLength: 5, chunks: () => [Uint8Array.of(1, 2), Uint8Array.of(3, 4, 5)] },
    },
  ];

  it('writes members that it reads back, from a path and from bytes', async () => {
    const path = join(folder, 'a.keras');
    await writeArchive(path, members);
    for (const source of [path, await archiveBytes(members), await readFile(path)]) {
      await using archive = await ArchiveReader.open(source);
      expect(archive.members).to.deep.equal(members.map(({ name }) => name));
      expect([...(await archive.read('model.weights.h5'))]).to.deep.equal([1, 2, 3, 4, 5]);
      expect(Buffer.from(await archive.read('assets/vocabulary.txt')).toString()).to.equal('größer\n');
      expect((await errorOf(() => archive.read('config.json'))).message).to.match(/no member 'config.json'.*metadata.json/);
    }
    expect(await readdir(folder)).to.deep.equal(['a.keras']);
  });

  it('reads compressed members', async () => {
    const text = Buffer.from('x'.repeat(1000));
    const zip = rawZip([{ name: 'config.json', data: deflateRawSync(text), method: 8, declared: 1000 }]);
    zip.writeUInt32LE(0x9a1de192, 14); // not the checksum
    await using archive = await ArchiveReader.open(zip);
    expect((await errorOf(() => archive.read('config.json'))).message).to.match(/checksum/);
  });

  for (const [what, content, expected] of [
    ['an HDF5 file', '\x89HDF\r\n\x1a\n and more, and more, and more', /HDF5/],
    ['JSON', '{"class_name": "Sequential", "config": {}}', /JSON/],
    ['HTML', '<!DOCTYPE html><html><body>404</body></html>', /HTML/],
    ['a Git LFS pointer', 'version https://git-lfs.github.com/spec/v1\noid sha256:1', /Git LFS/],
    ['a gzip file', '\x1f\x8b\x08 and more, and more, and more', /gzip/],
    ['nothing', '', /empty/],
    ['anything', 'abcdefghijklmnopqrstuvwxyz', /26 bytes, beginning 61 62 63/],
    ['half a zip', 'PK\x03\x04 and more, and more, and more', /damaged or cut short/],
  ] as const) {
    it(`says that it met ${what}`, async () => {
      const path = join(folder, 'foreign.keras');
      await writeFile(path, content, 'latin1');
      const error = await errorOf(() => ArchiveReader.open(path));
      expect(error).to.be.instanceOf(ArchiveError);
      expect(error.message).to.match(/foreign.keras' is not a valid .keras file/).and.match(expected);
    });
  }

  it('says that a file is not there', async () => {
    expect((await errorOf(() => ArchiveReader.open(join(folder, 'none.keras')))).message).to.match(/no file.*none.keras/);
  });

  for (const [what, member, expected] of [
    ['a path upwards', { name: 'assets/../../x' }, /\.\./],
    ['an absolute path', { name: '/etc/x' }, /x/],
    ['a Windows path', { name: 'C:/x' }, /C:/],
    ['a backslash', { name: 'a\\..\\x' }, /x/],
    ['a symbolic link', { name: 'assets/link', attributes: 0o120777 * 65536 }, /symbolic link/],
    ['an encrypted member', { name: 'config.json', flags: 1, data: Buffer.alloc(20), declared: 8 }, /encrypted/],
    ['an unknown compression', { name: 'config.json', method: 12 }, /compression 12/],
    ['two sizes', { name: 'config.json', declared: 9 }, /size/],
    ['a decompression bomb', { name: 'config.json', method: 8, declared: 4e9, data: Buffer.alloc(9) }, /bomb/],
  ] as [string, RawMember, RegExp][]) {
    it(`refuses ${what}`, async () => {
      const error = await errorOf(() => ArchiveReader.open(rawZip([member])));
      expect(error).to.be.instanceOf(ArchiveError);
      expect(error.message).to.match(expected);
    });
  }

  it('refuses a member that is there twice, and members that overlap', async () => {
    const twice = rawZip([{ name: 'config.json' }, { name: 'config.json' }]);
    expect((await errorOf(() => ArchiveReader.open(twice))).message).to.match(/twice/);
    const overlapping = rawZip([{ name: 'a', data: Buffer.alloc(5000) }, { name: 'b' }]);
    const directory = overlapping.lastIndexOf('PK\x01\x02');
    overlapping.writeUInt32LE(5000, directory + 20);
    overlapping.writeUInt32LE(5000, directory + 24);
    expect((await errorOf(() => ArchiveReader.open(overlapping))).message).to.match(/beyond the end/);
  });

  it('notices a flipped bit in any member', async () => {
    const bytes = await archiveBytes(members);
    const at = Buffer.from(bytes).indexOf('größer');
    bytes[at] ^= 4;
    await using archive = await ArchiveReader.open(bytes);
    expect((await errorOf(() => archive.read('assets/vocabulary.txt'))).message).to.match(/checksum/);
  });
});

describe('saving/atomic-file', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'keras-atomic-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('leaves the old file and nothing else when writing fails', async () => {
    const path = join(folder, 'model.keras');
    await writeFile(path, 'old');
    const broken = [{
      name: 'model.weights.h5',
      contents: {
        byteLength: 2e6,
        *chunks() {
          yield new Uint8Array(1e6);
          throw new Error('weights are gone');
        },
      },
    }];
    expect((await errorOf(() => writeArchive(path, broken))).message).to.match(/weights are gone/);
    expect(await readFile(path, 'utf8')).to.equal('old');
    expect(await readdir(folder)).to.deep.equal(['model.keras']);
  });

  it('keeps the permissions of the old file and follows a symbolic link', async () => {
    const path = join(folder, 'real');
    await writeFile(path, 'old');
    await chmod(path, 0o640);
    await symlink('real', join(folder, 'link'));
    await writeFileAtomically(join(folder, 'link'), async (file) => {
      await file.writeFile('new');
    });
    expect(await readFile(path, 'utf8')).to.equal('new');
    expect((await stat(path)).mode & 0o777).to.equal(0o640);
    expect((await readdir(folder)).toSorted()).to.deep.equal(['link', 'real']);
  });

  it('says why it cannot write', async () => {
    expect((await errorOf(() => writeFileAtomically(join(folder, 'no/x'), writeNothing))).message).to.match(/does not exist/);
    expect((await errorOf(() => writeFileAtomically(folder, writeNothing))).message).to.match(/is not a file/);
  });
});
