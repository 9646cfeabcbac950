/** Single ops on small tensors: through `ops`, through the backend, and the native call alone. */
import type { NativeBinding } from '../../../src/backend/tensorflow/binding.js';
import { noise } from './models.js';
import { clock } from './protocol.js';
import { internal, type Keras, type Rounds } from './types.js';

/** Time of one of `count` calls. */
function microseconds(call: () => void, count: number): number {
  const begin = clock();
  for (let i = 0; i < count; i++) call();
  return (clock() - begin) / count * 1e3;
}

export const eager: Rounds = async ({ keras, entry }) => {
  const { ops } = keras;
  const { binding, backend } = await openBackend(keras, entry);
  const [a, b] = [ops.array([1, 2]), ops.array([3, 4])];
  const [p, q] = [0, 1].map(() => ops.convert_to_tensor(noise(keras, [64, 64])));

  /** Results left to the garbage collector, with a turn of the event loop now and then, as in a program that awaits. */
  const leftToCollector = async (count: number): Promise<number> => {
    let time = 0;
    for (let done = 0; done < count; done += 500) {
      time += microseconds(() => ops.add(a, b), 500) * 500;
      await new Promise(setImmediate);
    }
    return time / count;
  };

  const add = binding.prepareOp('AddV2', [], 1);
  const [left, right] = [a.handle as number, b.handle as number];
  const outputs = [{ shape: a.shape, dtype: a.dtype }];
  const round = async (count = 5000) => ({
    'ops.add us': microseconds(() => ops.add(a, b).dispose(), count),
    'ops.add left to the collector us': await leftToCollector(count),
    'ops.matmul 64x64 us': microseconds(() => ops.matmul(p, q).dispose(), count),
    // What a peer's own lower level needs: tf.add, jnp.add, executeOp.
    'add below ops us': microseconds(() => binding.deleteTensor(binding.execute(add, left, right) as number), count),
    'backend.execute add us': microseconds(
      () => backend.dispose(backend.execute('add', [a, b], {}, outputs)[0]), count),
  });
  await round(2000);
  return [round, {}];
};

/** Starts the backend by hand, so that its binding is in reach. */
async function openBackend(keras: Keras, entry: string) {
  const { locateRuntime } = await internal<typeof import('../../../src/setup/runtime.js')>(entry, 'setup/runtime');
  const { loadBinding } = await internal<typeof import('../../../src/backend/tensorflow/binding.js')>(
    entry, 'backend/tensorflow/binding');
  const { TensorFlowBackend } = await internal<typeof import('../../../src/backend/tensorflow/backend.js')>(
    entry, 'backend/tensorflow/backend');
  const runtime = locateRuntime();
  if ('missing' in runtime) throw new Error(`${runtime.missing} Run \`${runtime.command}\`.`);
  const binding: NativeBinding = loadBinding(runtime.binding);
  const backend = new TensorFlowBackend(binding);
  keras.config.set_backend(backend);
  return { binding, backend };
}
