import { describeGoldenLayers } from '../../support/layer-golden.js';

describeGoldenLayers('activations', {
  departure: ({ config }) => (config.activation === 'glu' ? 'Python Keras says that glu keeps the shape' : undefined),
});
