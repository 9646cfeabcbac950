/** Growth of memory over many turns of fit, predict and custom loops, with nothing disposed by the user. */
import { head, mlp, samples } from './models.js';
import { median, rssMb } from './protocol.js';
import { internal, type OneShot, type Values } from './types.js';

export const memory: OneShot = async ({ keras, entry }) => {
  const { activeBackend } = await internal<typeof import('../../../src/engine/context.js')>(entry, 'engine/context');
  const turns = Number(process.env.BENCH_TURNS ?? 10_000);
  const model = mlp(keras);
  const [x, y] = samples(keras, 32 * 100, [784]);
  const batch = [keras.ops.convert_to_tensor(head(keras, x, 32)), keras.ops.convert_to_tensor(head(keras, y, 32))] as const;
  const one = head(keras, x, 1);
  const optimizer = new keras.optimizers.Adam();
  const lossFunction = new keras.losses.CategoricalCrossentropy();
  const values: Values = {};

  /** Takes `turns` turns, `count` to a call, and compares the last tenth with the second. */
  const watch = async (name: string, call: () => unknown, count: number): Promise<void> => {
    const rss: number[] = [];
    await call();
    await settle();
    const before = activeBackend().memory();
    for (let done = 0; done < turns; done += count) {
      await call();
      rss.push(rssMb());
    }
    await settle();
    const after = activeBackend().memory();
    const tenth = Math.max(1, Math.floor(rss.length / 10));
    const settled = rss.slice(tenth, 2 * tenth);
    values[`${name} RSS growth MB`] = median(rss.slice(-tenth)) - median(settled.length > 0 ? settled : rss);
    values[`${name} peak RSS rise MB`] = Math.max(...rss) - rss[0];
    values[`${name} backend growth MB`] = (after.bytes - before.bytes) / 1e6;
    values[`${name} tensors more`] = after.tensors - before.tensors;
  };
  const customStep = () => {
    const variables = model.trainable_variables;
    const [loss, gradients] = keras.variable_gradients(
      () => lossFunction(batch[1], model(batch[0], { training: true })), variables);
    optimizer.apply(gradients, variables);
    return loss;
  };

  await watch('fit', () => model.fit(x, y, { batch_size: 32, epochs: 1, verbose: 0 }), 100);
  await watch('predict', () => model.predict(one, { verbose: 0 }), 1);
  // A loop that reads its loss gives the event loop a turn; one that never does is the harder case.
  await watch('custom loop', () => customStep().data(), 1);
  await watch('custom loop without a pause', () => {
    for (let i = 0; i < 1000; i++) customStep();
  }, 1000);
  return [values, { params: model.count_params(), turns }];
};

/** Lets finalizers run: a collection, and turns of the event loop for what it found. */
async function settle(): Promise<void> {
  const { setFlagsFromString } = await import('node:v8');
  const { runInNewContext } = await import('node:vm');
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  for (let i = 0; i < 3; i++) {
    collect();
    await new Promise((done) => setTimeout(done, 20));
  }
}
