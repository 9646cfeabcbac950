/** keras.config. */
export { ConfigError, backend, epsilon, floatx, image_data_format, list_backends, register_backend, set_backend,
  set_epsilon, set_floatx, set_image_data_format, type ImageDataFormat } from './backend/config.js';
export { disable_flash_attention, enable_flash_attention, is_flash_attention_enabled, is_nnx_enabled } from './backend/flags.js';
export { set_threads, threads, type Threads } from './backend/threads.js';
export { dtype_policy, set_dtype_policy } from './dtype-policies/dtype-policy.js';
export { enable_unsafe_deserialization } from './saving/serialization.js';
export { max_epochs, max_steps_per_epoch, set_max_epochs, set_max_steps_per_epoch } from './trainers/limits.js';
export { disable_interactive_logging, enable_interactive_logging, is_interactive_logging_enabled } from './utils/interactive-logging.js';
export { disable_traceback_filtering, enable_traceback_filtering, is_traceback_filtering_enabled } from './utils/traceback.js';
export type { Backend, BackendFactory } from './backend/backend.js';
