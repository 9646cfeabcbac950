/** The dtype of counters and seeds. */
import { activeBackend } from '../engine/context.js';

/** int64, as in Python Keras on TensorFlow; int32 on backends that compute in 32 bits. */
export const counterDType = (): 'int32' | 'int64' =>
  activeBackend().unsupported('add', 'int64') === undefined ? 'int64' : 'int32';
