/** keras.distillation: a small model learns from a large one. */
export { DistillationLoss, type LossStructure } from './distillation-loss.js';
export { Distiller, type DistillerOptions } from './distiller.js';
export { FeatureDistillation, type FeatureDistillationOptions } from './feature-distillation.js';
export { LogitsDistillation, type LogitsDistillationOptions } from './logits-distillation.js';
