/** A layer whose call is a scan, trained by fit: eagerly and compiled alike, and nothing is left behind. */
import { expect } from 'chai';
import v8 from 'node:v8';
import vm from 'node:vm';
import { activeBackend } from '../../src/engine/context.js';
import type { Tensor } from '../../src/engine/tensor.js';
import type { Variable } from '../../src/engine/variable.js';
import * as keras from '../../src/index.js';
import { describeBackends } from '../support/backends.js';

const { ops } = keras;

v8.setFlagsFromString('--expose-gc');
const gc = vm.runInNewContext('gc') as () => void;

/** Tensors alive once everything unreachable is gone. Finalizers run between turns of the event loop. */
async function alive(): Promise<number> {
  for (let round = 0; round < 4; round++) {
    gc();
    await new Promise((resolve) => void setTimeout(resolve, 5));
  }
  return activeBackend().memory().tensors;
}

/** h' = tanh(x W + h U); the last h. Counts its steps in a variable that the scan assigns. */
class Recurrence extends keras.layers.Layer {
  declare w: Variable;
  declare u: Variable;
  declare steps: Variable;

  override build(shape: number[]): void {
    const make = (name: string, rows: number, seed: number): Variable => this.add_weight({
      shape: [rows, 4], name, initializer: new keras.initializers.GlorotUniform({ seed }) });
    this.w = make('w', shape[2], 1);
    this.u = make('u', 4, 2);
    this.steps = this.add_weight({ shape: [], name: 'steps', initializer: 'zeros', trainable: false });
  }

  override call(inputs: Tensor): Tensor {
    const xs = ops.transpose(inputs, [1, 0, 2]);
    return ops.scan((h, x) => {
      this.steps.assign_add(1);
      return [ops.tanh(ops.add(ops.matmul(x, this.w), ops.matmul(h, this.u))), null];
    }, ops.zeros([inputs.shape[0], 4]), xs)[0];
  }
}

async function train(run_eagerly: boolean): Promise<{ losses: number[]; steps: number; left: number }> {
  const model = new keras.Sequential([
    new Recurrence(), new keras.layers.Dense(1, { kernel_initializer: new keras.initializers.GlorotUniform({ seed: 3 }) }),
  ]);
  model.compile({ optimizer: new keras.optimizers.Adam(0.05), loss: 'mse', run_eagerly });
  const x = keras.random.normal([12, 5, 3], { seed: 7 });
  const y = ops.sum(x, [1, 2]);
  const options = { epochs: 3, batch_size: 6, shuffle: false, verbose: 0 } as const;
  const { history } = await model.fit(x, y, options);
  const before = await alive();
  await model.fit(x, y, options);
  const left = await alive() - before;
  return { losses: history.loss as number[], steps: (model.layers[0] as Recurrence).steps.value.item(), left };
}

describeBackends('a layer with a scan in fit', () => {
  it('compiled as eagerly', async () => {
    const [eager, compiled] = [await train(true), await train(false)];
    compiled.losses.forEach((loss, i) => expect(loss).to.be.closeTo(eager.losses[i], 1e-4));
    expect(compiled.losses[2]).to.be.below(compiled.losses[0]);
    // 5 steps in 2 batches of 6 epochs.
    expect([eager.steps, compiled.steps]).to.deep.equal([60, 60]);
    expect([eager.left, compiled.left]).to.deep.equal([0, 0]);
  });
});
