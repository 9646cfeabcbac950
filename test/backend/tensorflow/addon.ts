/** What the tests of the native addon share: the addon, short ways to make tensors, child processes. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { loadBinding, TF_DTYPE, type NativeBinding } from '../../../src/backend/tensorflow/binding.js';
import { locateRuntime } from '../../../src/setup/runtime.js';
import { bundled } from '../../support/bundled.js';
import { attr } from './messages.js';

/** TensorFlow's mark for a resource that belongs to its handle. */
const ANONYMOUS = 'cd2c89b7-88b7-44c8-ad83-06c2a9158347';

/** Path of the addon, or undefined where the set-up has not been run. */
export function addonPath(): string | undefined {
  const runtime = locateRuntime({ device: 'cpu' });
  return 'binding' in runtime ? runtime.binding : undefined;
}

let loaded: NativeBinding | undefined;

/** The addon, loaded once for all tests of a file; skips the test where there is none. */
export function addon(test: Mocha.Context): NativeBinding {
  const path = addonPath();
  if (path === undefined) test.skip();
  loaded ??= loadBinding(path!);
  return loaded;
}

export const float32 = (binding: NativeBinding, values: number[], shape = [values.length]): number =>
  binding.createTensor(TF_DTYPE.float32, shape, Float32Array.from(values));

export const int32 = (binding: NativeBinding, values: number[], shape = [values.length]): number =>
  binding.createTensor(TF_DTYPE.int32, shape, Int32Array.from(values));

export const floats = (binding: NativeBinding, id: number): number[] => [
  ...new Float32Array(binding.readTensor(id)),
];

/** A variable of float32 that belongs to its handle, and ops that assign and read such ones. */
export function floatVariable(binding: NativeBinding, shape: readonly number[]): { variable: number; assign: number; read: number } {
  const type = attr.type(TF_DTYPE.float32);
  const make = binding.prepareOp('VarHandleOp', [['dtype', type], ['shape', attr.shape(shape)], ['shared_name', attr.string(ANONYMOUS)]], 1);
  return {
    variable: binding.execute(make) as number,
    assign: binding.prepareOp('AssignVariableOp', [['dtype', type]], 0),
    read: binding.prepareOp('ReadVariableOp', [['dtype', type]], 1),
  };
}

/** An error as the addon makes it. */
type Failed = Error & { code?: string; op?: string };

/** Runs `call`, which must fail, and returns its error. */
export function failure(call: () => unknown): Failed {
  try {
    call();
  } catch (error) {
    expect(error).to.be.instanceOf(Error);
    return error as Error;
  }
  throw new Error('no error was thrown');
}

/** What a Promise that must fail is rejected with. */
export async function rejection(promise: Promise<unknown>): Promise<Failed> {
  const settled = await promise.then(
    () => undefined,
    (error: Error) => error,
  );
  expect(settled).to.be.instanceOf(Error);
  return settled!;
}

/** The addon without types: what JavaScript may call it with. */
export type Untyped = Record<string, (...args: unknown[]) => unknown>;

/** How a child process ended. */
export interface Ending {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** Runs a TypeScript file of this folder in a process of its own. */
export function runChild(file: string, args: readonly string[], timeout = 60_000): Promise<Ending> {
  const script = bundled(fileURLToPath(new URL(file, import.meta.url)));
  const child = spawn(process.execPath, ['--expose-gc', script, ...args], {
    timeout,
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '2' },
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (data: Buffer) => {
    output.stdout += String(data);
  });
  child.stderr.on('data', (data: Buffer) => {
    output.stderr += String(data);
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, ...output }));
  });
}
