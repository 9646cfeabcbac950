import { describeGoldenLayers } from '../../support/layer-golden.js';

for (const family of ['conv1d_transpose', 'conv2d_transpose', 'conv3d_transpose']) describeGoldenLayers(family);
