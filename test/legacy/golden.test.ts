/** The API of Keras 1 against Keras's own legacy backend: eager, compiled and symbolic, and through K.function. */
import { expect } from 'chai';
import { backend as K, KerasTensor, ops, type NDArray, type Tensor } from '../../src/index.js';
import { isGoldenTensor, loadGolden, type GoldenCall, type GoldenTensor, type GoldenValue } from '../golden/golden.js';
import { argumentOf, expectTensor, tensorOf } from '../golden/tensors.js';
import { describeBackends } from '../support/backends.js';
import { checkCall, report, type OpFunction } from '../support/check-op.js';

const FAMILIES = ['shapes', 'reductions', 'elementwise', 'products', 'convolution', 'ctc'] as const;
const found = (name: string): OpFunction => {
  const fn = (K as unknown as Record<string, unknown>)[name];
  if (typeof fn !== 'function') throw new Error(`keras.backend.${name} does not exist`);
  const call = fn as OpFunction;
  // Its sequences come as an array of their own.
  return name === 'ctc_decode' ? (...args) => (call(...args) as unknown[]).flat() : call;
};

/** Runs a call through placeholders of the shapes of its tensors, whose first axis varies. */
function throughFunction({ op, args, kwargs }: GoldenCall): NDArray[] {
  const placeholders: KerasTensor[] = [];
  const values: Tensor[] = [];
  const symbolic = (value: GoldenValue): unknown => {
    if (isGoldenTensor(value)) {
      const { shape, dtype } = value;
      placeholders.push(K.placeholder({ shape, dtype }));
      values.push(tensorOf(value));
      return placeholders[placeholders.length - 1];
    }
    if (Array.isArray(value)) return value.map(symbolic);
    return value;
  };
  const positional = args.map(symbolic);
  const named = Object.fromEntries(Object.entries(kwargs).map(([key, value]) => [key, symbolic(value as GoldenValue)]));
  const result = found(op)(...positional, ...(Object.keys(named).length > 0 ? [named] : [])) as KerasTensor | KerasTensor[];
  return K.function(placeholders, [result].flat())(values);
}

describeBackends('K against the legacy backend of Python Keras', () => {
  for (const family of FAMILIES) {
    const rows = loadGolden<GoldenCall>('legacy', family).cases;
    for (const op of new Set(rows.map((row) => row.op))) {
      it(`${family}: ${op}`, () => {
        const calls = rows.filter((row) => row.op === op);
        // Places are int32, as in keras.ops.
        const anyDType = op === 'argmax' || op === 'argmin';
        report(family, calls, (row) => checkCall(row, { anyDType }, found), {});
        if (op === 'shape' || anyDType) return;
        for (const row of calls) {
          throughFunction(row).forEach((array, i) => expectTensor(array, row.outputs[i] as GoldenTensor, op));
        }
      });
    }
  }

  interface RnnCase {
    inputs: GoldenTensor;
    state: GoldenTensor;
    kwargs: Record<string, GoldenValue>;
    last: GoldenTensor;
    outputs: GoldenTensor;
    states: GoldenTensor[];
  }
  const { cases, w, u } = loadGolden<RnnCase>('legacy', 'rnn') as unknown as
    { cases: RnnCase[]; w: GoldenTensor; u: GoldenTensor };
  for (const row of cases) {
    const title = Object.entries(row.kwargs).map(([key, value]) => `${key}${value === true ? '' : '='}` +
      `${value === true ? '' : isGoldenTensor(value) ? `[${value.data.join()}]` : JSON.stringify(value)}`).join(' ');
    it(`rnn: ${title.replaceAll(/\{[^ ]*\}/g, 'tensor')}`, () => {
      const [kernel, recurrent] = [tensorOf(w), tensorOf(u)];
      const step: K.StepFunction = (x, [state, factor]) => {
        const next = ops.tanh(ops.add(ops.matmul(x, kernel), ops.matmul(state, recurrent)));
        return [factor ? ops.multiply(next, factor) : next, [next]];
      };
      const options = argumentOf(row.kwargs) as K.RnnOptions;
      const check = ([last, outputs, states]: [Tensor | NDArray, Tensor | NDArray, (Tensor | NDArray)[]]): void => {
        expectTensor(last, row.last, 'last_output');
        expectTensor(outputs, row.outputs, 'outputs');
        states.forEach((state, i) => expectTensor(state, row.states[i], 'state'));
      };
      check(K.rnn(step, tensorOf(row.inputs), [tensorOf(row.state)], options));
      // The number of steps may be unknown in a loop.
      const time = options.time_major ? 0 : 1;
      const x = K.placeholder({ shape: row.inputs.shape.map((d, i) => (i === time && !options.unroll ? null : d)) });
      const h = K.placeholder({ shape: row.state.shape });
      const [last, outputs, [state]] = K.rnn(step, x, [h], options);
      const [a, b, c] = K.function([x, h], [last, outputs, state])([tensorOf(row.inputs), tensorOf(row.state)]);
      check([a, b, [c]]);
    });
  }

  it('map_fn, foldl, foldr', () => {
    interface FoldCase {
      op: 'map_fn' | 'foldl' | 'foldr';
      elems: GoldenTensor;
      kwargs: { initializer?: GoldenTensor };
      output: GoldenTensor;
    }
    const fold = (a: Tensor, e: Tensor): Tensor => ops.subtract(ops.multiply(a, 0.5), e);
    for (const { op, elems, kwargs, output } of loadGolden<FoldCase>('legacy', 'folds').cases) {
      const initializer = kwargs.initializer ? tensorOf(kwargs.initializer) : null;
      const run = (x: Tensor | KerasTensor): Tensor | KerasTensor =>
        (op === 'map_fn' ? K.map_fn((row) => ops.square(row), x) : K[op](fold, x, initializer));
      expectTensor(run(tensorOf(elems)) as Tensor, output, op);
      const x = K.placeholder({ shape: [null, ...elems.shape.slice(1)] });
      const y = run(x) as KerasTensor;
      expect(y.shape).to.deep.equal(op === 'map_fn' ? [null, 2] : [2]);
      expectTensor(K.function([x], [y])([tensorOf(elems)])[0], output, op);
    }
  });
});
