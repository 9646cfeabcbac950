/** `model.summary()` line by line as Python prints it. */
import { expect } from 'chai';
import * as keras from '../../src/index.js';
import { loadGolden } from '../golden/golden.js';

interface Row {
  model: string;
  options: keras.utils.SummaryOptions;
  text: string;
}
const models =
  new Map(loadGolden<{ model: string; json: Record<string, unknown> }>('models', 'configs').cases.map((row) =>
    [row.model, row.json]));

describe('summary', () => {
  for (const [i, row] of loadGolden<Row>('models', 'summaries').cases.entries()) {
    const json = models.get(row.model);
    // Python's console was 80 characters wide and cut longer lines off.
    if (!json || (row.options.line_length ?? 0) > 80) continue;
    it(`${row.model} ${JSON.stringify(row.options)} (${i})`, () => {
      const model = keras.saving.deserialize_keras_object(json) as keras.Model;
      let text = '';
      model.summary({ ...row.options, print_fn: (part) => (text += part) });
      expect(text.trimEnd().split('\n')).to.deep.equal(row.text.trimEnd().split('\n'));
    });
  }
});
