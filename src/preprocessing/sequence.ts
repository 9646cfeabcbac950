/** keras.preprocessing.sequence. */
export { pad_sequences } from '../utils/numerical-utils.js';
