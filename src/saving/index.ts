/** keras.saving: models, weights and configs in files. */
export { ArchiveError } from './archive.js';
export { H5Error } from './h5/types.js';
export { KerasFileEditor, type Comparison, type WeightsDict } from './file-editor.js';
export type { FilePath, FileSource } from './files.js';
export { WeightsError } from './load-report.js';
export {
  CustomObjectScope, custom_object_scope, get_custom_objects, get_registered_name, get_registered_object,
  register_keras_serializable, type CustomObjects,
} from './registration.js';
export {
  DeserializationError, deserialize_keras_object, serialize_keras_object, type DeserializeOptions,
} from './serialization.js';
export { load_model, save_model, type LoadModelOptions, type SaveModelOptions } from './saving-api.js';
export { BrowserModelError } from './tfjs/browser-config.js';
export { load_tfjs_model, save_tfjs_model, type LoadTfjsModelOptions } from './tfjs/layers-model.js';
export type { VariableStore } from './walk.js';
export { load_weights, save_weights, type LoadWeightsOptions, type SaveWeightsOptions } from './weights-files.js';
