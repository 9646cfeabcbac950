/**
 * The package as a user gets it: packed, installed into an empty folder, used from plain JavaScript and TypeScript.
 * Runs on `dist/`, which `npm test` builds first.
 */
import { expect } from 'chai';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const fixtures = fileURLToPath(new URL('consumer', import.meta.url));

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

describe('the packed package', function () {
  this.timeout(180_000);
  let sandbox: string;
  let project: string;
  /** Paths in the tarball. */
  let packed: string[];

  /** Runs Node in the project, without what the tests' own environment says about keras-node. */
  function node(args: readonly string[], env: NodeJS.ProcessEnv = {}): Ended {
    const { KERAS_BACKEND: _backend, KERAS_NODE_QUIET: _quiet, NODE_OPTIONS: _options, ...inherited } = process.env;
    const { status, stdout, stderr } = spawnSync(process.execPath, args, {
      cwd: project, encoding: 'utf8', env: { ...inherited, KERAS_HOME: join(sandbox, 'keras-home'), ...env } });
    return { code: status, stdout, stderr };
  }

  before(() => {
    if (!existsSync(join(root, 'dist', 'index.js'))) throw new Error('dist/ is missing: run `npm run build` first.');
    sandbox = mkdtempSync(join(tmpdir(), 'keras-package-'));
    project = join(sandbox, 'project');
    mkdirSync(project);
    const pack = ['pack', '--ignore-scripts', '--json', '--pack-destination', sandbox];
    const [{ filename, files }] = JSON.parse(execFileSync('npm', pack, {
      cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })) as [{ filename: string; files: { path: string }[] }];
    packed = files.map(({ path }) => path);
    writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'consumer', private: true }));
    const install = ['install', '--no-audit', '--no-fund', '--prefer-offline', join(sandbox, filename)];
    execFileSync('npm', install, { cwd: project, stdio: ['ignore', 'ignore', 'pipe'] });
    // `types.ts` bears another name here, so that the type-check of the repository does not ask for a built package.
    for (const name of readdirSync(fixtures)) cpSync(join(fixtures, name), join(project, name.replace(/\.txt$/, '')));
  });

  after(() => {
    if (sandbox) rmSync(sandbox, { recursive: true, force: true });
  });

  it('holds what it needs and nothing else', () => {
    for (const path of ['dist/index.js', 'dist/index.d.ts', 'dist/index.d.ts.map', 'dist/cli/main.js', 'src/index.ts',
      'native/keras_node.cc', 'docs/SETUP.md', 'README.md', 'LICENSE', 'package.json']) {
      expect(packed).to.include(path);
    }
    const folders = new Set(packed.filter((path) => path.includes('/')).map((path) => path.split('/')[0]));
    expect([...folders].toSorted()).to.deep.equal(['dist', 'docs', 'native', 'src']);
  });

  it('trains, saves and loads on the wasm backend when TensorFlow is not set up, and says so once', () => {
    const { code, stdout, stderr } = node(['train.mjs'], { KERAS_NODE_CACHE: join(sandbox, 'empty-cache') });
    expect(code, stderr).to.equal(0);
    expect(JSON.parse(stdout)).to.deep.equal({ backend: 'wasm', xor: [0, 1, 1, 0], same: true });
    const lines = stderr.trim().split('\n');
    expect(lines, stderr).to.have.length(1);
    expect(lines[0]).to.match(/TensorFlow runtime is not set up/).and.match(/npx keras-node setup/).and.match(/wasm/);
  });

  it('trains, saves and loads on TensorFlow', () => {
    const { code, stdout, stderr } = node(['train.mjs'], { KERAS_BACKEND: 'tensorflow' });
    expect(code, stderr).to.equal(0);
    expect(JSON.parse(stdout)).to.deep.equal({ backend: 'tensorflow', xor: [0, 1, 1, 0], same: true });
    expect(stderr.trim()).to.equal('Using TensorFlow backend.');
  });

  it('says nothing when it is to be quiet', () => {
    const { stderr } = node(['train.mjs'], { KERAS_NODE_CACHE: join(sandbox, 'empty-cache'), KERAS_NODE_QUIET: '1' });
    expect(stderr).to.equal('');
  });

  it('can be had by require() where Node supports that', function () {
    // Since 20.19 and 22.12; Node 20 and 22 print a warning about it.
    if (!(process.features as { require_module?: boolean }).require_module) this.skip();
    const { code, stdout, stderr } = node(['--no-warnings', 'require.cjs'], { KERAS_BACKEND: 'cpu', KERAS_NODE_QUIET: '1' });
    expect(code, stderr).to.equal(0);
    expect(stdout.trim()).to.equal('11,22');
  });

  it('has types that a strict TypeScript project can use', () => {
    // What a TypeScript project for Node has installed.
    mkdirSync(join(project, 'node_modules', '@types'), { recursive: true });
    for (const name of ['@types/node', 'undici-types']) {
      const place = join(project, 'node_modules', name);
      if (!existsSync(place)) symlinkSync(join(root, 'node_modules', name), place);
    }
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    const { code, stdout } = node([tsc, '-p', '.']);
    expect(stdout).to.equal('');
    expect(code).to.equal(0);
  });

  it('has a declaration map whose sources are in the package', () => {
    const folder = join(project, 'node_modules', 'keras-node', 'dist');
    const map = JSON.parse(readFileSync(join(folder, 'index.d.ts.map'), 'utf8')) as { sources: string[] };
    expect(map.sources).to.deep.equal(['../src/index.ts']);
    expect(existsSync(join(folder, map.sources[0]))).to.equal(true);
  });

  it('brings the program keras-node', () => {
    const program = join(project, 'node_modules', '.bin', 'keras-node');
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    expect(execFileSync(program, ['--version'], { cwd: project, encoding: 'utf8' }).trim()).to.equal(version);
  });
});
