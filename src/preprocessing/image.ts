/** keras.preprocessing.image. */
export { array_to_img } from '../utils/images/array-to-img.js';
export { img_to_array } from '../utils/images/img-to-array.js';
export { load_img } from '../utils/images/load-img.js';
export { save_img } from '../utils/images/save-img.js';
export { smart_resize } from './smart-resize.js';
