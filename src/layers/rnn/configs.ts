/** Parts of the configs of recurrent cells and layers, in Keras's order. */
import * as constraints from '../../constraints/index.js';
import * as initializers from '../../initializers/index.js';
import * as regularizers from '../../regularizers/index.js';
import type { BaseRNNCell } from './base-rnn-cell.js';

type Config = Record<string, unknown>;

export const initializerConfig = (cell: BaseRNNCell): Config => ({
  kernel_initializer: initializers.serialize(cell.kernel_initializer),
  recurrent_initializer: initializers.serialize(cell.recurrent_initializer),
  bias_initializer: initializers.serialize(cell.bias_initializer),
});

export const regularizerConfig = (cell: BaseRNNCell): Config => ({
  kernel_regularizer: regularizers.serialize(cell.kernel_regularizer),
  recurrent_regularizer: regularizers.serialize(cell.recurrent_regularizer),
  bias_regularizer: regularizers.serialize(cell.bias_regularizer),
});

export const constraintConfig = (cell: BaseRNNCell): Config => ({
  kernel_constraint: constraints.serialize(cell.kernel_constraint),
  recurrent_constraint: constraints.serialize(cell.recurrent_constraint),
  bias_constraint: constraints.serialize(cell.bias_constraint),
});

export const dropoutConfig = (cell: BaseRNNCell): Config => ({
  dropout: cell.dropout, recurrent_dropout: cell.recurrent_dropout,
});
