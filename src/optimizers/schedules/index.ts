/** keras.optimizers.schedules: learning rates that depend on the step. */
import { kerasExport, type CustomObjects } from '../../saving/registration.js';
import { makeResolver } from '../../utils/resolve.js';
import type { LearningRateSchedule } from './learning-rate-schedule.js';

export * from './cosine-decay.js';
export * from './cosine-decay-restarts.js';
export * from './exponential-decay.js';
export * from './inverse-time-decay.js';
export { LearningRateSchedule } from './learning-rate-schedule.js';
export * from './piecewise-constant-decay.js';
export * from './polynomial-decay.js';

const MODULE = 'keras.optimizers.schedules';
const resolver = makeResolver<LearningRateSchedule>({ module: MODULE, what: 'learning rate schedule' });

/** The config of a schedule. Source: keras.optimizers.schedules.serialize. */
export const serialize = (learning_rate_schedule: unknown): unknown => resolver.serialize(learning_rate_schedule);
kerasExport(serialize, `${MODULE}.serialize`);

/** The schedule of a config. Source: keras.optimizers.schedules.deserialize. */
export const deserialize = (config: unknown, custom_objects: CustomObjects | null = null): LearningRateSchedule =>
  resolver.deserialize(config, custom_objects);
kerasExport(deserialize, `${MODULE}.deserialize`);
