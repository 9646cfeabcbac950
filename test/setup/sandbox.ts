/**
 * A machine in a folder: fake `python3`, `npm` and `g++` on PATH, a small package index of fake wheels, a
 * home and a cache. The command line runs in a process of its own, as for a user.
 */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import yazl from 'yazl';
import { findCompiler } from '../../src/setup/compile.js';
import { findProgram, type RuntimeKind } from '../../src/setup/paths.js';
import { nodeApiHeaders } from '../../src/setup/sources.js';
import { CUDA_LIBRARIES, wheelSet, type Wheel, type WheelSet } from '../../src/setup/wheels.js';
import { bundled } from '../support/bundled.js';

/** These tests make the files of this one platform; TensorFlow is fetched on no other with all its builds. */
export const describeOnLinux =
  process.platform === 'linux' && process.arch === 'x64' ? describe : describe.skip;

const here = dirname(fileURLToPath(import.meta.url));
const ARCHIVE = 'tensorflow-tfjs-node-gpu-4.22.0.tgz';

/** What a run of the command line ended with. */
export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** What the run of a test hands to `run-cli.ts`. */
export interface Overrides {
  wheels: Partial<Record<RuntimeKind, WheelSet>>;
  sources?: { from?: string; sha512?: string };
}

const FAKE_PYTHON = `#!/bin/sh
PATH=/usr/bin:/bin
echo "$*" >> "$SANDBOX/python.log"
if [ "$FAKE_PIP" = none ]; then echo "No module named pip" >&2; exit 1; fi
if [ "$3" = --version ]; then echo "pip 99.0 from nowhere"; exit 0; fi
while [ $# -gt 0 ]; do
  case "$1" in --dest) dest=$2;; --requirement) requirements=$2;; esac
  shift
done
read spec hash < "$requirements"
wheel=$(ls "$SANDBOX/index/$spec"/*.whl)
case "$FAKE_PIP" in
  offline)
    echo "WARNING: Retrying: NewConnectionError: Temporary failure in name resolution" >&2
    echo "ERROR: No matching distribution found for $spec" >&2; exit 1;;
  unknown) echo "ERROR: No matching distribution found for $spec" >&2; exit 1;;
  full) echo "ERROR: OSError: [Errno 28] No space left on device" >&2; exit 1;;
  slow) mkdir "$TMPDIR/part"; head -c 1000 "$wheel" > "$TMPDIR/part/x.whl"; echo $$ > "$SANDBOX/pip.pid"
    sleep 60 & wait;;
  pause) sleep 1.5;;
esac
mkdir -p "$dest"
cp "$wheel" "$dest/"
if [ "$FAKE_PIP" = corrupt ]; then echo damage >> "$dest/$(basename "$wheel")"; fi
exit 0
`;

const FAKE_COMPILER = `#!/bin/sh
PATH=/usr/bin:/bin
if [ "$1" = --version ]; then echo "fake g++ 99.0"; exit 0; fi
echo "$*" >> "$SANDBOX/compiler.log"
if [ "$FAKE_CXX" = error ]; then
  i=0; while [ $i -lt 40 ]; do echo "keras_node.cc:$i: error: line $i" >&2; i=$((i+1)); done; exit 1
fi
if [ "$FAKE_CXX" = slow ]; then echo $$ > "$SANDBOX/compiler.pid"; sleep 60 & wait; fi
while [ $# -gt 0 ]; do
  case "$1" in -o) cp "$SANDBOX/stub.node" "$2";; esac
  shift
done
`;

const FAKE_NPM = `#!/bin/sh
PATH=/usr/bin:/bin
echo "$*" >> "$SANDBOX/npm.log"
if [ "$FAKE_NPM" = offline ]; then echo "npm error reason: getaddrinfo ENOTFOUND" >&2; exit 1; fi
while [ $# -gt 0 ]; do
  case "$1" in --pack-destination) cp "$SANDBOX/${ARCHIVE}" "$2/";; esac
  shift
done
`;

/** An addon with the three functions that set-up and doctor call; STUB_CRASH makes it end the process. */
const STUB = `
#include <node_api.h>
#include <stdlib.h>
static napi_value Initialize(napi_env env, napi_callback_info info) {
  if (getenv("STUB_CRASH")) abort();
  return NULL;
}
static napi_value Version(napi_env env, napi_callback_info info) {
  napi_value v; napi_create_string_utf8(env, "2.21.0", NAPI_AUTO_LENGTH, &v); return v;
}
static napi_value Devices(napi_env env, napi_callback_info info) {
  napi_value list, device, v;
  napi_create_array(env, &list); napi_create_object(env, &device);
  napi_create_string_utf8(env, "/job:localhost/replica:0/task:0/device:CPU:0", NAPI_AUTO_LENGTH, &v);
  napi_set_named_property(env, device, "name", v);
  napi_create_string_utf8(env, "CPU", NAPI_AUTO_LENGTH, &v);
  napi_set_named_property(env, device, "type", v);
  napi_set_element(env, list, 0, device);
  return list;
}
NAPI_MODULE_INIT() {
  napi_value f;
  napi_create_function(env, NULL, 0, Initialize, NULL, &f);
  napi_set_named_property(env, exports, "initialize", f);
  napi_create_function(env, NULL, 0, Version, NULL, &f);
  napi_set_named_property(env, exports, "version", f);
  napi_create_function(env, NULL, 0, Devices, NULL, &f);
  napi_set_named_property(env, exports, "devices", f);
  return exports;
}
`;

let stub: Promise<string> | undefined;

/** The stub addon, compiled once for all tests. */
async function stubAddon(): Promise<string> {
  stub ??= (async () => {
    const folder = mkdtempSync(join(tmpdir(), 'keras-stub-'));
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
    const compiler = await findCompiler();
    if (compiler === undefined) throw new Error('These tests need a C++ compiler on PATH.');
    const source = join(folder, 'stub.c');
    const output = join(folder, 'stub.node');
    writeFileSync(source, STUB);
    const flags = ['-x', 'c++', '-shared', '-fPIC', `-I${nodeApiHeaders()}`, source, '-o', output];
    execFileSync(compiler.command, [...compiler.args, ...flags]);
    return output;
  })();
  return stub;
}

/**
 * A zip archive with a RECORD, as a wheel is; names ending in `ptxas` are executable.
 *
 * @param edit Changes the text of RECORD, to make a wheel that contradicts itself.
 */
export async function fakeWheel(
  path: string,
  files: Record<string, string | Buffer>,
  edit: (record: string) => string = (record) => record,
): Promise<void> {
  const zip = new yazl.ZipFile();
  const record: string[] = [];
  const mtime = new Date(0);
  for (const [name, content] of Object.entries(files)) {
    const bytes = Buffer.from(content);
    zip.addBuffer(bytes, name, { mtime, mode: name.endsWith('ptxas') ? 0o100755 : 0o100644 });
    const quoted = name.includes(',') ? `"${name}"` : name;
    record.push(`${quoted},sha256=${createHash('sha256').update(bytes).digest('base64url')},${bytes.length}`);
  }
  record.push('fake-1.dist-info/RECORD,,', '');
  zip.addBuffer(Buffer.from(edit(record.join('\n'))), 'fake-1.dist-info/RECORD', { mtime });
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, Buffer.concat(chunks));
}

/** The files of a fake TensorFlow wheel: what is wanted, and some that are not. */
export function tensorflowFiles(): Record<string, string | Buffer> {
  return {
    'tensorflow/__init__.py': 'raise ImportError',
    'tensorflow/libtensorflow_cc.so.2': Buffer.alloc(300_000, 'cc library '),
    'tensorflow/libtensorflow_framework.so.2': Buffer.alloc(50_000, 'framework library '),
    'tensorflow/include/tensorflow/c/c_api.h': '// c_api',
    'tensorflow/include/tensorflow/c/eager/c_api.h': '// eager c_api',
    'tensorflow/include/xla/tsl/c/tsl_status.h': '// status',
    'tensorflow/include/Eigen/Core': '// not wanted',
    'tensorflow/python/big.so': 'not wanted',
    'tensorflow/THIRD_PARTY_NOTICES.txt': 'notices',
    'fake-1.dist-info/METADATA': 'Name: fake',
  };
}

export class Sandbox {
  readonly folder = mkdtempSync(join(tmpdir(), 'keras-setup-'));
  readonly cache = join(this.folder, 'cache');
  readonly bin = join(this.folder, 'bin');
  readonly overrides: Overrides = { wheels: {} };
  private readonly children = new Set<ChildProcess>();

  static async create(): Promise<Sandbox> {
    const sandbox = new Sandbox();
    mkdirSync(join(sandbox.folder, 'home'));
    mkdirSync(sandbox.bin);
    sandbox.program('python3', FAKE_PYTHON);
    sandbox.program('g++', FAKE_COMPILER);
    sandbox.program('npm', FAKE_NPM);
    symlinkSync(findProgram('tar')!, join(sandbox.bin, 'tar'));
    cpSync(await stubAddon(), join(sandbox.folder, 'stub.node'));
    await sandbox.publish('cpu', [wheelSet('cpu', 'x64')!.wheels[0]], () => tensorflowFiles());
    return sandbox;
  }

  /** Puts a program on the sandbox's PATH. */
  program(name: string, script: string): void {
    writeFileSync(join(this.bin, name), script);
    chmodSync(join(this.bin, name), 0o755);
  }

  removeProgram(name: string): void {
    rmSync(join(this.bin, name));
  }

  /** Fills the package index with fakes of some wheels and makes set-up use them. */
  async publish(
    kind: RuntimeKind,
    wheels: readonly Wheel[],
    filesOf: (wheel: Wheel) => Record<string, string | Buffer>,
  ): Promise<void> {
    const fakes: Wheel[] = [];
    for (const wheel of wheels) {
      const path = this.inIndex(wheel);
      await fakeWheel(path, filesOf(wheel));
      const bytes = readFileSync(path);
      fakes.push({ ...wheel, size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') });
    }
    const { required } = wheelSet(kind, 'x64')!;
    this.overrides.wheels[kind] = { wheels: fakes, unpackedSize: 1_000_000, required };
  }

  /** Publishes all thirteen wheels of the build with CUDA. */
  async publishGpu(): Promise<void> {
    await this.publish('gpu', wheelSet('gpu', 'x64')!.wheels, ({ name }) => {
      if (name === 'tensorflow') return tensorflowFiles();
      const part = name.replace(/^nvidia-(.*)-cu12$/, '$1').replaceAll('-', '_');
      const libraries = Object.entries(CUDA_LIBRARIES).filter(([, owner]) => owner === part);
      const files = libraries.map(([library]) => [`nvidia/${part}/lib/${library}`, library] as const);
      const compiler = {
        'nvidia/cuda_nvcc/bin/ptxas': 'ptxas',
        'nvidia/cuda_nvcc/nvvm/libdevice/libdevice.10.bc': 'device code',
        'nvidia/cuda_nvcc/nvvm/lib64/libnvvm.so': 'not wanted',
      };
      return {
        ...Object.fromEntries(files),
        ...(part === 'cuda_nvcc' ? compiler : {}),
        [`nvidia/${part}/include/${part}.h`]: 'not wanted',
        [`${name}.dist-info/licenses/License.txt`]: 'licence',
      };
    });
  }

  /** Takes the installed tfjs-node-gpu away and puts an archive with its sources into npm's registry. */
  withoutTfjs(): void {
    const folder = join(this.folder, 'package', 'binding');
    mkdirSync(folder, { recursive: true });
    for (const name of ['tfjs_backend.cc', 'tfjs_binding.cc']) writeFileSync(join(folder, name), '// source');
    const archive = join(this.folder, ARCHIVE);
    execFileSync('tar', ['-czf', archive, '-C', this.folder, 'package']);
    const sha512 = createHash('sha512').update(readFileSync(archive)).digest('base64');
    this.overrides.sources = { from: this.folder, sha512 };
  }

  inIndex(wheel: Wheel): string {
    return join(this.folder, 'index', `${wheel.name}==${wheel.version}`, wheel.file);
  }

  /** Starts the command line and does not wait for it. */
  start(args: string[], env: NodeJS.ProcessEnv = {}): { child: ChildProcess; ended: Promise<Ended> } {
    const overrides = join(this.folder, 'overrides.json');
    writeFileSync(overrides, JSON.stringify(this.overrides));
    const child = spawn(process.execPath, [bundled(join(here, 'run-cli.ts')), overrides, ...args], {
      env: { ...this.env(), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.children.add(child);
    const result = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (result.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (result.stderr += text));
    const ended = new Promise<Ended>((done) => {
      child.once('exit', (code) => {
        this.children.delete(child);
        // Programs that outlive a killed set-up keep the pipes open; what was written so far is enough.
        setTimeout(() => done({ code, ...result }), 50);
      });
    });
    return { child, ended };
  }

  /** Runs the command line to its end. */
  async run(args: string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
    return this.start(args, env).ended;
  }

  /** Environment of the sandbox, without anything of the machine that could take part. */
  env(): NodeJS.ProcessEnv {
    return {
      PATH: this.bin,
      HOME: join(this.folder, 'home'),
      TMPDIR: tmpdir(),
      SANDBOX: this.folder,
      KERAS_NODE_CACHE: this.cache,
    };
  }

  /** Lines that a fake program was called with. */
  calls(log: 'python' | 'compiler' | 'npm'): string[] {
    const path = join(this.folder, `${log}.log`);
    return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : [];
  }

  /** Number of downloads that pip was asked for. */
  downloads(): number {
    return this.calls('python').filter((line) => line.includes('pip download')).length;
  }

  /** Names in the cache folder, with keys of bindings left out. */
  cached(): string[] {
    const names = readdirSync(this.cache);
    return names.map((name) => name.replace(/^binding-[0-9a-f]{16}$/, 'binding')).toSorted();
  }

  /** Waits until a file of the sandbox exists and has content, and returns that. */
  async appearance(name: string): Promise<string> {
    const path = join(this.folder, name);
    for (let tries = 0; tries < 400; tries++) {
      const text = existsSync(path) ? readFileSync(path, 'utf8').trim() : '';
      if (text !== '') return text;
      await new Promise((done) => setTimeout(done, 50));
    }
    throw new Error(`${path} did not appear within 20 s.`);
  }

  remove(): void {
    for (const child of this.children) child.kill('SIGKILL');
    for (const name of ['pip.pid', 'compiler.pid']) {
      const path = join(this.folder, name);
      if (existsSync(path)) killGroup(Number(readFileSync(path, 'utf8')));
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Ends a fake program that a killed set-up left behind. */
export function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}
