/** The blocks of VGG16 and VGG19. */
import { Dense } from '../layers/core/dense.js';
import { MaxPooling2D } from '../layers/pooling/max-pooling2d.js';
import { Flatten } from '../layers/reshaping/flatten.js';
import type { KerasTensor } from '../ops/keras-tensor.js';
import { convolve } from './blocks.js';
import type { ApplicationOptions, Made } from './define.js';
import { classify, finish, imagesFor, settle, shapeOfImages, UNNAMED, type Settings } from './frame.js';
import { published, STORAGE } from './weights.js';

/** MD5 sums of the published weights: with the top, and without. */
type Hashes = readonly [top: string, noTop: string];

const FILTERS = [64, 128, 256, 512, 512];

function classifier(features: KerasTensor, settings: Settings): KerasTensor {
  let x = new Flatten({ name: 'flatten' })(features);
  for (const name of ['fc1', 'fc2']) x = new Dense({ units: 4096, activation: 'relu', name })(x);
  return classify(x, settings);
}

/**
 * A network of five blocks of 3x3 convolutions.
 * @param depths convolutions in each block
 */
export function makeVGG(what: string, options: ApplicationOptions, depths: readonly number[], hashes: Hashes): Made {
  const key = what.toLowerCase();
  const settings = settle(what, options, key);
  const images = imagesFor(settings, shapeOfImages(settings, { default: 224, min: 32 }));
  let x = images;
  depths.forEach((depth, i) => {
    const block = `block${i + 1}`;
    for (let j = 1; j <= depth; j++) {
      x = convolve(x, FILTERS[i], 3, { activation: 'relu', padding: 'same', name: `${block}_conv${j}` });
    }
    x = new MaxPooling2D({ pool_size: 2, strides: 2, name: `${block}_pool` })(x);
  });
  const model = finish(images, x, settings, { names: UNNAMED, top: classifier });
  const ending = settings.include_top ? '' : '_notop';
  const imagenet = published(`${STORAGE}${key}/`, `${key}_weights_tf_dim_ordering_tf_kernels${ending}.h5`, hashes[settings.include_top ? 0 : 1]);
  return { model, imagenet };
}
