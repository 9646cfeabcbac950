import { describeGoldenLayers } from '../../support/layer-golden.js';

describeGoldenLayers('global_pooling');
