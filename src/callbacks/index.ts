/** keras.callbacks. */
export { BackupAndRestore, BackupError, type BackupAndRestoreOptions } from './backup-and-restore.js';
export { Callback, type CallbackParams, type Logs, type PredictLogs } from './callback.js';
export { CallbackList, type CallbackListOptions } from './callback-list.js';
export { CSVLogger, type CSVLoggerOptions } from './csv-logger.js';
export { EarlyStopping, type EarlyStoppingOptions } from './early-stopping.js';
export { History } from './history.js';
export { LambdaCallback, type LambdaCallbackOptions } from './lambda-callback.js';
export { LearningRateScheduler, type LearningRateSchedulerOptions } from './learning-rate-scheduler.js';
export { ModelCheckpoint, type ModelCheckpointOptions } from './model-checkpoint.js';
export { MonitorError, type MonitorMode } from './monitor-callback.js';
export { ProgbarLogger } from './progbar-logger.js';
export { ReduceLROnPlateau, type ReduceLROnPlateauOptions } from './reduce-lr-on-plateau.js';
export { RemoteMonitor, type RemoteMonitorOptions } from './remote-monitor.js';
export { SwapEMAWeights, type SwapEMAWeightsOptions } from './swap-ema-weights.js';
export { TensorBoard, type TensorBoardOptions } from './tensorboard.js';
export { NotFiniteLossError, TerminateOnNaN, type TerminateOnNaNOptions } from './terminate-on-nan.js';
