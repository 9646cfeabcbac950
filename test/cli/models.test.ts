import { expect } from 'chai';
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import * as keras from '../../src/index.js';
import type { FileInfo } from '../../src/cli/models/file-info.js';
import { readNpy, writeNpy } from '../../src/utils/numpy-files/npy.js';
import { loadGolden, type GoldenTensor, type GoldenValue } from '../golden/golden.js';
import { expectTensor, tensorOf } from '../golden/tensors.js';

interface SavedCase {
  file: string;
  inputs: GoldenValue;
  predictions: GoldenTensor;
}
const root = fileURLToPath(new URL('../..', import.meta.url));
const main = join(root, 'dist', 'cli', 'main.js');
const saved = (name: string): string => fileURLToPath(new URL(`../golden/saved/${name}`, import.meta.url));
const caseOf = (file: string): SavedCase => loadGolden<SavedCase>('saved', 'keras_archives').cases.find((row) => row.file === file)!;
const nested = (value: GoldenValue): unknown => tensorOf(value as GoldenTensor).arraySync();

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs the command line as a process of its own. */
function cli(args: readonly string[], { input = '', env = {} }: { input?: string; env?: NodeJS.ProcessEnv } = {}): Promise<Ended> {
  const child = spawn(process.execPath, [main, ...args], { env: { ...process.env, KERAS_NODE_QUIET: '1', ...env } });
  const ended: Ended = { code: null, stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (ended.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (ended.stderr += text));
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  return new Promise((done) => {
    child.once('close', (code) => done({ ...ended, code }));
  });
}

/** Runs it, expects that all went well, and gives what it printed. */
async function printed(...call: Parameters<typeof cli>): Promise<string> {
  const { code, stdout, stderr } = await cli(...call);
  expect(code, `${call[0].join(' ')}: ${stderr}`).to.equal(0);
  return stdout;
}

describe('keras-node: commands on models', function cliModelTests() {
  this.timeout(90_000);
  const folder = mkdtempSync(join(tmpdir(), 'keras-node-cli-'));
  const path = (name: string): string => join(folder, name);
  // The compiled program starts in a third of the time that the sources need. Building it anew is quick.
  before(() => void execFileSync('npm', ['run', '-s', 'build'], { cwd: root }));
  after(() => rmSync(folder, { recursive: true }));

  it('info says what a file holds, without making the model', async () => {
    const text = await printed(['info', saved('mlp.keras')]);
    for (const line of [/^Format +Keras 3 archive$/m, /^Keras +3\.15\.1$/m, /^Model +Sequential 'mlp', 3 layers$/m,
      /^Optimizer +Adam$/m, /^Loss +sparse_categorical_crossentropy$/m, /^Weights +43 numbers in 4 arrays$/m]) {
      expect(text).to.match(line);
    }
    const { format, model, weights } = JSON.parse(await printed(['info', '--json', saved('nested.weights.h5')])) as FileInfo;
    expect({ format, model }).to.deep.equal({ format: 'weights', model: undefined });
    expect(weights).to.deep.include({ path: 'layers/sequential/layers/dense/vars/0', shape: [4, 3], dtype: 'float32' });
    const list = await printed(['info', '--weights', saved('normalized.weights.h5')]);
    expect(list).to.match(/^layers\/batch_normalization\/vars\/0 {2}\(\d+,\) float32$/m);
  });

  it('summary prints the table, or the layers as JSON', async () => {
    const [text, json] = await Promise.all([
      printed(['summary', saved('residual.keras'), '--show-trainable', '--line-length', '90']), printed(['summary', '--json', saved('mlp.keras')]),
    ]);
    expect(text).to.match(/^Model: "residual"[^]*│ conv_a \(Conv2D\) [^]*input_layer\[0\]\[0\][^]* Total params: 52 \(208\.00 B\)/);
    const { layers, trainable_params, optimizer_params } = JSON.parse(json) as { layers: object[]; trainable_params: number; optimizer_params: number };
    expect(layers[0]).to.deep.equal({
      name: 'hidden', class_name: 'Dense', output_shapes: [[null, 5]], params: 25, trainable: true, connected_to: ['input_layer'],
    });
    expect({ trainable_params, optimizer_params }).to.deep.equal({ trainable_params: 43, optimizer_params: 88 });
  });

  it('predict: JSON from stdin, by name, .csv and .npy; as Python Keras', async () => {
    const mlp = caseOf('mlp.keras');
    const x = nested(mlp.inputs) as number[][];
    writeFileSync(path('x.csv'), ['a,b,c,d', ...x.map((row) => row.join(', '))].join('\n'));
    writeFileSync(path('x.npy'), writeNpy(new keras.NDArray(Float64Array.from(x.flat()), [3, 4])));
    const [fromStdin, detailed] = await Promise.all([
      printed(['predict', saved('mlp.keras'), '-'], { input: JSON.stringify(x) }),
      printed(['predict', saved('mlp.keras'), path('x.csv'), '--json', '--batch-size', '2']),
    ]);
    expectTensor(keras.ops.array(JSON.parse(fromStdin) as number[][]), mlp.predictions, 'stdin');
    const { output } = (JSON.parse(detailed) as { outputs: Record<string, { shape: number[]; values: number[][] }> }).outputs;
    expect(output.shape).to.deep.equal([3, 3]);
    expectTensor(keras.ops.array(output.values), mlp.predictions, 'csv');
    await printed(['predict', saved('mlp.keras'), path('x.npy'), '--out', path('y.npy')]);
    const array = readNpy(readFileSync(path('y.npy')), 'y.npy');
    expect(array.dtype).to.equal('float32');
    expectTensor(keras.ops.array(array), mlp.predictions, 'npy');
  });

  it('predict: several inputs and outputs', async () => {
    const { inputs, predictions } = caseOf('dict_headed.keras') as unknown as {
      inputs: Record<string, GoldenTensor>; predictions: Record<string, GoldenTensor>;
    };
    const given = Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, nested(value)]));
    writeFileSync(path('a.json'), JSON.stringify(given.a));
    writeFileSync(path('b.json'), JSON.stringify(given.b));
    const [text] = await Promise.all([
      printed(['predict', saved('dict_headed.keras'), '-'], { input: JSON.stringify(given) }),
      printed(['predict', saved('dict_headed.keras'), path('a.json'), path('b.json'), '-o', path('y.csv')]),
    ]);
    const outputs = JSON.parse(text) as Record<string, number[][]>;
    expect(Object.keys(outputs)).to.have.members(Object.keys(predictions));
    const rows = readFileSync(path('y.csv'), 'utf8').trim().split('\n').map((row) => row.split(',').map(Number));
    let column = 0;
    for (const [name, value] of Object.entries(outputs)) {
      expectTensor(keras.ops.array(value), predictions[name], name);
      const [from, to] = [column, (column += predictions[name].shape[1])];
      expectTensor(keras.ops.array(rows.map((row) => row.slice(from, to))), predictions[name], `${name} in CSV`);
    }
  });

  it('predict: images in the size and colours that the model takes', async () => {
    const model = new keras.Sequential([keras.Input({ shape: [2, 3, 3] }), new keras.layers.GlobalAveragePooling2D()]);
    await model.save(path('mean.keras'));
    const plain = (r: number, g: number, b: number): keras.Tensor =>
      keras.ops.broadcast_to(keras.ops.array([r, g, b]), [4, 6, 3]);
    await keras.utils.save_img(path('one.png'), plain(51, 102, 204), { scale: false });
    await keras.utils.save_img(path('two.png'), plain(255, 0, 153), { scale: false });
    const means = JSON.parse(await printed(['predict', path('mean.keras'), path('one.png'), path('two.png'), '--rescale', '1/255'])) as number[][];
    means.flat().forEach((mean, i) => expect(mean).to.be.closeTo([0.2, 0.4, 0.8, 1, 0, 0.6][i], 1e-6));
  });

  it('convert between the formats: predictions stay what they are', async () => {
    const { inputs, predictions } = caseOf('normalized.keras');
    await Promise.all([
      printed(['convert', saved('normalized.keras'), path('a.h5')]),
      printed(['convert', saved('normalized.keras'), path('w.weights.h5')]),
      printed(['convert', saved('normalized.keras'), path('model.onnx')]),
    ]);
    await printed(['convert', saved('normalized.keras'), path('served'), '--to', 'saved_model']);
    const said = await printed(['convert', path('a.h5'), path('web'), '--to', 'tfjs', '--json']);
    expect(JSON.parse(said)).to.deep.equal({ input: path('a.h5'), output: path('web'), format: 'tfjs' });
    const x = tensorOf(inputs as GoldenTensor);
    for (const file of ['a.h5', 'web/model.json']) {
      const model = await keras.models.load_model(path(file));
      expectTensor(keras.ops.array(await model.predict(x, { verbose: 0 })), predictions, file);
    }
    const [onnx, graph] = (await Promise.all(['model.onnx', 'served'].map((name) => printed(['info', '--json', path(name)]))))
      .map((text) => JSON.parse(text) as FileInfo);
    expect(onnx).to.deep.include({ format: 'onnx', outputs: [{ name: 'output_0', shape: ['batch', 3], dtype: 'float32' }] });
    expect(graph).to.deep.include({ format: 'saved_model', endpoints: ['serve', 'serving_default'] });
    expect(graph.inputs!.map(({ shape, dtype }) => ({ shape, dtype }))).to.deep.equal([{ shape: [null, 4], dtype: 'float32' }]);
    const numbers = (info: FileInfo): number => info.weights!.reduce((n, { shape }) => n + shape.reduce((a, b) => a * b, 1), 0);
    expect(numbers(graph)).to.equal((await keras.models.load_model(saved('normalized.keras'))).count_params());
    expectTensor(new keras.layers.TFSMLayer(path('served'))(x) as keras.Tensor, predictions, 'served');
    const session = await InferenceSession.create(path('model.onnx'));
    const feeds = { [session.inputNames[0]]: new Tensor('float32', x.dataSync() as Float32Array, [...x.shape]) };
    const { data, dims } = (await session.run(feeds))[session.outputNames[0]];
    expectTensor(new keras.NDArray(data as Float32Array, dims), predictions, 'model.onnx');
    const model = await keras.models.load_model(saved('normalized.keras'));
    for (const weight of model.weights) weight.assign(keras.ops.zeros(weight.shape));
    await model.load_weights(path('w.weights.h5'));
    expectTensor(keras.ops.array(await model.predict(x, { verbose: 0 })), predictions, 'weights');
  });

  it('plot draws SVG', async () => {
    const svg = await printed(['plot', saved('nested.keras'), '--expand-nested', '--shapes', '--rankdir', 'LR', '-o', '-']);
    expect(svg).to.match(/^<\?xml[^]*<svg[^]*inner_a[^]*\(None, 4\)[^]*<\/svg>\s*$/);
  });

  it('classes of one\'s own come from --import', async () => {
    const index = pathToFileURL(join(root, 'dist', 'index.js')).href;
    const source = `import * as keras from ${JSON.stringify(index)};
      class Twice extends keras.Layer { call(x) { return keras.ops.multiply(x, 2); } }
      keras.saving.register_keras_serializable('cli_test')(Twice);\n`;
    writeFileSync(path('twice.mjs'), source);
    class Twice extends keras.Layer {
      override call(x: keras.Tensor): keras.Tensor {
        return keras.ops.multiply(x, 2);
      }
    }
    keras.saving.register_keras_serializable('cli_test')(Twice);
    await new keras.Sequential([keras.Input({ shape: [2] }), new Twice()]).save(path('own.keras'));
    const [without, text, shown] = await Promise.all([
      cli(['predict', path('own.keras'), '-'], { input: '[[1, 2]]' }),
      printed(['predict', path('own.keras'), '-', '--import', path('twice.mjs')], { input: '[[1, 2]]' }),
      printed(['info', path('own.keras')]),
    ]);
    expect(without.code).to.equal(1);
    expect(without.stderr).to.match(/^keras-node: .*Twice/s);
    expect(JSON.parse(text)).to.deep.equal([[2, 4]]);
    expect(shown).to.match(/^Model +Sequential 'sequential\w*', 2 layers$/m);
  });

  it('what cannot be done ends with 1, what makes no sense with 2, each with one sentence', async () => {
    writeFileSync(path('damaged.keras'), readFileSync(saved('mlp.keras')).subarray(0, 5000));
    writeFileSync(path('words.csv'), '1,2,3,4\n5,6,seven,8\n');
    mkdirSync(path('empty'));
    writeFileSync(path('words.onnx'), 'words');
    writeFileSync(path('there.h5'), '');
    const fails: [args: string[], code: number, message: RegExp][] = [
      [['info', path('none.keras')], 1, /^keras-node: There is no file '.*none\.keras'\.\n$/],
      [['info', path('damaged.keras')], 1, /^keras-node: '.*' is not a valid \.keras file: .*\n$/],
      [['info', path('empty')], 1, /^keras-node: The folder '.*' holds no model: .*\n$/],
      [['info', path('words.onnx')], 1, /^keras-node: '.*words\.onnx' is no ONNX model, or a damaged one: .*\n$/],
      [['summary', saved('nested.weights.h5')], 1, /^keras-node: '.*' holds weights without a model\..*\n$/],
      [['predict', saved('mlp.keras'), path('words.csv')], 1, /^keras-node: '.*words\.csv', row 2, column 3: expected a number, received "seven"\.\n$/],
      [['predict', saved('mlp.keras'), '-'], 1, /^keras-node: The input '.*' has shape \[null, 4\], received \[2, 3\]\.\n$/],
      [['predict', saved('dict_headed.keras'), path('words.csv')], 1, /^keras-node: .*row 2/],
      [['convert', saved('mlp.keras'), path('there.h5')], 1, /^keras-node: '.*there\.h5' is there already\..*--overwrite\.\n$/],
      [['convert', saved('mlp.keras'), path('new')], 2, /^keras-node: '.*new' does not say which format is meant\..*--to /],
      [['convert', saved('mlp.keras'), path('a.keras'), '--to', 'onnx'], 2, /^keras-node: The name 'a\.keras' is not one of a file in the format onnx/],
      [['convert', saved('mlp.keras'), path('a'), '--to', 'word'], 2, /argument 'word' is invalid\. Allowed choices are keras, h5/],
      [['predict', saved('mlp.keras'), '-', '--out', path('y.xls')], 2, /^keras-node: '.*y\.xls' does not say how/],
      [['predict', saved('mlp.keras')], 2, /missing required argument 'input'/],
      [['plot', saved('mlp.keras'), '--dpi', 'many'], 2, /argument 'many' is invalid\. It is a positive number/],
    ];
    const half = Math.ceil(fails.length / 2);
    for (const some of [fails.slice(0, half), fails.slice(half)]) {
      const ended = await Promise.all(some.map(([args]) => cli(args, { input: '[[1, 2, 3], [4, 5, 6]]' })));
      some.forEach(([args, code, message], i) => {
        expect(ended[i].code, args.join(' ')).to.equal(code);
        expect(ended[i].stderr).to.match(message).and.not.match(/\n\s+at /);
        expect(ended[i].stdout).to.equal('');
      });
    }
    expect(existsSync(path('y.xls'))).to.equal(false);
    const { stderr } = await cli(['info', path('none.keras')], { env: { KERAS_NODE_DEBUG: '1' } });
    expect(stderr).to.match(/\n\s+at /);
  });

  it('helps with examples', async () => {
    const texts = await Promise.all(['predict', 'convert'].map((name) => printed([name, '--help'])));
    for (const text of texts) expect(text).to.match(/^Usage: keras-node [^]*\nExamples:\n {2}keras-node /);
  });
});
