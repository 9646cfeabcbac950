/** What is measured, and what we want of it. */

/** How a workload runs: turns of one living worker, or a new process for each turn. */
export type Style = 'rounds' | 'one-shot';

export interface Workload {
  readonly name: string;
  readonly style: Style;
  readonly about: string;
  /** Peers that can do it. */
  readonly peers: readonly PeerKind[];
}

export type PeerKind = 'keras-tf' | 'keras-jax' | 'tfjs' | 'onnxruntime';

/** The peers that a goal looks at: one, or the fastest of those present. */
export interface Rival {
  readonly name: string;
  readonly peers: readonly PeerKind[];
}

const KERAS: Rival = { name: 'fastest Keras', peers: ['keras-tf', 'keras-jax'] };
const KERAS_TF: Rival = { name: 'Keras on TensorFlow', peers: ['keras-tf'] };
const TFJS: Rival = { name: 'tfjs', peers: ['tfjs'] };
const ONNX: Rival = { name: 'onnxruntime', peers: ['onnxruntime'] };

/** A goal: at most `ratio` times what a peer needs, or at most so many units. Less is better in every metric. */
export interface Goal {
  readonly workload: string;
  readonly metric: string;
  readonly rival?: Rival;
  readonly atMost: number;
}

const PYTHON = ['keras-tf', 'keras-jax'] as const;
const ALL = [...PYTHON, 'tfjs'] as const;
const EVERY = [...ALL, 'onnxruntime'] as const;

export const WORKLOADS: readonly Workload[] = [
  { name: 'mlp-train', style: 'rounds', peers: ALL, about: 'MLP 784-64-64-10, batch 32, adam, accuracy' },
  { name: 'cnn-train', style: 'rounds', peers: ALL, about: 'CNN of 2 convolutions and Dense 1024 with dropout, batch 128' },
  { name: 'lstm-train', style: 'rounds', peers: ALL, about: 'Embedding 64, LSTM 64, Dense; length 100, batch 64' },
  { name: 'transformer-train', style: 'rounds', peers: PYTHON, about: 'two transformer blocks; width 128, length 64, batch 32' },
  { name: 'resnet-train', style: 'rounds', peers: PYTHON, about: 'ResNet50 on images of 96x96, batch 8' },
  { name: 'mlp-predict', style: 'rounds', peers: ALL, about: 'the MLP on 1 row and on 10,000 rows' },
  { name: 'resnet-predict', style: 'rounds', peers: EVERY, about: 'ResNet50 on 1 and on 16 images of 224x224' },
  { name: 'mobile-predict', style: 'rounds', peers: EVERY, about: 'a network of separable convolutions on 1 and on 16 images' },
  { name: 'lstm-predict', style: 'rounds', peers: ALL, about: 'Embedding, LSTM 64, Dense on 1 and on 64 texts of 100 words' },
  { name: 'gpt-generate', style: 'rounds', peers: PYTHON, about: 'a decoder of 4 blocks, width 128, writes token by token' },
  { name: 'eager-op', style: 'rounds', peers: ALL, about: 'one op on small tensors, not compiled' },
  { name: 'eager-large', style: 'rounds', peers: ['keras-tf'], about: 'one op on large tensors, not compiled' },
  { name: 'event-loop', style: 'rounds', peers: ['tfjs'], about: 'gaps between the ticks of a 5 ms timer while the CNN trains' },
  { name: 'http-server', style: 'rounds', peers: [], about: 'requests to a server in the process while the CNN trains and predicts' },
  { name: 'startup', style: 'one-shot', peers: ALL, about: 'start of the process to the end of the first step of the MLP' },
  { name: 'save-load', style: 'one-shot', peers: ALL, about: 'a model of 25 million weights (101 MB) to a file and back' },
  { name: 'memory', style: 'one-shot', peers: ALL, about: 'growth over 10,000 steps, with nothing disposed' },
];

const goals = (workload: string, metrics: readonly string[], ...limits: readonly (readonly [Rival, number])[]): Goal[] =>
  metrics.flatMap((metric) => limits.map(([rival, atMost]) => ({ workload, metric, rival, atMost })));

const STEP = ['fit step ms'];
const LARGE = ['matmul 1024x1024 ms', 'conv 3x3 ms', 'sort 1000x1000 ms', 'einsum of attention ms'];
const IMAGES = ['batch 1 predict_on_batch ms', 'batch 16 predict_on_batch ms'];

export const GOALS: readonly Goal[] = [
  ...['mlp-train', 'cnn-train', 'lstm-train'].flatMap((name) => goals(name, STEP, [KERAS, 0.8], [TFJS, 0.4])),
  ...['transformer-train', 'resnet-train'].flatMap((name) => goals(name, STEP, [KERAS, 0.8])),
  ...goals('mlp-predict', ['1 row predict_on_batch ms', '10k rows predict ms'], [KERAS, 0.8], [TFJS, 0.4]),
  ...['resnet-predict', 'mobile-predict'].flatMap((name) => goals(name, IMAGES, [KERAS, 0.8], [TFJS, 0.4], [ONNX, 1.1])),
  ...goals('lstm-predict', ['batch 1 predict_on_batch ms', 'batch 64 predict_on_batch ms'], [KERAS, 0.8], [TFJS, 0.4]),
  ...goals('gpt-generate', ['token ms'], [KERAS, 0.8]),
  { workload: 'eager-op', metric: 'ops.add us', atMost: 8 },
  ...goals('eager-op', ['ops.add us'], [KERAS_TF, 0.5]),
  ...goals('eager-large', LARGE, [KERAS_TF, 1.05]),
  { workload: 'event-loop', metric: 'worst gap ms', atMost: 100 },
  { workload: 'event-loop', metric: 'p99 gap ms', atMost: 20 },
  { workload: 'http-server', metric: 'fit p99 ms', atMost: 20 },
  { workload: 'http-server', metric: 'predict p99 ms', atMost: 20 },
  ...goals('startup', ['start to first step s'], [KERAS, 0.5]),
  ...goals('save-load', ['save s', 'load s'], [KERAS, 1]),
  ...['fit', 'predict', 'custom loop'].flatMap((loop) => [
    // Allocators breathe by a few MB; a leak of 1 kB a turn is 8 MB over what is measured.
    { workload: 'memory', metric: `${loop} RSS growth MB`, atMost: 10 },
    { workload: 'memory', metric: `${loop} backend growth MB`, atMost: 0 },
    { workload: 'memory', metric: `${loop} tensors more`, atMost: 0 },
  ]),
];
