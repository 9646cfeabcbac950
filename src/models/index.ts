/** keras.models. */
import { parseJSON } from '../saving/json.js';
import { deserialize_keras_object, type DeserializeOptions } from '../saving/serialization.js';
import { kerasExport, type CustomObjects } from '../saving/registration.js';
import { Model } from './model.js';

export { Model, UnknownLayerError, type ModelArgs } from './model.js';
export { Functional } from './functional.js';
export type { StateBranch, StateFormat, StateTree } from './state-tree.js';
export { Sequential, type SequentialOptions } from './sequential.js';
export { clone_model, type CallFunction, type CloneModelOptions } from './cloning.js';
export type { StepResult } from '../trainers/logs.js';
export type { StepData } from '../trainers/step-function.js';
export { GraphError } from './graph-function.js';
export { load_model, save_model } from '../saving/saving-api.js';

/**
 * A new, untrained model from the JSON that `model.to_json()` gives. Source: keras.models.model_from_json.
 *
 * @param options `custom_objects` (classes and functions of yours by name; also by position), `safe_mode`
 * @throws TypeError when the JSON is of something else than a model
 * @example
 * const copy = keras.models.model_from_json(model.to_json());
 */
export function model_from_json(
  json_string: string, ...options: [custom_objects?: CustomObjects | null] | [options?: DeserializeOptions]
): Model {
  const model = deserialize_keras_object(parseJSON(json_string, 'model_from_json'), ...options as [DeserializeOptions?]);
  if (!(model instanceof Model)) {
    throw new TypeError(`model_from_json: the JSON describes ${String(model)}, which is no model.`);
  }
  return model;
}
kerasExport(model_from_json, 'keras.models.model_from_json');
