/** docs/LIMITS.md says what the backends say. */
import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { DTYPES } from '../../src/engine/dtype.js';
import { describeBackends, backendNamed } from '../support/backends.js';
import { opNamed } from '../support/check-op.js';

const text = readFileSync(new URL('../../docs/LIMITS.md', import.meta.url), 'utf8');

/** First two columns of the table below a heading: names, and the backends that lack them. */
function tableOf(heading: string): { names: string[]; backends: string[] }[] {
  const [, section] = text.split(`## ${heading}\n`);
  return section.split('\n## ')[0].split('\n').filter((line) => line.startsWith('| ')).slice(2).map((line) => {
    const [names, backends] = line.split('|').slice(1, 3).map((cell) => cell.trim().split(', '));
    return { names, backends };
  });
}

const OPERANDS: Readonly<Record<string, unknown[]>> = { eig: [[[1, 2], [3, 4]]], polar: [1, 2], view_as_complex: [[1, 2]] };

describeBackends('the page of what a backend cannot do', (name) => {
  it('lists the dtypes that are not held', () => {
    const backend = backendNamed(name)!;
    const listed = tableOf('Dtypes').flatMap(({ names, backends }) => (backends.includes(name) ? names : []));
    const missing = DTYPES.filter((dtype) => backend.unsupported('constant', dtype) !== undefined);
    expect(listed.toSorted()).to.deep.equal(missing.toSorted());
  });

  it('lists ops that are refused, and no others', () => {
    const [{ names, backends }] = tableOf('Ops');
    for (const op of names) {
      const call = (): unknown => opNamed(op)(...OPERANDS[op]);
      if (backends.includes(name)) expect(call, op).to.throw(Error, new RegExp(`complex64.*${name}`));
      else expect(call, op).not.to.throw();
    }
  });
});
