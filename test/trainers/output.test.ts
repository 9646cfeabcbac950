/**
 * What fit, evaluate and predict print, to the letter as in Python.
 *
 * Python moves the cursor back with backspaces before each `\r`; `\r` alone does that on a terminal, so the
 * backspaces are left out here and in what is expected. And Python draws every state of the bar into a pipe
 * or a
 * file, colours included; keras-node writes the last state of each line there, as plain text.
 */
import { expect } from 'chai';
import * as keras from '../../src/index.js';
import { loadGolden, type GoldenTensor } from '../golden/golden.js';
import { argumentOf } from '../golden/tensors.js';
import { captured } from '../support/capture.js';
import { withoutBuildConfig } from '../support/without-build-config.js';

interface Row {
  method: 'fit' | 'fit generator' | 'evaluate' | 'predict';
  options: Record<string, unknown>;
  compile: object;
  text: string;
}
interface Shared {
  model: Record<string, unknown>;
  start: GoldenTensor[];
  x: GoldenTensor;
  y: GoldenTensor;
  learning_rate: number;
}
interface BarRow {
  options: keras.utils.ProgbarOptions;
  updates: { current: number; now: number; values: [string, number][]; finalize: boolean |
    null; text: string }[];
}

/** Runs `fn` while the clock shows what `seconds` gives. */
async function withClock(seconds: () => number, fn: () => unknown): Promise<void> {
  const { now } = performance;
  performance.now = () => seconds() * 1000;
  try {
    await fn();
  } finally {
    performance.now = now;
  }
}

const onTerminal = (text: string): string => text.replaceAll('\b', '');
/** The last state of each line, without colours. */
const inPipe = (text: string): string =>
  onTerminal(text).split('\n').map((line) => line.slice(line.lastIndexOf('\r') + 1)
  // oxlint-disable-next-line no-control-regex -- escape sequences are what is removed
  .replaceAll(/\x1b\[\d+m/g, '').trimEnd()).join('\n');

const file = loadGolden<Row>('models', 'fit_output') as ReturnType<typeof loadGolden<Row>> & Shared;

async function run({ method, options, compile }: Row): Promise<void> {
  const model = keras.saving.deserialize_keras_object(withoutBuildConfig(file.model)) as keras.Model;
  model.set_weights(file.start.map((value) => argumentOf(value) as keras.Tensor));
  model.compile({ optimizer: new keras.optimizers.SGD(file.learning_rate),
    loss: 'sparse_categorical_crossentropy', ...compile });
  const [x, y] = [argumentOf(file.x), argumentOf(file.y)] as keras.Tensor[];
  if (method === 'fit') await model.fit(x, y, options);
  else if (method === 'evaluate') await model.evaluate(x, y, options);
  else if (method === 'predict') await model.predict(x, options);
  else {
    const [xs, ys] = [x.arraySync() as number[][], y.arraySync() as number[]];
    await model.fit(function* two() {
      for (const i of [0, 5]) yield [xs.slice(i, i + 5), Int32Array.from(ys.slice(i, i + 5))];
    }, options);
  }
}

describe('printed progress', () => {
  for (const row of file.cases) {
    const title = `${row.method} ${JSON.stringify(row.options)} ${JSON.stringify(row.compile)}`;
    it(`${title} on a terminal`, async () => {
      const text = await captured('stdout', () => withClock(() => 1000, () => run(row)), true);
      expect(text).to.equal(onTerminal(row.text));
    });
    it(`${title} in a pipe`, async () => {
      const text = await captured('stdout', () => withClock(() => 1000, () => run(row)));
      expect(text).to.equal(inPipe(row.text));
    });
  }
});

describe('Progbar', () => {
  for (const { options, updates } of loadGolden<BarRow>('models', 'progbar').cases) {
    // The clock of these rows begins at 0, where Python takes the first update for one that came too soon.
    if (options.verbose !== 2 && updates[0].text === '') continue;
    it(JSON.stringify(options), async () => {
      let text = '';
      const stream = { isTTY: true, write: (part: string) =>
        (text += part) } as unknown as NodeJS.WriteStream;
      let time = 0;
      await withClock(() => time, () => {
        const bar = new keras.utils.Progbar({ ...options, stream });
        for (const update of updates) {
          text = '';
          time = update.now;
          bar.update(update.current, Object.fromEntries(update.values), update.finalize === null ? {}
            : { finalize: update.finalize });
          expect(text, `update ${update.current}`).to.equal(onTerminal(update.text));
        }
      });
    });
  }

  it('draws at most every `interval` seconds', async () => {
    let drawn = 0;
    const stream = { isTTY: true, write: () => (drawn += 1) } as unknown as NodeJS.WriteStream;
    let time = 0;
    await withClock(() => time, () => {
      const bar = new keras.utils.Progbar({ target: 10, interval: 1, stream });
      for (let step = 1; step <= 10; step++) {
        bar.add(1);
        time += 0.3;
      }
    });
    expect(drawn).to.equal(4);
  });

  it('takes one of stateful_metrics and stateless_metrics', () => {
    expect(() => new keras.utils.Progbar({ target: 1, stateful_metrics: ['a'],
      stateless_metrics: ['b'] })).to.throw('Only one of');
  });
});
