import { expect } from 'chai';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import * as keras from '../../src/index.js';
import { captured, errorOf, notices } from '../support/capture.js';
import { FileServer } from '../support/file-server.js';

const { get_file } = keras.utils;

const hash = (name: string, text: string): string => createHash(name).update(text).digest('hex');

/** A tar archive with members as they are told, whatever their names. */
function tar(members: readonly { name: string; content?: string; type?: string; link?: string }[]): Buffer {
  const blocks = members.flatMap(({ name, content = '', type = '0', link = '' }) => {
    const head = Buffer.alloc(512);
    head.write(name, 0);
    head.write('0000644\0', 100);
    head.write('0000000\0', 108);
    head.write('0000000\0', 116);
    head.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124);
    head.write('00000000000\0', 136);
    head.write('        ', 148);
    head.write(type, 156);
    head.write(link, 157);
    head.write('ustar\x0000', 257);
    head.write(`${head.reduce((a, b) => a + b, 0).toString(8).padStart(6, '0')}\0 `, 148);
    const body = Buffer.alloc(Math.ceil(content.length / 512) * 512);
    body.write(content);
    return [head, body];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

/** A zip archive of one stored file of any name. */
function zip(name: string, content: string): Buffer {
  const [bytes, path] = [Buffer.from(content), Buffer.from(name)];
  // CRC-32 by its definition.
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let k = 0; k < 8; k++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  const fields = Buffer.alloc(26);
  fields.writeUInt16LE(20, 0);
  fields.writeUInt32LE(~crc >>> 0, 10);
  fields.writeUInt32LE(bytes.length, 14);
  fields.writeUInt32LE(bytes.length, 18);
  fields.writeUInt16LE(path.length, 22);
  const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), fields, path, bytes]);
  const central = Buffer.concat([Buffer.from('PK\x01\x02\x14\x00', 'latin1'), fields, Buffer.alloc(14), path]);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(local.length, 16);
  return Buffer.concat([local, central, end]);
}

describe('keras.utils.get_file', () => {
  const home = mkdtempSync(join(tmpdir(), 'keras-node-get-file-'));
  let server: FileServer;
  before(async () => {
    server = await FileServer.start();
    server.files.set('words.txt', Buffer.from('some words'));
  });
  after(async () => {
    await server.stop();
    rmSync(home, { recursive: true });
  });

  let count = 0;
  /** Keras's folder, a new one for each test. */
  let cache_dir: string;
  beforeEach(() => {
    cache_dir = join(home, `home-${count++}`);
    server.requests.length = 0;
  });
  /** Without what is printed. */
  const get = async (options: keras.utils.GetFileOptions): Promise<string> => {
    let path = '';
    await captured('stdout', async () => {
      path = await get_file({ cache_dir, ...options });
    });
    return path;
  };

  it('fetches once, with a progress bar', async () => {
    const origin = server.url('words.txt?version=1');
    server.files.set('words.txt?version=1', Buffer.from('some words'));
    let path = '';
    const output = await captured('stdout', async () => {
      path = await get_file({ origin, cache_dir });
    });
    expect(path).to.equal(join(cache_dir, 'datasets', 'words.txt'));
    expect(readFileSync(path, 'utf8')).to.equal('some words');
    expect(output).to.match(new RegExp(`^Downloading data from ${origin.replaceAll(/[?.]/g, '\\$&')}\n10/10 ━+ `));
    expect(await captured('stdout', () => get_file({ origin, cache_dir }))).to.equal('');
    expect(server.requests).to.have.length(1);
    await get({ origin, force_download: true });
    expect(server.requests).to.have.length(2);
    expect(readdirSync(join(cache_dir, 'datasets'))).to.deep.equal(['words.txt']);
  });

  it('by position; without a known size; from a file; in other folders', async () => {
    await captured('stdout', async () => {
      const path = await get_file('a.txt', server.url('unknown/words.txt'), { cache_dir, cache_subdir: 'texts/en' });
      expect(path).to.equal(join(cache_dir, 'texts', 'en', 'a.txt'));
      const copy = await get_file('b.txt', pathToFileURL(path), { cache_subdir: join(home, 'elsewhere') });
      expect(copy).to.equal(join(home, 'elsewhere', 'b.txt'));
      expect(readFileSync(copy, 'utf8')).to.equal('some words');
    });
  });

  it('a file of another hash is an error, and one in the cache is fetched again', async () => {
    const origin = server.url('words.txt');
    await get({ origin, file_hash: hash('sha256', 'some words') });
    await get({ origin, md5_hash: hash('md5', 'some words') });
    await get({ origin, file_hash: hash('md5', 'some words').toUpperCase() });
    expect(server.requests).to.have.length(1);
    const path = join(cache_dir, 'datasets', 'words.txt');
    writeFileSync(path, 'some wo');
    const output = await captured('stdout', () => get_file({ origin, cache_dir, file_hash: hash('sha256', 'some words') }));
    expect(output).to.match(/is incomplete or outdated: its sha256 is not .* It is fetched again\./);
    expect(readFileSync(path, 'utf8')).to.equal('some words');
    await errorOf(() => get({ origin, file_hash: hash('sha256', 'other') }), 'incomplete or not the expected file: its sha256 is');
    expect(readFileSync(path, 'utf8'), 'what was there stays').to.equal('some words');
    await errorOf(() => get({ origin, file_hash: 'x', hash_algorithm: 'sha1' }), 'the hash_algorithm is \'auto\', \'md5\' or \'sha256\'');
  });

  it('what does not arrive whole leaves nothing behind', async () => {
    await errorOf(() => get({ origin: server.url('none.txt') }), `URL fetch failure on ${server.url('none.txt')}: 404 -- Not Found`);
    await errorOf(() => get({ origin: server.url('short/words.txt') }), 'URL fetch failure on', 'after 5 bytes');
    await errorOf(() => get({ origin: 'http://127.0.0.1:1/x.txt' }), 'URL fetch failure on http://127.0.0.1:1/x.txt: ');
    await errorOf(() => get({ origin: 'ftp://example.org/x.txt' }), 'must begin with https:, http: or file:');
    await errorOf(() => get({ origin: pathToFileURL(join(home, 'none')) }), 'URL fetch failure on file:', 'ENOENT');
    expect(readdirSync(join(cache_dir, 'datasets'))).to.deep.equal([]);
  });

  it('arguments that make no sense', async () => {
    await errorOf(() => get({}), 'needs the address');
    await errorOf(() => get({ origin: server.url() }), 'does not end in the name of a file. Pass fname.');
    await errorOf(() => get({ origin: server.url('a'), fname: '../a' }), 'fname is a name without folders', '\'../a\'');
    await errorOf(() => get({ origin: server.url('a'), fname: '..' }), '\'..\' is no name of a file');
    await errorOf(() => get({ origin: server.url('words.txt'), extract: true, archive_format: 'rar' as 'zip' }), 'received \'rar\'');
  });

  it('archives: tar with gzip and without, zip; the folder has the name that Keras gives it', async () => {
    const members = [{ name: 'in/', type: '5' }, { name: 'in/a.txt', content: 'alpha' }, { name: 'b.txt', content: 'beta' }];
    server.files.set('a.tar', tar(members));
    server.files.set('a.tar.gz', gzipSync(tar(members)));
    server.files.set('a.zip', zip('in/a.txt', 'alpha'));
    for (const [options, folder] of [
      [{ origin: server.url('a.tar.gz'), extract: true }, 'a.tar.gz'],
      [{ origin: server.url('a.tar'), untar: true, fname: 'plain' }, 'plain'],
      [{ origin: server.url('a.zip'), extract: true, fname: 'b.zip', archive_format: 'zip' }, 'b_extracted'],
      [{ origin: server.url('a.zip'), extract: true, fname: 'c.v1.zip', archive_format: ['zip', 'tar'] }, 'c_extracted'],
    ] as const) {
      const path = await get(options);
      expect(path).to.equal(join(cache_dir, 'datasets', folder));
      expect(readFileSync(join(path, 'in', 'a.txt'), 'utf8')).to.equal('alpha');
    }
    const kept = readdirSync(join(cache_dir, 'datasets'));
    expect(kept).to.include.members(['a.tar.gz_archive', 'plain_archive', 'b.zip', 'c.v1.zip']);
    const line = await notices(() => get({ origin: server.url('words.txt'), extract: true }));
    expect(line).to.match(/words\.txt_archive' is no archive that is read here/);
    expect(await notices(() => get({ origin: server.url('a.zip'), extract: true, fname: 'd', archive_format: 'tar' }))).to.match(/no archive/);
  });

  it('nothing is written outside of the folder', async () => {
    const outside = join(home, 'outside');
    server.files.set('evil.tar', tar([
      { name: '../up.txt', content: 'x' }, { name: outside, content: 'x' }, { name: 'in/../../up.txt', content: 'x' },
      { name: 'up', type: '2', link: '..' }, { name: 'up/through.txt', content: 'x' },
      { name: 'here', type: '2', link: '.' }, { name: 'over', type: '2', link: 'here/..' },
      { name: 'root', type: '2', link: '/' }, { name: 'hard', type: '1', link: '../words.txt' },
      { name: 'deep/near', type: '2', link: '../good.txt' }, { name: 'good.txt', content: 'good' },
    ]));
    let path = '';
    const lines = await notices(async () => {
      path = await get({ origin: server.url('evil.tar'), extract: true });
    });
    expect(lines.match(/would lie outside of the folder/g)).to.have.length(7);
    expect(readdirSync(path).toSorted()).to.deep.equal(['deep', 'good.txt', 'here', 'up']);
    expect(readFileSync(join(path, 'deep', 'near'), 'utf8')).to.equal('good');
    for (const name of ['../up.txt', 'up.txt', '/tmp/up.txt', 'a\\..\\..\\b', 'C:/x']) {
      server.files.set('evil.zip', zip(name, 'x'));
      const line = await notices(async () => {
        path = await get({ origin: server.url('evil.zip'), extract: true, force_download: true, fname: `z${name.length}` });
      });
      if (name === 'up.txt') expect(readdirSync(path)).to.deep.equal(['up.txt']);
      else {
        expect(line, name).to.include(`${JSON.stringify(name)} would lie outside of the folder`);
        expect(readdirSync(path), name).to.deep.equal([]);
      }
    }
    expect(existsSync(outside)).to.equal(false);
    expect(readdirSync(home).filter((name) => name.startsWith('up'))).to.deep.equal([]);
    expect(readdirSync(join(cache_dir, 'datasets')).filter((name) => name.startsWith('up'))).to.deep.equal([]);
  });

  it('a damaged archive leaves no folder; bzip2 and xz are named', async () => {
    const whole = gzipSync(tar([{ name: 'a.txt', content: 'alpha'.repeat(1000) }]));
    server.files.set('cut.tar.gz', whole.subarray(0, whole.length - 30));
    await errorOf(() => get({ origin: server.url('cut.tar.gz'), extract: true }), 'cannot be taken apart', 'damaged, or cut short');
    expect(existsSync(join(cache_dir, 'datasets', 'cut.tar.gz'))).to.equal(false);
    server.files.set('a.tar.bz2', Buffer.from('BZh91AY&SY'));
    await errorOf(() => get({ origin: server.url('a.tar.bz2'), extract: true }), 'compressed with bzip2, which is not read here');
  });
});
