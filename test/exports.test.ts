import { expect } from 'chai';
import * as keras from '../src/index.js';
import { listExports } from '../src/saving/registration.js';

/** Modules whose every registered path is a name in the package. */
const MODULES = /^keras\.(constraints|initializers|layers|regularizers)\.\w+$/;

describe('Public names', () => {
  it('exist in the package under every path they are registered with', () => {
    const find = (path: string): unknown => path.split('.').slice(1)
      .reduce((place: unknown, name) => (place as Record<string, unknown> | undefined)?.[name], keras);
    const paths = listExports().flatMap(({ target, paths: all }) => all.filter((path) => MODULES.test(path)).map((path) => ({ target, path })));
    expect(paths.length).to.be.greaterThan(100);
    expect(paths.filter(({ target, path }) => find(path) !== target).map(({ path }) => path)).to.deep.equal([]);
  });
});
