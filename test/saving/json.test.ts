import { expect } from 'chai';
import { SGD } from '../../src/optimizers/index.js';
import { ConfigSyntaxError, parseJSON, stringifyJSON } from '../../src/saving/json.js';

describe('saving/json', () => {
  it('reads and writes the numbers that Python writes', () => {
    const text = '{"a":NaN,"b":[Infinity,-Infinity],"c":"NaN, \\"Infinity\\"","d":1e5}';
    const value = { a: Number.NaN, b: [Infinity, -Infinity], c: 'NaN, "Infinity"', d: 1e5 };
    expect(parseJSON(text, 'it')).to.deep.equal(value);
    expect(parseJSON(stringifyJSON(value), 'it')).to.deep.equal(value);
    expect(stringifyJSON({ big: 2n ** 60n, text: 'ß "x"' })).to.equal('{"big":1152921504606846976,"text":"ß \\"x\\""}');
  });

  it('writes floats for which Python takes no whole number as floats', () => {
    const { optimizer } = JSON.parse(stringifyJSON({ optimizer: new SGD(1).get_config() })) as { optimizer: object };
    expect(optimizer).to.include({ learning_rate: 1, momentum: 0 });
    expect(stringifyJSON({ learning_rate: 1, momentum: 0, units: 3 })).to.equal('{"learning_rate":1.0,"momentum":0.0,"units":3}');
  });

  it('says what is not JSON, and refuses what is nested too deep', () => {
    expect(() => parseJSON('{"a": }', 'config.json of m.keras')).to.throw(ConfigSyntaxError, /config.json of m.keras is not/);
    expect(() => parseJSON('{"a": Infinite}', 'it')).to.throw(ConfigSyntaxError);
    expect(() => parseJSON('['.repeat(1e6), 'it')).to.throw(ConfigSyntaxError, /500 levels/);
    expect(parseJSON(`"${'['.repeat(1000)}"`, 'it')).to.have.length(1000);
  });
});
