import { describeGoldenLayers } from '../../support/layer-golden.js';

describeGoldenLayers('layer_normalization');
