/**
 * A worker of the benchmarks: onnxruntime-node, which is looked for in BENCH_ONNX_DIR, on the models that keras-node
 * exports.
 *
 *     node onnxruntime.js --workload NAME
 *
 * Protocol: see ../harness/worker-process.ts.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { mobile, resnet50 } from './keras-node/models.js';
import { medianMs, peakMb, say } from './keras-node/protocol.js';
import type { Keras } from './keras-node/types.js';

/** What is used of onnxruntime-node. */
interface Runtime {
  env: { versions: Record<string, string> };
  Tensor: new (type: 'float32', data: Float32Array, shape: readonly number[]) => unknown;
  InferenceSession: { create(path: string): Promise<Session> };
}
interface Session {
  inputNames: string[];
  outputNames: string[];
  run(feeds: Record<string, unknown>): Promise<Record<string, { data: Float32Array }>>;
}

const keras = await import(process.env.BENCH_KERAS_NODE!) as Keras;
const onnx = createRequire(join(process.env.BENCH_ONNX_DIR ?? process.cwd(), 'package.json'))('onnxruntime-node') as Runtime;
const workload = process.argv[process.argv.indexOf('--workload') + 1];
const makers: Record<string, () => InstanceType<Keras['Model']>> = {
  'resnet-predict': () => resnet50(keras, 224), 'mobile-predict': () => mobile(keras),
};

async function open(): Promise<Session> {
  const folder = mkdtempSync(join(tmpdir(), 'keras-bench-'));
  try {
    const path = join(folder, 'model.onnx');
    await makers[workload]().export(path, { format: 'onnx', verbose: false });
    return await onnx.InferenceSession.create(path);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const session = await open();
const images = (count: number): unknown => new onnx.Tensor(
  'float32', Float32Array.from({ length: count * 224 * 224 * 3 }, () => Math.random() * 2 - 1), [count, 224, 224, 3]);
const call = (input: unknown) => async (): Promise<Float32Array> =>
  (await session.run({ [session.inputNames[0]]: input }))[session.outputNames[0]].data;
const [one, many] = [call(images(1)), call(images(16))];
if ((await one()).length !== 1000 || (await many()).length !== 16_000) throw new Error('outputs of another size');

say('READY', { versions: { onnxruntime: onnx.env.versions.node, node: process.versions.node } });
for await (const line of createInterface({ input: process.stdin })) {
  if (line !== 'go') continue;
  say('ROUND', {
    'batch 1 predict_on_batch ms': await medianMs(one), 'batch 16 predict_on_batch ms': await medianMs(many, 1500, 3),
  });
}
say('END', { 'peak RSS MB': peakMb() });
