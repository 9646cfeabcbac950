import { conformanceCases } from '../../src/backend/conformance.js';
import type { Backend } from '../../src/backend/backend.js';
import { createTensorFlowBackend } from '../../src/backend/tensorflow/index.js';
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
    for (const { name: title, run } of conformanceCases()) it(title, () => run(backend));
  });
}
