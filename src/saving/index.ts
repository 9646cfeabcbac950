/** keras.saving. */
export { load_model, load_weights, save_model, save_weights } from './keras-archive.js';
export { CustomObjectScope, custom_object_scope, get_custom_objects, get_registered_name, get_registered_object,
  register_keras_serializable } from './registration.js';
export { deserialize_keras_object, serialize_keras_object } from './serialization.js';
