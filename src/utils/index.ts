/** keras.utils. */
import { set_dtype_policy } from '../dtype-policies/dtype-policy.js';
import { collectGarbage } from '../engine/collection.js';
import { getDefaultFloat, standardizeDType, type DType } from '../engine/dtype.js';
import { enable_interactive_logging } from './interactive-logging.js';
import { resetNames } from './naming.js';
import { forgetNotices } from './notice.js';
import { forgetRandomSeed } from './rng-utils.js';
import { kerasExport } from '../saving/registration.js';

export { CustomObjectScope, custom_object_scope, get_custom_objects, get_registered_name, get_registered_object,
  register_keras_serializable } from '../saving/registration.js';
export { deserialize_keras_object, serialize_keras_object } from '../saving/serialization.js';
export * as bounding_boxes from './bounding-boxes/index.js';
export { Config, SettingError } from './config-object.js';
export { Dataset } from './dataset.js';
export { split_dataset, timeseries_dataset_from_array, type SplitOptions, type TimeseriesOptions } from './dataset-utils.js';
export { DirectoryDataset } from './directories/directory-dataset.js';
export { image_dataset_from_directory, type ImageDatasetOptions } from './directories/image-dataset.js';
export { text_dataset_from_directory, type TextDatasetOptions } from './directories/text-dataset.js';
export { DownloadError } from './files/download.js';
export { ExtractError } from './files/extract.js';
export { get_file, type GetFileOptions } from './files/get-file.js';
export { array_to_img } from './images/array-to-img.js';
export { img_to_array } from './images/img-to-array.js';
export { load_img } from './images/load-img.js';
export { RasterImage, type ImageMode } from './images/raster-image.js';
export { save_img } from './images/save-img.js';
export { disable_interactive_logging, enable_interactive_logging, is_interactive_logging_enabled } from './interactive-logging.js';
export { get_source_inputs } from './model-inputs.js';
export { normalize, pad_sequences, to_categorical, type PadOptions } from './numerical-utils.js';
export { pack_x_y_sample_weight } from './pack-batch.js';
export { DotGraph, type DotAttributes } from './plotting/dot-graph.js';
export { model_to_dot, type ModelToDotOptions } from './plotting/model-to-dot.js';
export { plot_model, type PlotModelOptions } from './plotting/plot-model.js';
export { DotError } from './plotting/render.js';
export { Progbar, type ProgbarOptions } from './progbar.js';
export { PyDataset, PyDataset as Sequence, type PyDatasetOptions } from './py-dataset.js';
export type { SummaryOptions } from './summary.js';
export { unpack_x_y_sample_weight } from '../trainers/data/batch-source.js';
export { is_keras_tensor } from '../legacy/placeholder.js';
export { set_random_seed } from './rng-utils.js';

/**
 * Forgets the state that is global: names are numbered from the start, the dtype policy is floatx again, random numbers
 * without a seed start anew, messages go to stdout, and notices that come once come again. Source: keras.utils.clear_session.
 *
 * @param free_memory whether to ask for a garbage collection, after which models that are no longer in use leave the
 *   device; default true
 * @example
 * keras.utils.clear_session();
 * new keras.layers.Dense(1).name; // 'dense'
 */
export function clear_session(free_memory = true): void {
  resetNames();
  set_dtype_policy(null);
  forgetRandomSeed();
  enable_interactive_logging();
  forgetNotices();
  if (free_memory) collectGarbage();
}

/**
 * Checks the name of a dtype, and gives it; null stands for `floatx()`. Source: keras.utils.standardize_dtype.
 *
 * @throws TypeError for a name that is none of a dtype
 * @example
 * keras.utils.standardize_dtype('float16'); // 'float16'
 */
export const standardize_dtype = (dtype: string | null): DType => standardizeDType(dtype ?? getDefaultFloat());
kerasExport(standardize_dtype, 'keras.utils.standardize_dtype', 'keras.backend.standardize_dtype');
kerasExport(clear_session, 'keras.utils.clear_session', 'keras.backend.clear_session');
