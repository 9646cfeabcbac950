import assert from 'node:assert/strict';
import { conformanceCases } from '../../src/backend/conformance.js';
import type { Backend } from '../../src/backend/backend.js';
import { createTensorFlowBackend } from '../../src/backend/tensorflow/index.js';
import { TfjsBackend } from '../../src/backend/tfjs/backend.js';
import { createCpuBackend, createWasmBackend } from '../../src/backend/tfjs/index.js';
import { locateRuntime } from '../../src/setup/runtime.js';

const backends: Record<string, () => Backend> = {
  cpu: createCpuBackend,
  wasm: createWasmBackend,
  tensorflow: createTensorFlowBackend,
};

for (const [name, create] of Object.entries(backends)) {
  describe(`conformance of the ${name} backend`, () => {
    let backend: Backend;
    before(function () {
      if (name === 'tensorflow' && 'missing' in locateRuntime()) this.skip();
      backend = create();
    });
    /** Pieces of memory that tfjs holds: kernels must not leave any behind. */
    const pieces = (): number | undefined =>
      (backend instanceof TfjsBackend ? backend.blocks.device.instance.numDataIds() : undefined);
    let atStart: number | undefined;
    before(() => {
      atStart = pieces();
    });
    // Garbage of other tests in the process may have been collected meanwhile.
    after(() => assert.ok((pieces() ?? 0) <= (atStart ?? 0), `memory of tfjs after all cases: ${pieces()}, before ${atStart}`));
    for (const { name: title, run } of conformanceCases()) it(title, () => run(backend));
  });
}
