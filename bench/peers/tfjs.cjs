/**
 * A worker of the benchmarks: tfjs-layers on @tensorflow/tfjs-node, which is looked for in BENCH_TFJS_DIR.
 *
 *     node tfjs.cjs --workload NAME
 *
 * Protocol: see ../harness/worker-process.ts. The models, sizes and metrics are those of ../workers/keras-node/.
 */
'use strict';
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const readline = require('node:readline');
const { performance } = require('node:perf_hooks');

const started = performance.now();
const folder = process.env.BENCH_TFJS_DIR ?? process.cwd();
const tf = require(require.resolve('@tensorflow/tfjs-node', { paths: [folder] }));
const imported = performance.now();
const workload = process.argv[process.argv.indexOf('--workload') + 1];

// ---- protocol and measures ----
const say = (tag, values) => fs.writeSync(1, `${tag} ${JSON.stringify(values)}\n`);
const versions = () => ({
  tfjs: tf.version['tfjs-node'], libtensorflow: tf.backend().binding.TF_Version, node: process.versions.node });
const rssMb = (field = 'VmRSS') => {
  const [, kib] = new RegExp(`${field}:\\s+(\\d+)`).exec(fs.readFileSync('/proc/self/status', 'utf8'));
  return Number(kib) * 1024 / 1e6;
};
/** CPU time of the thread that runs JavaScript. */
const mainThreadMs = () => Number(fs.readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ', 1)[0]) / 1e6;
const resetPeak = () => fs.writeFileSync('/proc/self/clear_refs', '5');
const sorted = (values) => values.toSorted((a, b) => a - b);
const median = (values) => {
  const s = sorted(values);
  return (s[(s.length - 1) >> 1] + s[s.length >> 1]) / 2;
};

function medianMs(call, budget = 800, least = 5) {
  const times = [];
  const end = performance.now() + budget;
  while (performance.now() < end || times.length < least) {
    const begin = performance.now();
    call();
    times.push(performance.now() - begin);
  }
  return median(times);
}

// ---- models ----
const { layers } = tf;
function compiled(stack) {
  const model = tf.sequential({ layers: stack });
  model.compile({ optimizer: 'adam', loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
  return model;
}
const mlp = () => compiled([
  layers.dense({ inputShape: [784], units: 64, activation: 'relu' }),
  layers.dense({ units: 64, activation: 'relu' }),
  layers.dense({ units: 10, activation: 'softmax' }),
]);
const cnn = () => compiled([
  layers.conv2d({ inputShape: [28, 28, 1], filters: 32, kernelSize: 3, activation: 'relu' }),
  layers.maxPooling2d({ poolSize: 2 }),
  layers.conv2d({ filters: 64, kernelSize: 3, activation: 'relu' }),
  layers.maxPooling2d({ poolSize: 2 }),
  layers.flatten(),
  layers.dense({ units: 1024, activation: 'relu' }),
  layers.dropout({ rate: 0.5 }),
  layers.dense({ units: 10, activation: 'softmax' }),
]);
// tfjs's default is hardSigmoid; Keras 3 has sigmoid.
function lstm() {
  const model = tf.sequential({ layers: [
    layers.embedding({ inputDim: 10000, outputDim: 64, inputLength: 100 }),
    layers.lstm({ units: 64, recurrentActivation: 'sigmoid' }),
    layers.dense({ units: 1, activation: 'sigmoid' }),
  ] });
  model.compile({ optimizer: 'adam', loss: 'binaryCrossentropy', metrics: ['accuracy'] });
  return model;
}
const relu = (x) => layers.activation({ activation: 'relu' }).apply(x);
const normalized = (layer, x, epsilon) => layers.batchNormalization({ epsilon }).apply(layer.apply(x));
function resnet50() {
  const convolved = (x, filters, kernelSize, strides, padding) =>
    normalized(layers.conv2d({ filters, kernelSize, strides, padding }), x, 1.001e-5);
  const input = tf.input({ shape: [224, 224, 3] });
  let x = relu(convolved(layers.zeroPadding2d({ padding: 3 }).apply(input), 64, 7, 2, 'valid'));
  x = layers.maxPooling2d({ poolSize: 3, strides: 2 }).apply(layers.zeroPadding2d({ padding: 1 }).apply(x));
  for (const [filters, blocks, first] of [[64, 3, 1], [128, 4, 2], [256, 6, 2], [512, 3, 2]]) {
    for (let block = 0; block < blocks; block++) {
      const strides = block > 0 ? 1 : first;
      const shortcut = block > 0 ? x : convolved(x, 4 * filters, 1, strides, 'valid');
      const narrow = relu(convolved(x, filters, 1, strides, 'valid'));
      const wide = convolved(relu(convolved(narrow, filters, 3, 1, 'same')), 4 * filters, 1, 1, 'valid');
      x = relu(layers.add().apply([shortcut, wide]));
    }
  }
  return tf.model({ inputs: input,
    outputs: layers.dense({ units: 1000, activation: 'softmax' }).apply(layers.globalAveragePooling2d({}).apply(x)) });
}
function mobile() {
  const input = tf.input({ shape: [224, 224, 3] });
  let x = relu(normalized(
    layers.conv2d({ filters: 32, kernelSize: 3, strides: 2, padding: 'same', useBias: false }), input, 1e-3));
  for (const [filters, strides] of [[64, 1], [128, 2], [128, 1], [256, 2], [256, 1], [512, 2], [512, 1], [512, 1], [1024, 2]]) {
    x = relu(normalized(layers.depthwiseConv2d({ kernelSize: 3, strides, padding: 'same', useBias: false }), x, 1e-3));
    x = relu(normalized(layers.conv2d({ filters, kernelSize: 1, useBias: false }), x, 1e-3));
  }
  return tf.model({ inputs: input,
    outputs: layers.dense({ units: 1000, activation: 'softmax' }).apply(layers.globalAveragePooling2d({}).apply(x)) });
}
const samples = (count, shape) => [
  tf.randomNormal([count, ...shape]),
  tf.tidy(() => tf.oneHot(tf.randomUniform([count], 0, 10, 'int32'), 10).toFloat()),
];
const noise = (count) => Float32Array.from({ length: count }, () => Math.random() * 2 - 1);

// ---- training ----
const tokens = (shape, below) => tf.randomUniform(shape, 0, below, 'int32');
// model, data of n samples, batch size, steps an epoch, epochs a round
const TRAINING = {
  'mlp-train': [mlp, (n) => samples(n, [784]), 32, 200, 5],
  'cnn-train': [cnn, (n) => samples(n, [28, 28, 1]), 128, 25, 3],
  'lstm-train': [lstm, (n) => [tokens([n, 100], 10000), tokens([n, 1], 2).toFloat()], 64, 10, 3],
};

async function training() {
  const [make, data, batchSize, steps, epochs] = TRAINING[workload];
  const model = make();
  const [x, y] = data(batchSize * steps);
  await model.fit(x, y, { batchSize, epochs: 1, verbose: 0 });
  const xs = x.slice(0, batchSize);
  const ys = y.slice(0, batchSize);
  const calls = Math.max(5, steps >> 1);
  const trainOnBatch = async () => tf.dispose(await model.trainOnBatch(xs, ys));
  await trainOnBatch();
  const turn = async () => {
    const spans = [];
    let epochBegin = 0;
    let begin = performance.now();
    await model.fit(x, y, { batchSize, epochs, verbose: 0, callbacks: {
      onEpochBegin: async () => { epochBegin = performance.now(); },
      onEpochEnd: async () => { spans.push(performance.now() - epochBegin); },
    } });
    const whole = performance.now() - begin;
    begin = performance.now();
    for (let i = 0; i < calls; i++) await trainOnBatch();
    return {
      'fit step ms': spans.slice(1).reduce((a, b) => a + b) / (epochs - 1) / steps,
      'fit call / steps ms': whole / epochs / steps,
      'train_on_batch ms': (performance.now() - begin) / calls,
    };
  };
  return [turn, { params: model.countParams() }];
}

/** How long a 5 ms timer had to wait while the CNN trains. */
async function eventLoop() {
  const [make, data, batchSize, steps, epochs] = TRAINING['cnn-train'];
  const model = make();
  const [x, y] = data(batchSize * steps);
  await model.fit(x, y, { batchSize, epochs: 1, verbose: 0 });
  const turn = async () => {
    const gaps = [];
    const stretches = [];
    let last = performance.now();
    let ran = mainThreadMs();
    const timer = setInterval(() => {
      const now = performance.now();
      const total = mainThreadMs();
      gaps.push(now - last);
      stretches.push(total - ran);
      [last, ran] = [now, total];
    }, 5);
    const begin = last;
    await model.fit(x, y, { batchSize, epochs, verbose: 0 });
    const end = performance.now();
    clearInterval(timer);
    gaps.push(end - last);
    const inOrder = sorted(gaps);
    return {
      'worst gap ms': inOrder.at(-1),
      'p99 gap ms': inOrder[Math.floor(0.99 * (inOrder.length - 1))],
      'longest busy stretch ms': Math.max(0, ...stretches),
      'ticks of those due %': 100 * (gaps.length - 1) / ((end - begin) / 5),
    };
  };
  return [turn, { params: model.countParams() }];
}

// ---- inference and single ops; from a JavaScript array to a JavaScript array, as Keras goes from NumPy to NumPy ----
const predict = (model, data, shape, options) => () =>
  tf.tidy(() => model.predict(tf.tensor(data, shape), options).dataSync());
const predictOnBatch = (model, data, shape, dtype) => () =>
  tf.tidy(() => model.predictOnBatch(tf.tensor(data, shape, dtype)).dataSync());

/** Times some calls, [function, milliseconds to spend in a round], each once for itself beforehand. */
function timed(model, calls) {
  for (const [call] of Object.values(calls)) call();
  const turn = () => Object.fromEntries(Object.entries(calls).map(([name, [call, budget]]) => [name, medianMs(call, budget, 3)]));
  return [turn, { params: model.countParams() }];
}

function mlpPredict() {
  const model = mlp();
  const row = noise(784);
  const rows = noise(784 * 10000);
  return timed(model, {
    '1 row predict ms': [predict(model, row, [1, 784], {})],
    '1 row predict_on_batch ms': [predictOnBatch(model, row, [1, 784])],
    '1 row model(x) ms': [() => tf.tidy(() => model.apply(tf.tensor(row, [1, 784])).dataSync())],
    '10k rows predict ms': [predict(model, rows, [10000, 784], {})],
    '10k rows predict batch 1024 ms': [predict(model, rows, [10000, 784], { batchSize: 1024 })],
  });
}

function images(model) {
  const size = 224 * 224 * 3;
  const one = noise(size);
  return timed(model, {
    'batch 1 predict_on_batch ms': [predictOnBatch(model, one, [1, 224, 224, 3])],
    'batch 1 predict ms': [predict(model, one, [1, 224, 224, 3], {})],
    'batch 16 predict_on_batch ms': [predictOnBatch(model, noise(16 * size), [16, 224, 224, 3]), 1500],
  });
}

function lstmPredict() {
  const model = lstm();
  const words = (count) => Int32Array.from({ length: count }, () => Math.floor(Math.random() * 10000));
  return timed(model, {
    'batch 1 predict_on_batch ms': [predictOnBatch(model, words(100), [1, 100], 'int32')],
    'batch 64 predict_on_batch ms': [predictOnBatch(model, words(6400), [64, 100], 'int32')],
  });
}

function microseconds(call, count) {
  const begin = performance.now();
  for (let i = 0; i < count; i++) call();
  return (performance.now() - begin) / count * 1e3;
}

function eager() {
  const a = tf.tensor1d([1, 2]);
  const b = tf.tensor1d([3, 4]);
  const p = tf.randomNormal([64, 64]);
  const q = tf.randomNormal([64, 64]);
  const { binding } = tf.backend();
  const ids = tf.backend().getInputTensorIds([a, b]);
  const attributes = [{ name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT }];
  const turn = (count = 5000) => ({
    'ops.add us': microseconds(() => tf.add(a, b).dispose(), count),
    'ops.matmul 64x64 us': microseconds(() => tf.matMul(p, q).dispose(), count),
    'add below ops us': microseconds(
      () => binding.deleteTensor(binding.executeOp('AddV2', attributes, ids, 1)[0].id), count),
  });
  turn(2000);
  return [turn, {}];
}

// ---- one-shot workloads ----
async function startup() {
  const model = mlp();
  const [x, y] = samples(32, [784]);
  const begin = performance.now();
  await model.fit(x, y, { batchSize: 32, epochs: 1, verbose: 0 });
  return [{
    'import s': (imported - started) / 1e3,
    'first fit s': (performance.now() - begin) / 1e3,
    'peak RSS MB': rssMb('VmHWM'),
  }, { params: model.countParams() }];
}

/** tfjs's own format, model.json and weights.bin, is measured as `save` and `load`. */
async function saveLoad() {
  const model = tf.sequential();
  for (let i = 0; i < 6; i++) model.add(layers.dense({ units: 2048, inputShape: [2048] }));
  const place = fs.mkdtempSync(path.join(os.tmpdir(), 'keras-bench-'));
  const found = {};
  const measure = async (name, call) => {
    resetPeak();
    const before = rssMb();
    const begin = performance.now();
    const result = await call();
    found[`${name} s`] = (performance.now() - begin) / 1e3;
    found[`${name} peak RSS rise MB`] = rssMb('VmHWM') - before;
    return result;
  };
  try {
    await measure('save', () => model.save(`file://${place}`));
    const restored = await measure('load', () => tf.loadLayersModel(`file://${place}/model.json`));
    const difference = tf.tidy(() => tf.sub(model.getWeights()[0], restored.getWeights()[0]).abs().max().dataSync()[0]);
    if (difference !== 0) throw new Error('the loaded weights differ');
  } finally {
    fs.rmSync(place, { recursive: true });
  }
  return [found, { params: model.countParams() }];
}

async function memory() {
  const turns = Number(process.env.BENCH_TURNS ?? 10000);
  const model = mlp();
  const [x, y] = samples(32 * 100, [784]);
  const one = x.slice(0, 1);
  const found = {};
  const watch = async (name, call, count) => {
    const sizes = [];
    for (let i = 0; i < turns / count; i++) {
      await call();
      sizes.push(rssMb());
    }
    const tenth = Math.max(1, Math.floor(sizes.length / 10));
    const settled = sizes.slice(tenth, 2 * tenth);
    found[`${name} RSS growth MB`] = median(sizes.slice(-tenth)) - median(settled.length > 0 ? settled : sizes);
  };
  await watch('fit', () => model.fit(x, y, { batchSize: 32, epochs: 1, verbose: 0 }), 100);
  await watch('predict_on_batch', () => { model.predictOnBatch(one).dispose(); }, 1);
  return [found, { params: model.countParams(), turns }];
}

const ONE_SHOT = { startup, 'save-load': saveLoad, memory };
const ROUNDS = {
  'mlp-train': training, 'cnn-train': training, 'lstm-train': training, 'event-loop': eventLoop, 'mlp-predict': mlpPredict,
  'resnet-predict': () => images(resnet50()), 'mobile-predict': () => images(mobile()), 'lstm-predict': lstmPredict,
  'eager-op': eager };

async function main() {
  if (ONE_SHOT[workload]) {
    const [found, meta] = await ONE_SHOT[workload]();
    say('RESULT', { ...found, meta: { ...meta, versions: versions() } });
    return;
  }
  if (!ROUNDS[workload]) throw new Error(`unknown workload: ${workload}`);
  const [turn, meta] = await ROUNDS[workload]();
  say('READY', { ...meta, versions: versions() });
  for await (const line of readline.createInterface({ input: process.stdin })) {
    if (line === 'go') say('ROUND', await turn());
  }
  say('END', { 'peak RSS MB': rssMb('VmHWM') });
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
