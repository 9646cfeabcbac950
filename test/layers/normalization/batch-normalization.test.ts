import { describeGoldenLayers } from '../../support/layer-golden.js';

describeGoldenLayers('batch_normalization');
