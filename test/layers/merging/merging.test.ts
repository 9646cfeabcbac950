import { describeGoldenLayers } from '../../support/layer-golden.js';

describeGoldenLayers('merging');
