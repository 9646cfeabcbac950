/** keras.callbacks. */
export { Callback, type CallbackParams, type Logs, type PredictLogs } from './callback.js';
export { CallbackList, type CallbackListOptions } from './callback-list.js';
export { History } from './history.js';
export { LambdaCallback, type LambdaCallbackOptions } from './lambda-callback.js';
export { ProgbarLogger } from './progbar-logger.js';
