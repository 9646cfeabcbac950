/** Numbers and format strings as Python writes them. */
import { expect } from 'chai';
import { FormatError, formatTemplate, pythonFloat } from '../../src/utils/python-format.js';
import { loadGolden } from '../golden/golden.js';

type Float = number | 'NaN' | 'Infinity' | '-Infinity' | { float: string };
interface Row { template: string; integers?: Record<string, number>; x?: Float; text: string }

const numberOf = (value: Float): number => Number(typeof value === 'object' ? value.float : value);

describe('Python\'s formats', () => {
  const golden = loadGolden<Row>('callbacks', 'formats') as unknown as { cases: Row[]; reprs: { x: Float; text: string }[] };

  it('templates', () => {
    for (const { template, integers = {}, x, text } of golden.cases) {
      const floats: Record<string, number> = x === undefined ? {} : { x: numberOf(x) };
      expect(formatTemplate(template, { integers, floats }), `${template} of ${JSON.stringify(x ?? integers)}`).to.equal(text);
    }
  });

  it('repr of floats', () => {
    for (const { x, text } of golden.reprs) expect(pythonFloat(numberOf(x))).to.equal(text);
    expect(pythonFloat(-0)).to.equal('-0.0');
  });

  it('says what is wrong', () => {
    const of = (template: string) => (): string => formatTemplate(template, { integers: { epoch: 1 }, floats: { loss: 0.5 } });
    expect(of('{loss:d}')).to.throw(FormatError, /'d' is no format of a floating-point number/);
    expect(of('{epoch:.2}')).to.throw(FormatError, /an integer/);
    expect(of('{loss:.2q}')).to.throw(FormatError);
    expect(of('{lossy}')).to.throw(FormatError, /'lossy'.*Known: epoch, loss/);
    expect(of('{epoch')).to.throw(FormatError, /single '\{'/);
  });
});
