/** keras.applications.resnet50. */
export { decode_predictions, preprocess_input, ResNet50 } from './resnet.js';
