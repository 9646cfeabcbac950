/** keras.utils. */
import { resetNames } from './naming.js';
import { kerasExport } from '../saving/registration.js';

export { CustomObjectScope, custom_object_scope, get_custom_objects, get_registered_name, get_registered_object,
  register_keras_serializable } from '../saving/registration.js';
export { deserialize_keras_object, serialize_keras_object } from '../saving/serialization.js';
export * as bounding_boxes from './bounding-boxes/index.js';
export { disable_interactive_logging, enable_interactive_logging, is_interactive_logging_enabled } from './interactive-logging.js';
export { Progbar, type ProgbarOptions } from './progbar.js';
export { PyDataset, PyDataset as Sequence, type PyDatasetOptions } from './py-dataset.js';
export type { SummaryOptions } from './summary.js';
export { set_random_seed } from './rng-utils.js';

/**
 * Starts the numbering of names again: the next Dense is `dense`. Source: keras.utils.clear_session.
 *
 * @example
 * keras.utils.clear_session();
 */
export function clear_session(): void {
  resetNames();
}
kerasExport(clear_session, 'keras.utils.clear_session', 'keras.backend.clear_session');
