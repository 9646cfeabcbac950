/** keras.optimizers.schedules. */
export { LearningRateSchedule } from './learning-rate-schedule.js';
export { ExponentialDecay, type ExponentialDecayOptions } from './exponential-decay.js';
