/** A first import, a first convolution, half precision and a compilation by XLA: all that makes TensorFlow talk. `worker`: in a thread. */
import { isMainThread, Worker } from 'node:worker_threads';

if (isMainThread && process.argv[2] === 'worker') {
  new Worker(new URL(import.meta.url)).ref(); // this very file
} else {
  const keras = await import('../../src/index.js');
  const { train } = await import('./network.js');
  const losses = await train(0, 1);
  const half = keras.ops.ones([3, 3], { dtype: 'float16' });
  await keras.ops.matmul(half, half).data();
  const sum = keras.jit((x: InstanceType<typeof keras.Tensor>) => keras.ops.sum(keras.ops.square(x)), { jit_compile: true });
  console.log(losses.length, sum(keras.ops.ones([3])).item());
}
