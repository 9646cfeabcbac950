import { expect } from 'chai';
import * as keras from '../../src/index.js';
import { errorOf } from '../support/capture.js';

const { config, layers, ops } = keras;

describe('tracebacks', () => {
  // As in a program; mocha asks for whole stacks.
  const { stackTraceLimit } = Error;
  beforeEach(() => (Error.stackTraceLimit = 10));
  afterEach(() => {
    Error.stackTraceLimit = stackTraceLimit;
    config.disable_traceback_filtering();
  });

  const mistakes: [what: string, run: () => unknown][] = [
    ['an op', () => ops.matmul(ops.ones([2, 3]), ops.ones([2, 3]))],
    ['a layer', () => new layers.Dense(1)(ops.ones([4]))],
    ['a model in training', () => new keras.Sequential([new layers.Dense(1)]).fit(ops.ones([1, 1]), ops.ones([1, 1]))],
  ];
  for (const [what, run] of mistakes) {
    it(`of ${what} show the user's code, or all`, async () => {
      const whole = await errorOf(run);
      expect(whole.stack).to.match(/\/src\//);
      config.enable_traceback_filtering();
      const { stack, message } = await errorOf(run);
      expect(stack).to.include(message);
      expect(stack).to.include('traceback.test.ts');
      expect(stack).not.to.match(/ at .*\/src\//);
    });
  }

  it('of errors from code of the user\'s show where it failed', async () => {
    class Broken extends keras.Layer {
      override call(): keras.Tensor {
        throw new RangeError('mine');
      }
    }
    config.enable_traceback_filtering();
    const { stack } = await errorOf(() => new Broken()(ops.ones([1])), 'mine');
    expect(stack).to.match(/at Broken\.call/);
    expect(stack).not.to.match(/ at .*\/src\//);
  });
});
