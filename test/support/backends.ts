/** The backends that every op is tested on. */
import type { Backend } from '../../src/backend/backend.js';
import { createTensorFlowBackend } from '../../src/backend/tensorflow/index.js';
import { createCpuBackend, createWasmBackend } from '../../src/backend/tfjs/index.js';
import { context } from '../../src/engine/context.js';
import { locateRuntime } from '../../src/setup/runtime.js';

const factories = {
  tensorflow: createTensorFlowBackend,
  cpu: createCpuBackend,
  wasm: createWasmBackend,
} satisfies Record<string, () => Backend>;

export type BackendName = keyof typeof factories;

/** `KERAS_TEST_BACKENDS=cpu,wasm` restricts a run. */
export const BACKENDS: readonly BackendName[] =
  (process.env.KERAS_TEST_BACKENDS?.split(',') as BackendName[] | undefined) ??
  (Object.keys(factories) as BackendName[]);

const made = new Map<BackendName, Backend>();

/** The backend of a name, made at its first use; undefined where TensorFlow is not set up. */
export function backendNamed(name: BackendName): Backend | undefined {
  if (name === 'tensorflow' && 'missing' in locateRuntime()) return undefined;
  if (!made.has(name)) made.set(name, factories[name]());
  return made.get(name);
}

/** A block of tests for each backend, which is the active one while they run. */
export function describeBackends(title: string, tests: (name: BackendName) => void): void {
  for (const name of BACKENDS) {
    describe(`${title} (${name})`, () => {
      let former: Backend | undefined;
      before(function () {
        const backend = backendNamed(name);
        if (!backend) this.skip();
        former = context.backend;
        context.backend = backend;
      });
      after(() => {
        context.backend = former;
      });
      tests(name);
    });
  }
}
