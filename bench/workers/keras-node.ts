/**
 * A worker of the benchmarks: keras-node, from the package that BENCH_KERAS_NODE (a URL) names.
 *
 *     node keras-node.js --workload NAME
 *
 * Protocol: see ../harness/worker-process.ts. Imports nothing that takes time before the clock of `startup` runs.
 */
import { createInterface } from 'node:readline';
import { clock, peakMb, say } from './keras-node/protocol.js';
import type { Keras, OneShot, Rounds } from './keras-node/types.js';

const started = clock();
const entry = process.env.BENCH_KERAS_NODE;
if (!entry) throw new Error('BENCH_KERAS_NODE must be the URL of the index module; `npm run bench` sets it.');
const keras = await import(entry) as Keras;
const imported = clock();

const workload = process.argv[process.argv.indexOf('--workload') + 1];
const training = async () => (await import('./keras-node/training.js')).training;
const load = {
  'mlp-train': training, 'cnn-train': training, 'lstm-train': training, 'transformer-train': training, 'resnet-train': training,
  'eager-op': async () => (await import('./keras-node/eager.js')).eager,
  'eager-large': async () => (await import('./keras-node/eager-large.js')).eagerLarge,
  'mlp-predict': async () => (await import('./keras-node/inference.js')).mlpPredict,
  'resnet-predict': async () => (await import('./keras-node/inference.js')).resnetPredict,
  'mobile-predict': async () => (await import('./keras-node/inference.js')).mobilePredict,
  'lstm-predict': async () => (await import('./keras-node/inference.js')).lstmPredict,
  'gpt-generate': async () => (await import('./keras-node/inference.js')).gptGenerate,
  'http-server': async () => (await import('./keras-node/http-server.js')).httpServer,
  'event-loop': async () => (await import('./keras-node/event-loop.js')).eventLoop,
} satisfies Record<string, () => Promise<Rounds>>;
const loadOneShot = {
  startup: async () => (await import('./keras-node/startup.js')).startup,
  'save-load': async () => (await import('./keras-node/save-load.js')).saveLoad,
  memory: async () => (await import('./keras-node/memory.js')).memory,
} satisfies Record<string, () => Promise<OneShot>>;

const versions = () => ({ 'keras-node': keras.version(), backend: keras.config.backend(), node: process.versions.node });
const context = { keras, entry, workload, importSeconds: (imported - started) / 1e3 };

if (workload in loadOneShot) {
  const run = await loadOneShot[workload as keyof typeof loadOneShot]();
  const [values, meta] = await run(context);
  say('RESULT', { ...values, meta: { ...meta, versions: versions() } });
} else if (workload in load) {
  const prepare = await load[workload as keyof typeof load]();
  const [round, meta] = await prepare(context);
  say('READY', { ...meta, versions: versions() });
  for await (const line of createInterface({ input: process.stdin })) {
    if (line === 'go') say('ROUND', await round());
  }
  say('END', { 'peak RSS MB': peakMb() });
} else {
  throw new Error(`unknown workload: ${workload}`);
}
