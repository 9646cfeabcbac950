/**
 * Frequent mistakes and the errors they get: the class, and in the text where it happened, what was expected,
 * what was
 * received and what to do. One row a mistake.
 */
import { expect } from 'chai';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as keras from '../src/index.js';
import { captured, errorOf } from './support/capture.js';

const { layers, ops, Input, Model, Sequential } = keras;
type Options = Record<string, unknown>;
type Row = [mistake: string, run: () => unknown, name: string, ...parts: string[]];

/** Calls that TypeScript would refuse. */
const wrong = (value: unknown): never => value as never;

const folder = mkdtempSync(join(tmpdir(), 'keras-node-errors-'));
const path = (name: string): string => join(folder, name);
const named = (name: string): Options => ({ name });

function net(...stack: keras.Layer[]): keras.Sequential {
  const all = stack.length > 0 ? stack : [new layers.Dense(3, { activation: 'softmax', name: 'head' })];
  return new Sequential([Input({ shape: [4] }), ...all], wrong(named('net')));
}
function compiled(loss: unknown = 'sparse_categorical_crossentropy',
  options: Options = {}): keras.Sequential {
  const model = net();
  model.compile({ optimizer: 'sgd', loss, ...options });
  return model;
}
const x = new keras.NDArray(new Float32Array(24), [6, 4]);
const y = Int32Array.of(0, 1, 2, 0, 1, 2);
const ones = (...shape: number[]): keras.Tensor => ops.ones(shape);
const fit = (options: Options, model = compiled()): Promise<unknown> =>
  model.fit({ x, y, verbose: 0, ...options });
const two = (): keras.Model => {
  const [a, b] = [Input({ shape: [1], name: 'a' }), Input({ shape: [1], name: 'b' })];
  return new Model([a, b], new layers.Add()([a, b]), named('pair'));
};
const batches = function* batches(): Generator<unknown[]> {
  yield [x, y];
};

const SHAPES: Row[] = [
  ['rank of a layer', () => new layers.Dense(3, named('d'))(ones(4)), 'IncompatibleInputError',
    'layer \'d\' (Dense)', 'rank at least 2', '[4]'],
  ['rank of a convolution', () => new layers.Conv2D(3, 3)(ones(4, 4)), 'IncompatibleInputError', 'Conv2D',
    'rank at least 4', '[4, 4]'],
  ['another size than the layer was built for', () => {
    const layer = new layers.Dense(3, named('d'));
    layer(ones(2, 4));
    layer(ones(2, 5));
  }, 'IncompatibleInputError', '\'d\' (Dense)', 'size 4 along axis -1', '[2, 5]'],
  ['features of a model', () => net()(ones(2, 5)), 'IncompatibleInputError', '\'net\' (Sequential)',
    '[null, 4]', '[2, 5]'],
  ['rank of a model', () => net()(ones(2, 4, 4)), 'IncompatibleInputError', '\'net\'', '[null, 4]',
    '[2, 4, 4]'],
  ['features in fit', () => fit({ x: ones(6, 5) }), 'IncompatibleInputError', '\'net\'', '[null, 4]',
    '[6, 5]'],
  ['rank in predict', () => compiled().predict(new Float32Array(6), { verbose: 0 }), 'IncompatibleInputError',
    '\'net\'', '[null, 4]', '[6]'],
  ['number of inputs', () => two()(ones(1, 1)), 'IncompatibleInputError', '\'pair\'', 'expects 2 input',
    'received 1'],
  ['name of an input', () => two()({ a: ones(1, 1), c: ones(1, 1) }), 'IncompatibleInputError', 'input \'b\'',
    '\'pair\'', 'a, c', 'expected a, b'],
  ['shapes to concatenate', () => new layers.Concatenate()([ones(2, 3), ones(3, 3)]),
    'IncompatibleInputError', 'Concatenate', '[2, 3]', '[3, 3]'],
  ['shapes to add', () => new layers.Add()([ones(2, 3), ones(2, 4)]), 'IncompatibleInputError', 'Add',
    '[2, 3]', '[2, 4]'],
  ['a window larger than the input', () => new layers.Conv2D(1, 9)(ones(1, 4, 4, 1)), 'ShapeError', 'Conv2D',
    '[1, 4, 4, 1]', '9', 'padding'],
  ['unknown features', () => new layers.Dense(2)(Input({ shape: [null] })), 'LayerError', 'Dense', 'kernel',
    '[null, 2]', 'Give the input shape in full'],
  ['unknown channels', () => new layers.Conv2D(2, 3)(Input({ shape: [8, 8, null] })), 'LayerError', 'Conv2D',
    '[null, 8, 8, null]'],
  ['matmul', () => ops.matmul(ones(2, 3), ones(2, 3)), 'ShapeError', 'matmul', '[2, 3]', 'must be equal'],
  ['gradient of no scalar', () => keras.grad((a: keras.Tensor) => a)(ones(2)), 'TypeError', 'scalar', '[2]',
    'ops.sum'],
];

const LABELS: Row[] = [
  ['class numbers for categorical_crossentropy', () => fit({}, compiled('categorical_crossentropy')),
    'StructureError',
    '\'categorical_crossentropy\'', 'shape [6]', '[6, 3]', 'use \'sparse_categorical_crossentropy\''],
  ['one-hot labels for sparse_categorical_crossentropy', () => fit({ y: ones(6, 3) }), 'StructureError',
    '\'sparse_categorical_crossentropy\'', '[6, 3]', 'use \'categorical_crossentropy\''],
  ['labels of another width', () => fit({ y: ones(6, 2) }, compiled('mse')), 'StructureError', '\'mse\'',
    '[6, 2]', '[6, 3]', 'last layer'],
  ['a label beyond the classes', () => fit({ y: Int32Array.of(0, 1, 2, 3, 4, 5) }), 'StepError', 'train_step',
    '\'net\'',
    'number of classes - 1', '[0, 3)'],
  ['no labels in fit', () => compiled().fit(x, { verbose: 0 }), 'StructureError', '\'head\'', 'y is missing',
    'Pass y'],
  ['no labels in evaluate', () => compiled().evaluate(x, { verbose: 0 }), 'StructureError', '\'head\'',
    'y is missing'],
  ['labels for more outputs than there are', () => fit({ y: [y, y] }), 'StructureError', 'Labels (y)', 'head',
    'array of 2'],
  ['a loss for an output that is not there', () => fit({}, compiled({ foo: 'mse' })), 'StructureError',
    'loss of compile()', '\'foo\'', 'head'],
  ['weights of samples of a wrong shape', () => fit({ sample_weight: ones(6, 2) }), 'StructureError',
    'sample_weight', '[6, 2]', 'of shape [6]'],
  ['class_weight for two outputs', () => fit({ y: { a: y, b: y }, class_weight: { 0: 1 } }), 'DataError',
    'single output', 'sample_weight'],
  ['class_weight by names', () => fit({ class_weight: { cat: 1 } }), 'DataError', 'integers', '{"cat":1}'],
  ['both kinds of weights', () => fit({ class_weight: { 0: 1 }, sample_weight: y }), 'DataError',
    'class_weight', 'sample_weight', 'not both'],
];

const DATA: Row[] = [
  ['x and y of different length', () => fit({ y: new Int32Array(5) }), 'DataError', 'same number of samples',
    'x: 6', 'y: 5'],
  ['too few weights', () => fit({ sample_weight: [1, 2] }), 'DataError', 'sample_weight: 2', 'x: 6'],
  ['ragged rows', () => fit({ x: [[1, 2, 3, 4], [1, 2, 3]] }), 'DataError', 'ragged', '[2, 4]', 'length 3'],
  ['a number among rows', () => fit({ x: [[1, 2, 3, 4], 5] }), 'DataError', 'ragged', '[2, 4]', 'is 5'],
  ['null among numbers', () => fit({ x: [[1, 2, null, 4]] }), 'DataError', 'holds null', 'NaN'],
  ['text among numbers', () => fit({ x: [[1, 2, 'a', 4]] }), 'DataError', 'holds "a"', 'number'],
  ['no data', () => compiled().fit({ verbose: 0 }), 'DataError', 'x is missing'],
  ['no samples', () => fit({ x: ones(0, 4), y: new Int32Array(0) }), 'DataError', 'no samples'],
  ['a scalar', () => fit({ x: ops.array(1) }), 'DataError', 'x is a scalar'],
  ['a string', () => fit({ x: 'abc' }), 'DataError', 'abc', 'typed arrays', 'generator'],
  ['y beside a generator', () => fit({ x: batches }), 'DataError', 'generator', 'do not pass y'],
  ['batch_size beside a generator', () => compiled().fit(batches, { batch_size: 2, verbose: 0 }), 'DataError',
    'do not pass batch_size'],
  ['a batch of four parts', () => compiled().fit(() => [[x, y, y, y]], { verbose: 0 }), 'DataError',
    '[x, y, sample_weight]', '4 elements'],
  ['validation_split of a generator', () => compiled().fit(batches, { validation_split: 0.5, verbose: 0 }),
    'DataError', 'validation_data'],
  ['validation_data without labels', () => fit({ validation_data: [x] }), 'ArgumentError', 'validation_data',
    '[x, y]', '1 elements'],
  ['validation data of different length', () => fit({ validation_data: [x, [1]] }), 'DataError', 'x: 6',
    'y: 1'],
];

const VALUES: Row[] = [
  ['units below 1', () => new layers.Dense(-1), 'ArgumentError', 'Dense', '\'units\'', 'positive integer',
    '-1'],
  ['units that are no integer', () => new layers.Dense(2.5), 'ArgumentError', '\'units\'', '2.5'],
  ['no units', () => new layers.Dense(wrong(undefined)), 'ArgumentError', 'Dense', '\'units\'', 'undefined'],
  ['a rate above 1', () => new layers.Dropout(1.5), 'ArgumentError', 'Dropout', '\'rate\'', '0 to 1', '1.5'],
  ['padding', () => new layers.Conv2D(3, 3, { padding: wrong('samee') }), 'ArgumentError', 'Conv2D',
    '\'padding\'', '"valid", "same"', 'samee'],
  ['batch_size 0', () => fit({ batch_size: 0 }), 'DataError', 'batch_size', 'positive integer', '0'],
  ['validation_split 1.5', () => fit({ validation_split: 1.5 }), 'ArgumentError', 'fit()', 'validation_split',
    '< 1', '1.5'],
  ['epochs -1', () => fit({ epochs: -1 }), 'ArgumentError', 'epochs', '>= 0', '-1'],
  ['verbose 3', () => fit({ verbose: 3 }), 'ArgumentError', 'verbose', '"auto", 0, 1, 2', '3'],
  ['shuffle by a word', () => fit({ shuffle: 'yes' }), 'ArgumentError', 'shuffle', '"batch"', '"yes"'],
  ['no steps', () => fit({ steps_per_epoch: 0 }), 'DataError', 'steps', 'positive integer', '0'],
  ['validation_freq 0', () => fit({ validation_freq: 0 }), 'ArgumentError', 'validation_freq',
    'array of epochs', '0'],
  ['steps_per_execution 0', () => compiled('mse', { steps_per_execution: 0 }), 'ArgumentError', 'compile()',
    'steps_per_execution', '0'],
  ['run_eagerly by a number', () => compiled('mse', { run_eagerly: 1 }), 'ArgumentError', 'compile()',
    'run_eagerly', 'true, false', '1'],
  ['a callback that is none', () => fit({ callbacks: [{ on_epoch_end: 1 }] }), 'TypeError', 'callbacks',
    'on_epoch_end', 'LambdaCallback'],
  ['one metric outside of a list', () => compiled('mse', { metrics: 'mae' }), 'TypeError',
    'metrics of compile()', 'list', '"mae"'],
  ['trainable by a word', () => new layers.Dense(1, { trainable: wrong('no') }), 'LayerError', 'trainable',
    '"no"'],
  ['a shape that is a number', () => Input({ shape: wrong(4) }), 'ArgumentError', '\'shape\'', 'array', '4'],
  ['no shape', () => Input(wrong({})), 'ArgumentError', 'needs a shape', '{shape: [28, 28, 1]}'],
];

const NAMES: Row[] = [
  ['option of a layer', () => new layers.Dense(3, wrong({ unit: 4 })), 'UnknownArgumentError', 'Dense',
    '\'unit\'', 'units, activation'],
  ['option of compile', () => net().compile(wrong({ optimiser: 'sgd' })), 'UnknownArgumentError', 'compile()',
    '\'optimiser\'', 'optimizer, loss'],
  ['option of fit', () => fit({ batchSize: 4 }), 'UnknownArgumentError', 'fit()', '\'batchSize\'',
    'batch_size'],
  ['option of evaluate', () => compiled().evaluate(x, y, wrong({ epochs: 4 })), 'UnknownArgumentError',
    'evaluate()', '\'epochs\'', 'return_dict'],
  ['optimizer', () => net().compile({ optimizer: 'sdg' }), 'UnknownIdentifierError', 'optimizer \'sdg\'',
    'sgd'],
  ['loss', () => fit({}, compiled('msee')), 'UnknownIdentifierError', 'loss \'msee\'', 'mse'],
  ['metric', () => fit({ y: ones(6, 3) }, compiled('mse', { metrics: ['acuracy'] })),
    'UnknownIdentifierError', 'metric \'acuracy\'', 'categorical_accuracy'],
  ['activation', () => new layers.Dense(3, { activation: 'rleu' }), 'UnknownIdentifierError',
    'activation \'rleu\'', 'relu'],
  ['initializer', () => new layers.Dense(3, { kernel_initializer: 'glorot' }), 'UnknownIdentifierError',
    '\'glorot\'', 'glorot_uniform'],
  ['regularizer', () => new layers.Dense(3, { kernel_regularizer: 'l3' }), 'UnknownIdentifierError', '\'l3\'',
    'l2'],
  ['dtype of a layer', () => new layers.Dense(3, { dtype: 'float33' }), 'TypeError', 'float33', 'float32',
    'mixed_float16'],
  ['dtype of an op', () => ops.cast(x, wrong('float33')), 'TypeError', 'float33', 'float32'],
  ['a layer of the model', () => net().get_layer('nope'), 'UnknownLayerError', '\'net\'', 'nope', 'head'],
];

const USE: Row[] = [
  ['fit before compile', () => net().fit(x, y), 'NotCompiledError', 'Sequential \'net\'', 'compile(',
    'fit()'],
  ['evaluate before compile', () => net().evaluate(x, y), 'NotCompiledError', '\'net\'', 'evaluate()'],
  ['train_on_batch before compile', () => net().train_on_batch(x, y), 'NotCompiledError', '\'net\'',
    'train_on_batch()'],
  ['fit without any loss', () => fit({}, compiled(null)), 'NotCompiledError', '\'net\'',
    'pass a loss to compile', 'add_loss'],
  ['parameters of an unbuilt model', () => new Sequential([new layers.Dense(3)]).count_params(), 'LayerError',
    'Sequential', 'not built', 'build(input_shape)'],
  ['stateless_call of an unbuilt layer', () => new layers.Dense(3).stateless_call([], [], x), 'LayerError',
    'Dense', 'build(input_shape)'],
  ['stateless_call without the weights', () => net().stateless_call([], [], x), 'LayerError', '\'net\'',
    '2 trainable_variables', 'kernel', 'received 0'],
  ['an empty Sequential', () => new Sequential([], wrong(named('none')))(x), 'LayerError', '\'none\'',
    'no layers', 'add(layer)'],
  ['pop of an empty Sequential', () => new Sequential([], wrong(named('none'))).pop(), 'LayerError',
    '\'none\'', 'no layer to remove'],
  ['a class in place of a layer', () => net().add(wrong(layers.Dense)), 'LayerError', '\'net\'',
    'class Dense', 'new'],
  ['a name in place of a layer', () => net().add(wrong('dense')), 'LayerError', '\'net\'', 'Only layers',
    'dense'],
  ['a second Input', () => new Sequential([Input({ shape: [4] }), Input({ shape: [4] })]), 'LayerError',
    '[null, 4]', 'second Input'],
  ['two layers of one name', () => net(new layers.Dense(1, named('a')), new layers.Dense(1, named('a'))),
    'LayerError', '\'net\'', '\'a\'', 'unique'],
  ['a layer called on a layer', () => new layers.Dense(3, named('d'))(new layers.Dense(2, named('e'))),
    'TypeError', '\'d\' (Dense)', 'name=e', 'pass its output'],
  ['a layer called on nothing', () => (new layers.Dense(3, named('d')) as unknown as () => void)(),
    'TypeError', '\'d\' (Dense)', 'without inputs'],
  ['an output that depends on another input', () =>
    new Model(Input({ shape: [1], name: 'in' }), ops.relu(Input({ shape: [1], name: 'other' }))),
    'GraphError', 'other', 'in'],
  ['outputs that are no KerasTensors', () => new Model(Input({ shape: [1] }), ones(1)), 'GraphError',
    'outputs', 'KerasTensors', '[1]'],
  ['a model without call', () => new (class Bare extends Model {})()(x), 'Error', '\'bare', 'override call'],
  ['too few weights', () => net().set_weights([x]), 'LayerError', '\'net\'', '2 weights', 'received 1',
    'kernel [4, 3]'],
  ['a weight of a wrong shape', () => net().set_weights([ones(4, 2), ones(3)]), 'ShapeError', 'head/kernel',
    '[4, 3]', '[4, 2]'],
  ['gradients of a wrong number', () => compiled().optimizer!.apply([ones(1)], net().trainable_variables),
    'OptimizerError', '1 gradients', '2 variables'],
];

const ATTENTION: Row[] = [
  ['one input', () => new layers.Attention()(ones(2, 3, 4)), 'ShapeError', 'Attention', '[query, value]', 'a single one'],
  ['queries and keys of different width', () => new layers.Attention(named('a'))([ones(2, 3, 4), ones(2, 5, 6)]), 'ShapeError',
    '\'a\' (Attention)', '[2, 3, 4]', '[2, 5, 6]', 'same number of features'],
  ['score_mode', () => new layers.Attention({ score_mode: wrong('sum') }), 'ArgumentError', '\'score_mode\'', '"dot", "concat"'],
  ['no value', () => new layers.MultiHeadAttention(2, 3, named('m'))(ones(2, 3, 4)), 'TypeError', '\'m\' (MultiHeadAttention)',
    'layer(query, value)'],
  ['no heads', () => new layers.MultiHeadAttention(0, 3), 'ArgumentError', '\'num_heads\'', 'positive integer', '0'],
  ['no key_dim', () => new layers.MultiHeadAttention(wrong({ num_heads: 2 })), 'ArgumentError', '\'key_dim\'', 'undefined'],
  ['a mask of another shape', () => new layers.MultiHeadAttention(2, 3)(ones(2, 3, 4), ones(2, 5, 4), { attention_mask: ones(2, 4, 4) }),
    'ShapeError', 'mask must broadcast', '[2, 2, 3, 5]', '[2, 1, 4, 4]'],
  ['heads that do not divide', () => new layers.GroupQueryAttention(4, 5, 3), 'ArgumentError', 'num_query_heads', 'multiple',
    '5 and 3'],
  ['an axis of the output from nowhere', () => new layers.EinsumDense('ab,bc->ad', 3)(ones(2, 3)), 'ShapeError', '\'d\'',
    '\'ab,bc->ad\''],
  ['rank of EinsumDense', () => new layers.EinsumDense('abc,cd->abd', [null, 3])(ones(2, 3)), 'ShapeError', '\'abc,cd->abd\'',
    '3 axes', '[2, 3]'],
  ['bias_axes', () => new layers.EinsumDense('ab,bc->ac', 3, { bias_axes: 'z' })(ones(2, 3)), 'ShapeError', 'bias_axes', '\'ac\'',
    '\'z\''],
];

const RECURRENT: Row[] = [
  ['rank', () => new layers.LSTM(3, named('l'))(ones(2, 4)), 'IncompatibleInputError', '\'l\' (LSTM)', 'rank 3', '[2, 4]'],
  ['features', () => {
    const layer = new layers.LSTM(3, named('l'));
    layer(ones(2, 4, 5));
    layer(ones(2, 4, 6));
  }, 'IncompatibleInputError', '\'l\' (LSTM)', 'size 5', '[2, 4, 6]'],
  ['units', () => new layers.GRU(0), 'ArgumentError', 'GRUCell', '\'units\'', '0'],
  ['too few initial states', () => new layers.LSTM(3, named('l'))(ones(2, 4, 5), { initial_state: [ones(2, 3)] }), 'LayerError',
    '\'l\' (LSTM)', '2 states', 'holds 1'],
  ['shape of an initial state', () => new layers.LSTM(3)(ones(2, 4, 5), { initial_state: [ones(2, 4), ones(2, 4)] }), 'LayerError',
    'initial_state', '[2, 3]', '[2, 4]'],
  ['a mask of another length', () => new layers.LSTM(3)(ones(2, 4, 5), { mask: ones(2, 3) }), 'LayerError', 'mask', '[2, 4]', '[2, 3]'],
  ['states of a cell', () => new layers.LSTMCell(3)(ones(2, 4), { states: [ones(2, 3)] }), 'LayerError', 'LSTMCell', '2 states',
    'received 1', 'get_initial_state'],
  ['stateful without a batch size', () => new layers.LSTM(3, { stateful: true })(Input({ shape: [4, 5] })), 'LayerError', 'LSTM',
    '[null, 4, 5]', 'batch_size'],
  ['stateful with another batch size', () => {
    const layer = new layers.LSTM(3, { stateful: true });
    layer(ones(2, 4, 5));
    layer(ones(3, 4, 5));
  }, 'LayerError', 'Expected batch size 2', 'received 3'],
  ['a cell that is none', () => new layers.RNN(wrong(3)), 'ArgumentError', 'RNN', 'call(inputs, {states})', '3'],
  ['a layer in place of a cell', () => new layers.RNN(wrong(new layers.Dense(3))), 'ArgumentError', 'RNN', 'state_size', 'Dense'],
  ['Bidirectional of Dense', () => new layers.Bidirectional(wrong(new layers.Dense(3))), 'ArgumentError', 'go_backwards', 'Dense'],
  ['merge_mode', () => new layers.Bidirectional(new layers.LSTM(3), { merge_mode: wrong('add') }), 'ArgumentError', '\'merge_mode\'',
    '"sum"', '"add"'],
  ['TimeDistributed of vectors', () => new layers.TimeDistributed(new layers.Dense(3))(ones(2)), 'ShapeError', 'TimeDistributed',
    'rank 3', '[2]'],
  ['rank of ConvLSTM2D', () => new layers.ConvLSTM2D(3, 2)(ones(2, 3, 4, 5)), 'IncompatibleInputError', 'rank 5', '[2, 3, 4, 5]'],
];

const { callbacks, losses, metrics, optimizers } = keras;
const CALLBACKS: Row[] = [
  ['option', () => new callbacks.EarlyStopping(wrong({ patence: 3 })), 'UnknownArgumentError', '\'patence\'', 'patience'],
  ['mode', () => new callbacks.EarlyStopping({ mode: wrong('up') }), 'ArgumentError', '\'mode\'', '"auto", "min", "max"'],
  ['a figure that may be better either way', () => {
    const model = compiled('sparse_categorical_crossentropy', { metrics: [new metrics.Mean({ name: 'odd' })] });
    const watch = new callbacks.EarlyStopping({ monitor: 'odd' });
    watch.set_model(model);
    watch.on_epoch_end(0, { odd: 1 });
    watch.on_epoch_end(1, { odd: 2 });
  }, 'MonitorError', 'EarlyStopping', '\'odd\'', 'mode: \'max\''],
  ['file of a model', () => new callbacks.ModelCheckpoint('net.foo'), 'ArgumentError', '\'filepath\'', '.keras', 'net.foo'],
  ['file of weights', () => new callbacks.ModelCheckpoint('net.h5', { save_weights_only: true }), 'ArgumentError', '.weights.h5', 'net.h5'],
  ['save_freq', () => new callbacks.ModelCheckpoint('net.keras', { save_freq: wrong('batch') }), 'ArgumentError', '\'save_freq\'',
    '\'epoch\'', '"batch"'],
  ['factor above 1', () => new callbacks.ReduceLROnPlateau({ factor: 1.5 }), 'ArgumentError', '\'factor\'', 'below 1', '1.5'],
  ['a rate in place of a schedule', () => new callbacks.LearningRateScheduler(wrong(0.1)), 'ArgumentError', 'function of the epoch', '0.1'],
  ['a schedule that gives text', () => fit({ callbacks: [new callbacks.LearningRateScheduler(wrong(() => 'a'))] }), 'ArgumentError',
    'must give a number', 'received a'],
  ['no file for CSVLogger', () => new callbacks.CSVLogger(wrong({})), 'ArgumentError', '\'filename\'', 'none'],
  ['no folder for backups', () => new callbacks.BackupAndRestore(wrong({})), 'ArgumentError', '\'backup_dir\'', 'none'],
  ['averages that nobody keeps', () => fit({ callbacks: [new callbacks.SwapEMAWeights({ swap_on_epoch: true })] }), 'ArgumentError',
    'SwapEMAWeights', 'SGD without use_ema', '{use_ema: true}'],
];

const variable = (): keras.Variable => new keras.Variable([1, 2], { name: 'w' });
const OPTIMIZERS: Row[] = [
  ['option', () => new optimizers.Adam(wrong({ lr: 0.1 })), 'UnknownArgumentError', 'Adam', '\'lr\'', 'learning_rate'],
  ['learning rate by a word', () => new optimizers.Adam(wrong('fast')), 'ArgumentError', '\'learning_rate\'', 'schedule', '"fast"'],
  ['two ways to clip', () => new optimizers.SGD({ clipnorm: 1, clipvalue: 1 }), 'ArgumentError', 'only one of', 'clipnorm=1'],
  ['momentum', () => new optimizers.SGD({ momentum: 2 }), 'ArgumentError', '\'momentum\'', 'between 0 and 1', '2'],
  ['steps to accumulate', () => new optimizers.Adam({ gradient_accumulation_steps: 1 }), 'ArgumentError',
    '\'gradient_accumulation_steps\'', '>= 2', '1'],
  ['a rate where there is a schedule', () => {
    const optimizer = new optimizers.SGD(new optimizers.schedules.ExponentialDecay(0.1, 10, 0.9));
    optimizer.learning_rate = wrong(0.1);
  }, 'OptimizerError', 'follows a schedule', 'Create the optimizer with a number'],
  ['steps of a schedule', () => new optimizers.schedules.ExponentialDecay(0.1, 0, 0.9), 'ArgumentError', '\'decay_steps\'', 'above 0'],
  ['boundaries and values', () => new optimizers.schedules.PiecewiseConstantDecay([1, 2], [0.1]), 'RangeError', '2 boundaries',
    '1 values'],
  ['variables of another model', () => {
    const optimizer = new optimizers.SGD();
    optimizer.apply([ones(2)], [variable()]);
    optimizer.apply([ones(2)], [variable()]);
  }, 'OptimizerError', 'not built for', '\'w\'', 'Compile the model again'],
  ['no gradients', () => new optimizers.SGD().apply([wrong(null)], [variable()]), 'OptimizerError', 'no gradients: w', 'forget the loss'],
  ['shape of a gradient', () => new optimizers.SGD().apply([ones(3)], [variable()]), 'OptimizerError', '\'w\'', '[3]', 'expected [2]'],
];

const LOSSES: Row[] = [
  ['no predictions', () => new losses.MeanSquaredError()(ones(2), wrong(undefined)), 'ArgumentError', 'MeanSquaredError',
    '(y_true, y_pred)', 'no y_pred'],
  ['no predictions for a metric', () => new metrics.Precision().update_state(ones(2), wrong(undefined)), 'ArgumentError', 'Precision',
    'no y_pred'],
  ['shapes', () => new losses.MeanSquaredError()(ones(2, 3), ones(2, 4)), 'ShapeError', '[2, 3]', '[2, 4]'],
  ['weights of samples', () => new losses.MeanSquaredError()(ones(2, 3), ones(2, 3), { sample_weight: ones(5) }), 'ShapeError',
    'sample_weight', '[5]', '[2]', 'one weight for each'],
  ['reduction', () => new losses.MeanSquaredError({ reduction: wrong('avg') }), 'TypeError', 'reduction', '"sum"', '"avg"'],
  ['option', () => new losses.CategoricalCrossentropy(wrong({ logits: true })), 'UnknownArgumentError', '\'logits\'', 'from_logits'],
  ['thresholds', () => new metrics.Precision({ thresholds: 2 }), 'RangeError', 'thresholds', 'from 0 to 1', '2'],
  ['average of F-beta', () => new metrics.FBetaScore({ average: wrong('mean') }), 'TypeError', '"micro"', '"mean"'],
  ['rank of F1', () => new metrics.F1Score()(ones(2), ones(2)), 'ShapeError', '[samples, classes]', '[2]'],
  ['histogram of a matrix', () => ops.histogram(ones(2, 2)), 'ShapeError', 'one axis', '[2, 2]', 'ravel'],
  ['window of STFT', () => new keras.initializers.STFT({ window: 'foo' }), 'ArgumentError', '\'window\'', '"hann"', '"foo"'],
  ['shape of STFT', () => new keras.initializers.STFT()([3, 3]), 'ShapeError', '[window size, 1, frequencies]', '[3, 3]'],
  ['input_shape of a layer', () => new layers.Dense(3, { input_shape: wrong(4) }), 'LayerError', '\'input_shape\'', '[28, 28, 1]', '4'],
];

const FILES: Row[] = [
  ['no file', () => keras.saving.load_model(path('nope.keras')), 'ArchiveError', 'nope.keras', 'no file'],
  ['a truncated file', async () => {
    await compiled().save(path('whole.keras'));
    const bytes = readFileSync(path('whole.keras'));
    writeFileSync(path('half.keras'), bytes.subarray(0, bytes.length / 2));
    await keras.saving.load_model(path('half.keras'));
  }, 'ArchiveError', 'half.keras', 'cut short'],
  ['a file of something else', () => {
    writeFileSync(path('foreign.keras'), 'hello world');
    return keras.saving.load_model(path('foreign.keras'));
  }, 'ArchiveError', 'foreign.keras', 'no zip archive'],
  ['a class that is not known', async () => {
    class Mine extends keras.Layer {
      override call(inputs: keras.Tensor): keras.Tensor {
        return inputs;
      }
    }
    await net(new Mine({ name: 'mine' })).save(path('custom.keras'));
    await keras.saving.load_model(path('custom.keras'));
  }, 'DeserializationError', 'custom.keras', '\'Mine\'', 'Sequential \'net\' > Mine \'mine\'',
    'custom_objects'],
  ['weights of another shape', async () => {
    await compiled().save_weights(path('net.weights.h5'));
    await net(new layers.Dense(5, named('head'))).load_weights(path('net.weights.h5'));
  }, 'WeightsError', 'net.weights.h5', '\'head\'', '[4, 3]', '[4, 5]', 'skip_mismatch'],
  ['a name that does not end in .keras', () => compiled().save(path('net.h6')), 'Error', 'net.h6', '.keras'],
  ['JSON that is none', () => keras.models.model_from_json('{'), 'ConfigSyntaxError', 'model_from_json',
    'not valid JSON'],
];

describe('errors', () => {
  after(() => rmSync(folder, { recursive: true }));
  const TABLES = { shapes: SHAPES, labels: LABELS, data: DATA, values: VALUES, names: NAMES, use: USE, attention: ATTENTION,
    recurrent: RECURRENT, callbacks: CALLBACKS, optimizers: OPTIMIZERS, losses: LOSSES, files: FILES };
  for (const [table, rows] of Object.entries(TABLES)) {
    describe(table, () => {
      for (const [mistake, run, name, ...parts] of rows) {
        it(mistake, async function () {
          // Only TensorFlow looks at the values of labels.
          if (name === 'StepError' && keras.config.backend() !== 'tensorflow') this.skip();
          const error = await errorOf(run, ...parts);
          expect(error.name).to.equal(name);
          expect(error.message, 'no size that stands for an unknown one').not.to.match(/\b(?:27720|55440)\b/);
        });
      }
    });
  }

  it('an unbuilt model can be summarized', async () => {
    const text = await captured('stdout', () => new Sequential([new layers.Dense(3)]).summary());
    expect(text).to.include('0 (unbuilt)');
  });
});
