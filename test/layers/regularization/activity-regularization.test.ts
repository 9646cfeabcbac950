import { describeGoldenLayers } from '../../support/layer-golden.js';

describeGoldenLayers('activity_regularization');
