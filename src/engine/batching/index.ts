/** All batching rules. */
import type { PrimitiveName } from '../primitives/index.js';
import { controlBatching } from './control.js';
import { elementwiseBatching, reductionBatching } from './elementwise.js';
import { indexingBatching } from './indexing.js';
import { linearBatching } from './linear.js';
import { complexBatching, fourierBatching, linalgBatching, neuralBatching, randomBatching } from './neural.js';
import { elementwise, type BatchTable } from './rule.js';
import { structureBatching } from './structure.js';

export const batchRules: BatchTable<PrimitiveName> = {
  ...elementwiseBatching, ...reductionBatching, ...structureBatching, ...indexingBatching, ...linearBatching,
  ...neuralBatching, ...randomBatching, ...linalgBatching, ...fourierBatching, ...complexBatching, ...controlBatching,
  all_reduce: elementwise('all_reduce'),
};
