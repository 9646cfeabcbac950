import { expect } from 'chai';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as keras from '../../src/index.js';
import { loadGolden } from '../golden/golden.js';
import { errorOf } from '../support/capture.js';

const { utils, layers } = keras;

const golden = loadGolden('utils', 'plots') as unknown as {
  cases: { model: string; kwargs: keras.utils.ModelToDotOptions; dot: string[] }[]; models: Record<string, string>;
};
const modelOf = (name: string): keras.Model => keras.models.model_from_json(golden.models[name]) as keras.Model;

/** Nodes numbered in the order in which they come, as in the golden file. */
function numbered(text: string): string[] {
  const numbers = new Map<string, number>();
  const renumber = (id: string): string => {
    numbers.set(id, numbers.get(id) ?? numbers.size + 1);
    return String(numbers.get(id));
  };
  return text.trimEnd().split('\n').map((line) => line.replace(/^\d+(?: -> \d+)?/, (ids) => ids.replaceAll(/\d+/g, renumber)));
}

describe('keras.utils.model_to_dot, as in Python with pydot', () => {
  for (const { model, kwargs, dot } of golden.cases) {
    it(`${model} ${JSON.stringify(kwargs)}`, () => {
      // pydot writes the edges of a frame that stands alone as those of an undirected graph.
      const expected = dot.map((line) => line.replace(/^(\d+) -- /, '$1 -> '));
      expect(numbered(utils.model_to_dot(modelOf(model), kwargs).toString())).to.deep.equal(expected);
    });
  }

  it('a model with its own call is one box', () => {
    class Own extends keras.Model {
      readonly dense = new layers.Dense(2);
      override call(x: keras.Tensor): keras.Tensor {
        return this.dense(x);
      }
    }
    const model = new Own({ name: 'own' });
    expect(() => utils.model_to_dot(model)).to.throw(/'own' cannot be drawn before it is built/);
    model(keras.ops.ones([1, 3]));
    const lines = utils.model_to_dot(model, { show_shapes: true }).toString().split('\n');
    expect(lines.filter((line) => /^\d+ \[/.test(line))).to.have.length(1);
    expect(lines.join('\n')).to.include('<b>own</b> (Own)').and.not.include('->');
  });

  it('what has a meaning in HTML is text in names', async () => {
    const model = new keras.Sequential([keras.Input({ shape: [2] }), new layers.Dense(1, { name: 'a<b>&"c"' })]);
    const dot = utils.model_to_dot(model, { expand_nested: true });
    expect(dot).to.be.instanceOf(utils.DotGraph);
    expect(dot.toString()).to.include('<b>a&lt;b&gt;&amp;"c"</b> (Dense)');
    expect(Buffer.from(await dot.create()).toString()).to.include('a&lt;b&gt;&amp;&quot;c&quot;');
  });

  it('an option that there is not', () => {
    expect(() => utils.model_to_dot(modelOf('mlp'), { layer_range: ['a', 'b'] } as object)).to.throw(/no argument 'layer_range'/);
  });
});

describe('keras.utils.plot_model', function plotTests() {
  this.timeout(20_000);
  const folder = mkdtempSync(join(tmpdir(), 'keras-node-plot-'));
  const path = (name: string): string => join(folder, name);
  after(() => rmSync(folder, { recursive: true }));

  for (const name of Object.keys(golden.models)) {
    it(`draws ${name}: a box for each layer, an arrow for each edge`, async () => {
      const model = modelOf(name);
      const options = { show_shapes: true, show_layer_names: true, show_layer_activations: true, expand_nested: true };
      const picture = Buffer.from(await utils.plot_model(model, path(`${name}.svg`), options)).toString();
      expect(readFileSync(path(`${name}.svg`), 'utf8')).to.equal(picture);
      const text = utils.model_to_dot(model, options).toString();
      const count = (where: string, what: RegExp): number => where.match(what)?.length ?? 0;
      expect(count(picture, /<g id="node\d+"/g)).to.equal(new Set(text.match(/^\d+(?= \[)/gm)).size);
      expect(count(picture, /<g id="edge\d+"/g)).to.equal(count(text, /->/g));
      expect(count(picture, /<g id="clust\d+"/g)).to.equal(count(text, /^subgraph/gm));
      for (const layer of model.layers.filter((one) => !(one instanceof keras.Model))) expect(picture).to.include(layer.name);
    });
  }

  it('formats by the ending of the name, and by a URL', async () => {
    const model = modelOf('mlp');
    await utils.plot_model(model, pathToFileURL(path('a.dot')), true);
    expect(readFileSync(path('a.dot'), 'utf8')).to.equal(
      utils.model_to_dot(model, { show_shapes: true, show_layer_names: false }).toString());
    await utils.plot_model(model, { to_file: path('a.json') });
    expect(JSON.parse(readFileSync(path('a.json'), 'utf8'))).to.have.property('objects').with.length(2);
    await utils.model_to_dot(model, { dpi: 72 }).write(path('a.picture'), 'svg');
    const width = (svg: string): number => Number(/width="(\d+)pt"/.exec(svg)![1]);
    const small = width(readFileSync(path('a.picture'), 'utf8'));
    const large = Buffer.from(await utils.model_to_dot(model, { dpi: 144 }).create()).toString();
    expect(width(large) / small).to.be.closeTo(2, 0.02);
  });

  it('draws deep models', async () => {
    let x = keras.Input({ shape: [4] });
    const inputs = x;
    for (let i = 0; i < 80; i++) x = new layers.Add()([x, new layers.Dense(4)(x)]) as keras.KerasTensor;
    const picture = Buffer.from(await utils.plot_model(new keras.Model(inputs, x), path('deep.svg'), { show_shapes: true })).toString();
    expect(picture.match(/<g id="node\d+"/g)).to.have.length(161);
  });

  it('pixels need Graphviz itself', async () => {
    const before = process.env.PATH;
    process.env.PATH = folder;
    try {
      await errorOf(() => utils.plot_model(modelOf('mlp'), path('a.png')),
        'format \'png\' are drawn by Graphviz\'s program dot, which is not installed', 'end in .svg');
      await errorOf(() => utils.plot_model(modelOf('mlp'), path('a.-x')), '\'-x\' is no format of pictures');
    } finally {
      process.env.PATH = before;
    }
  });

  it('a part of another graph, drawn alone', async () => {
    const dot = utils.model_to_dot(modelOf('nested'), { subgraph: true });
    expect(Buffer.from(await dot.create()).toString()).to.include('<g id="clust1"');
  });
});
