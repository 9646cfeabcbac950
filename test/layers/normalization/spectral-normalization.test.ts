import { expect } from 'chai';
import { tidy } from '../../../src/engine/scope.js';
import { Dense, Dropout, SpectralNormalization } from '../../../src/layers/index.js';
import { Constant } from '../../../src/initializers/index.js';
import * as ops from '../../../src/ops/index.js';
import { describeBackends } from '../../support/backends.js';
import { describeGoldenLayers } from '../../support/layer-golden.js';

describeGoldenLayers('spectral_normalization');

describeBackends('SpectralNormalization', () => {
  it('leaves a kernel of zeros as it is', () => tidy(() => {
    const layer = new SpectralNormalization(new Dense(3, { kernel_initializer: 'zeros' }));
    layer(ops.ones([2, 4]), { training: true });
    expect(layer.kernel.value.arraySync()).to.deep.equal(Array.from({ length: 4 }, () => [0, 0, 0]));
  }));

  it('makes the largest singular value 1', () => tidy(() => {
    const layer = new SpectralNormalization(new Dense(2, { kernel_initializer: new Constant(3) }), { power_iterations: 5 });
    layer(ops.ones([2, 2]), { training: true });
    // The only singular value of a matrix of equal elements c is 2 c.
    (layer.kernel.value.arraySync() as number[][]).flat().forEach((value) => expect(value).to.be.closeTo(0.5, 1e-5));
  }));

  const wrong: [string, () => unknown, RegExp][] = [
    ['no iterations', () => new SpectralNormalization(new Dense(2), 0), /'power_iterations' must be a positive integer, received 0/],
    ['a layer without a kernel', () => new SpectralNormalization(new Dropout(0.1, { name: 'd' }))(ops.ones([2, 3])), /'d' \(Dropout\) has neither/],
  ];
  for (const [what, act, message] of wrong) it(`rejects ${what}`, () => expect(act).to.throw(message));
});
