import { expect } from 'chai';
import { compare } from '../../scripts/parity/compare.js';
import { counts, fallenBack, readReport } from '../../scripts/parity/report.js';

describe('parity with Keras', () => {
  it('no symbol of the built package falls behind docs/PARITY.md', async () => {
    const rows = await compare();
    const before = readReport();
    expect(rows.map(({ symbol }) => symbol)).to.have.members([...before.keys()]);
    expect(counts(rows).yes).to.be.greaterThan(500);
    expect(fallenBack(rows, before)).to.deep.equal([]);
  });

  it('notices a symbol that has fallen back', () => {
    const row = { symbol: 'keras.ops.sum', state: 'partly' as const, remarks: ['arguments missing: axis'] };
    expect(fallenBack([row], new Map([['keras.ops.sum', 'yes']]))).to.deep.equal([row]);
    expect(fallenBack([row], new Map([['keras.ops.sum', 'no']]))).to.deep.equal([]);
  });
});
