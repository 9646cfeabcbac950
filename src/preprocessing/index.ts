/** keras.preprocessing: older names of what is in keras.utils, and images. */
export * as image from './image.js';
export * as sequence from './sequence.js';
export { timeseries_dataset_from_array } from '../utils/dataset-utils.js';
export { image_dataset_from_directory } from '../utils/directories/image-dataset.js';
export { text_dataset_from_directory } from '../utils/directories/text-dataset.js';
