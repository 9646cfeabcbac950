/** keras.json, KERAS_HOME and KERAS_BACKEND, each in a process and a folder of its own; where JSON goes wrong. */
import { expect } from 'chai';
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findJsonError } from '../../src/backend/json-position.js';
import { locateRuntime } from '../../src/setup/runtime.js';
import { bundled } from '../support/bundled.js';

const CONFIG = fileURLToPath(new URL('../../src/backend/config.ts', import.meta.url));
const MENDED = 'Mend or delete the file.';

interface Ended {
  code: number;
  out: string;
  err: string;
}

describe('configuration', () => {
  const home = mkdtempSync(join(tmpdir(), 'keras-node-config-'));
  const file = join(home, 'keras.json');
  afterEach(() => rmSync(file, { force: true }));
  after(() => rmSync(home, { recursive: true }));

  /** Runs code with `c`, the configuration module, in a process of its own. */
  function run(code: string, env: Record<string, string> = {}): Promise<Ended> {
    const inherited = { ...process.env };
    for (const name of ['KERAS_BACKEND', 'KERAS_NODE_QUIET']) delete inherited[name];
    const script = `import * as c from ${JSON.stringify(bundled(CONFIG))};\n${code}`;
    return new Promise((resolve) => {
      execFile(process.execPath, ['--input-type=module', '-e', script],
        { env: { ...inherited, KERAS_HOME: home, ...env } },
        (error, out, err) => resolve({ code: error ? Number(error.code) : 0, out, err }));
    });
  }
  const SETTINGS = 'console.log(JSON.stringify([c.epsilon(), c.floatx(), c.image_data_format(), c._BACKEND]))';

  it('a file with the defaults is made when there is none, and left alone afterwards', async () => {
    // Another process starts at the same time.
    const [{ out, err }, other] = await Promise.all([run(SETTINGS), run(SETTINGS)]);
    expect(other.out).to.equal(out);
    expect(readdirSync(home)).to.deep.equal(['keras.json']);
    expect([JSON.parse(out), err]).to.deep.equal([[1e-7, 'float32', 'channels_last', 'tensorflow'], '']);
    const text = readFileSync(file, 'utf8');
    expect(JSON.parse(text)).to.deep.equal(
      { floatx: 'float32', epsilon: 1e-7, backend: 'tensorflow', image_data_format: 'channels_last' });
    writeFileSync(file, '{}');
    await run(SETTINGS);
    expect(readFileSync(file, 'utf8')).to.equal('{}');
  });

  it('the file of Keras 1 is understood, before any backend is started', async () => {
    writeFileSync(file, '{"epsilon": 1e-05, "floatx": "float64", "backend": "theano", "image_dim_ordering": "th"}');
    const { out } = await run(SETTINGS);
    expect(JSON.parse(out)).to.deep.equal([1e-5, 'float64', 'channels_first', 'tensorflow']);
  });

  it('says which backend is used, unless it is to be quiet; the environment overrides the file', async () => {
    writeFileSync(file, '{"backend": "nonesuch"}');
    const code = 'console.log(c.backend(), c._BACKEND)';
    const [loud, quiet] = await Promise.all([
      run(code, { KERAS_BACKEND: 'cpu' }), run(code, { KERAS_BACKEND: 'cpu', KERAS_NODE_QUIET: '1' })]);
    expect(loud).to.deep.equal({ code: 0, out: 'cpu cpu\n', err: 'Using cpu backend.\n' });
    expect(quiet).to.deep.equal({ code: 0, out: 'cpu cpu\n', err: '' });
    const unknown = await run(code);
    expect(unknown.code).to.equal(1);
    expect(unknown.err).to.include(
      `${file} names the unknown backend 'nonesuch'. Registered backends: tensorflow, wasm, cpu.`);
  });

  it('a backend of Python is one notice and the default', async function () {
    if ('missing' in locateRuntime()) this.skip();
    writeFileSync(file, '{"backend": "jax"}');
    const { out, err } = await run('c.backend(); console.log(c.backend());');
    expect(out).to.equal('tensorflow\n');
    expect(err).to.equal(`${file} names the backend 'jax', which is Python's; keras-node uses 'tensorflow'.\n` +
      'Using TensorFlow backend.\n');
  });

  it('a broken file is an error that names file and place, and stays as it is', async () => {
    const broken = '{\n  "epsilon": 1e-07,\n  "floatx": float32\n}\n';
    writeFileSync(file, broken);
    const { code, out, err } = await run(SETTINGS);
    expect([code, out]).to.deep.equal([1, '']);
    expect(err).to.include(
      `${file} is not valid JSON: line 3, column 13: expected a value, received 'float32'. ${MENDED}`);
    expect(readFileSync(file, 'utf8')).to.equal(broken);
  });

  it('values that cannot be used are errors that name file and value', async () => {
    const rows: [string, string][] = [
      ['{"epsilon": "1e-7"}', 'epsilon must be a positive number, received "1e-7"'],
      ['{"floatx": "float8"}', 'float8'],
      ['{"image_dim_ordering": "tensorflow"}', 'received \'tensorflow\''],
      ['{"backend": 5}', 'the backend must be a string such as "tensorflow", received 5'],
      ['[1]', 'must hold a JSON object such as {"floatx": "float32"}, received [1]'],
    ];
    for (const [text, message] of rows) {
      writeFileSync(file, text);
      const { code, err } = await run(SETTINGS);
      expect(code, text).to.equal(1);
      expect(err).to.include(file).and.include(message);
    }
    expect(existsSync(file)).to.equal(true);
  });
});

describe('the place where a text stops being JSON', () => {
  const rows: [text: string, line: number, column: number, expected: string, received: string][] = [
    ['', 1, 1, 'a value', 'the end of the file'],
    ['{"a": 1', 1, 8, '\',\' or \'}\'', 'the end of the file'],
    ['{"a": 1,}', 1, 9, 'a name in double quotes', '\'}\''],
    ['{"a": 1,\n "b" 2}', 2, 6, '\':\'', '\'2\''],
    ['{a: 1}', 1, 2, 'a name in double quotes', '\'a\''],
    ['{"a": \'b\'}', 1, 7, 'a value', '\'\'\''],
    ['{"a": [1, 2}', 1, 12, '\',\' or \']\'', '\'}\''],
    ['{"a": 01}', 1, 7, 'a value', '\'01\''],
    ['{"a": "b\\q"}', 1, 7, 'a string that is closed and well escaped', '\'"b\\q"}\''],
    ['{"a": "b\n"}', 1, 7, 'a string that is closed and well escaped', '\'"b\''],
    ['{}\n\n{}', 3, 1, 'the end of the file', '\'{\''],
    ['{"a": NaN}', 1, 7, 'a value', '\'NaN\''],
    ['\ufeff{}', 1, 1, 'a value', '\'\ufeff\''],
  ];
  for (const [text, line, column, expected, received] of rows) {
    it(JSON.stringify(text), () => {
      expect(() => JSON.parse(text) as unknown).to.throw(SyntaxError);
      expect(findJsonError(text)).to.deep.equal({ line, column, expected, received });
    });
  }
});
