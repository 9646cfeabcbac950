/** TensorBoard: the events that Python Keras writes, in files of the form that TensorBoard reads. */
import { expect } from 'chai';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import protobuf from 'protobufjs';
import * as keras from '../../src/index.js';
import { crc32, crc32c, maskedCrc32c } from '../../src/callbacks/tensorboard/crc.js';
import { bucketsOf } from '../../src/callbacks/tensorboard/summaries.js';
import { temporaryFolder } from '../support/callback-golden.js';
import { tensorboardCases, trainWithBoard } from '../support/tensorboard-training.js';

const { root } = protobuf.parse(`syntax = "proto3";
  message Dim { int64 size = 1; }
  message Shape { repeated Dim dim = 2; }
  message Tensor { int32 dtype = 1; Shape tensor_shape = 2; bytes tensor_content = 4; repeated bytes string_val = 8; }
  message Plugin { string plugin_name = 1; bytes content = 2; }
  message Metadata { Plugin plugin_data = 1; int32 data_class = 4; }
  message Value { string tag = 1; Tensor tensor = 8; Metadata metadata = 9; }
  message Summary { repeated Value value = 1; }
  message Event { double wall_time = 1; int64 step = 2; string file_version = 3; bytes graph_def = 4; Summary summary = 5; }
  message List { repeated Shape shape = 7; }
  message Attr { List list = 1; bytes s = 2; int32 type = 6; }
  message Node { string name = 1; string op = 2; repeated string input = 3; map<string, Attr> attr = 5; }
  message Graph { repeated Node node = 1; }`, { keepCase: true });

interface Tensor { dtype: number; tensor_shape?: { dim?: { size: number }[] }; tensor_content?: Uint8Array; string_val?: Uint8Array[] }
interface Value { tag: string; tensor: Tensor; metadata: { plugin_data: { plugin_name: string } } }
interface Event { wall_time: number; step: number; file_version?: string; graph_def?: Uint8Array; summary?: { value: Value[] } }
interface Node { name: string; op: string; input?: string[] }

const decode = <T>(type: string, bytes: Uint8Array): T => {
  const Type = root.lookupType(type);
  return Type.toObject(Type.decode(bytes), { longs: Number }) as T;
};

/** The events of a run, each record's checksums looked at. */
function eventsIn(folder: string): Event[] {
  const events: Event[] = [];
  for (const name of readdirSync(folder).filter((file) => file.startsWith('events.out.tfevents.')).toSorted()) {
    const bytes = readFileSync(join(folder, name));
    for (let at = 0; at < bytes.length;) {
      const length = Number(bytes.readBigUInt64LE(at));
      const data = bytes.subarray(at + 12, at + 12 + length);
      expect(bytes.readUInt32LE(at + 8)).to.equal(maskedCrc32c(bytes.subarray(at, at + 8)));
      expect(bytes.readUInt32LE(at + 12 + length)).to.equal(maskedCrc32c(data));
      events.push(decode<Event>('Event', data));
      at += length + 16;
    }
  }
  return events;
}

function numbersOf({ dtype, tensor_content = new Uint8Array() }: Tensor): number[] {
  const { buffer } = Uint8Array.from(tensor_content);
  return [...(dtype === 1 ? new Float32Array(buffer) : new Float64Array(buffer))];
}

/** Grey values of a PNG without filters. */
function pixelsOf(png: Uint8Array): number[] {
  const bytes = Buffer.from(png);
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  const parts: Buffer[] = [];
  for (let at = 8; at < bytes.length;) {
    const length = bytes.readUInt32BE(at);
    expect(bytes.readUInt32BE(at + 8 + length)).to.equal(crc32(bytes.subarray(at + 4, at + 8 + length)));
    if (bytes.toString('latin1', at + 4, at + 8) === 'IDAT') parts.push(bytes.subarray(at + 8, at + 8 + length));
    at += length + 12;
  }
  const rows = inflateSync(Buffer.concat(parts));
  return Array.from({ length: width * height }, (_, i) => rows[Math.floor(i / width) * (width + 1) + 1 + (i % width)]);
}

/** Values as test/golden/callbacks/tensorboard_events.py has them. */
function valueOf({ tensor, metadata }: Value): string | (number | number[])[] {
  const [text, ...blobs] = tensor.string_val ?? [];
  switch (metadata.plugin_data.plugin_name) {
    case 'images': return [Number(Buffer.from(text).toString()), Number(Buffer.from(blobs[0]).toString()), ...blobs.slice(1).map(pixelsOf)];
    case 'graph_keras_model': return (JSON.parse(Buffer.from(text).toString()) as { class_name: string }).class_name;
    default: return numbersOf(tensor);
  }
}

function near(actual: unknown, expected: unknown, what: string): void {
  if (Array.isArray(expected)) expected.forEach((item, i) => near((actual as unknown[])[i], item, `${what}[${i}]`));
  else if (typeof expected === 'number') expect(actual, what).to.be.closeTo(expected, 1e-4 + 1e-3 * Math.abs(expected));
  else expect(actual, what).to.equal(expected);
}

describe('TensorBoard', () => {
  for (const row of tensorboardCases()) {
    it(`as Python Keras: ${row.label}`, async () => {
      using folder = temporaryFolder();
      await trainWithBoard(row, folder.path);
      expect(readdirSync(folder.path).toSorted()).to.deep.equal(Object.keys(row.runs).toSorted());
      for (const [run, { tags }] of Object.entries(row.runs)) {
        const events = eventsIn(join(folder.path, run));
        expect(events[0].file_version).to.equal('brain.Event:2');
        const found = new Map<string, [step: number, value: Value][]>();
        for (const { step = 0, summary } of events) {
          for (const value of summary?.value ?? []) found.set(value.tag, [...found.get(value.tag) ?? [], [step, value]]);
        }
        expect([...found.keys()].toSorted()).to.deep.equal(Object.keys(tags).toSorted());
        for (const [tag, { plugin, steps, values }] of Object.entries(tags)) {
          const rows = found.get(tag)!;
          expect(rows.map(([step]) => step), tag).to.deep.equal(steps);
          expect(rows[0][1].metadata.plugin_data.plugin_name, tag).to.equal(plugin);
          if (!tag.endsWith('per_second')) near(rows.map(([, value]) => valueOf(value)), values, tag);
          else expect((valueOf(rows[0][1]) as number[])[0]).to.be.above(0);
        }
      }
    });
  }

  it('writes the graph of the step: every input of a node is a node, variables stand under their paths', async () => {
    using folder = temporaryFolder();
    await trainWithBoard(tensorboardCases()[0], folder.path);
    const graphs = eventsIn(join(folder.path, 'train')).filter((event) => event.graph_def);
    expect(graphs).to.have.length(1);
    const { node } = decode<{ node: Node[] }>('Graph', graphs[0].graph_def!);
    const names = new Set(node.map(({ name }) => name));
    expect(names.size).to.equal(node.length);
    for (const { input = [] } of node) for (const name of input) expect(names.has(name.replace(/:\d+$/, '')), name).to.equal(true);
    expect([...names]).to.include.members(['batch/0', 'batch/1', 'mlp/hidden/kernel', 'mlp/hidden/kernel/assign', 'step/matmul']);
  });

  it('writes embeddings for the projector', async () => {
    using folder = temporaryFolder();
    const model = new keras.Sequential([keras.Input({ shape: [2], dtype: 'int32' }), new keras.layers.Embedding(3, 2, { name: 'words' }),
      new keras.layers.Flatten(), new keras.layers.Dense(1)]);
    model.compile({ optimizer: new keras.optimizers.SGD(0), loss: 'mse' });
    const board = new keras.callbacks.TensorBoard(folder.path, { embeddings_freq: 1, embeddings_metadata: { words: 'labels.tsv' } });
    await model.fit(new keras.NDArray(Int32Array.of(0, 1), [1, 2]), [[1]], { verbose: 0, callbacks: board });
    expect(readFileSync(join(folder.path, 'projector_config.pbtxt'), 'utf8')).to.equal(
      'embeddings {\n  tensor_name: "words"\n  tensor_path: "embeddings-words.tsv"\n  metadata_path: "labels.tsv"\n}\n');
    const table = readFileSync(join(folder.path, 'embeddings-words.tsv'), 'utf8').trimEnd().split('\n').map((line) => line.split('\t').map(Number));
    expect(table).to.deep.equal(model.get_weights()[0].tolist());
    expect(existsSync(join(folder.path, 'train', 'keras_embedding.ckpt-0.weights.h5'))).to.equal(true);
    const wrong = new keras.callbacks.TensorBoard(folder.path, { embeddings_freq: 1, embeddings_metadata: { other: 'x' } });
    let message = '';
    await model.fit(new keras.NDArray(Int32Array.of(0, 1), [1, 2]), [[1]], { verbose: 0, callbacks: wrong }).catch((error: Error) => {
      ({ message } = error);
    });
    expect(message).to.include('names other').and.to.include('It has: words');
  });

  it('events of evaluate go to validation', async () => {
    using folder = temporaryFolder();
    const model = await trainWithBoard(tensorboardCases()[0], join(folder.path, 'a'));
    await model.evaluate([[1, 2, 3, 4]], [0], { verbose: 0, callbacks: new keras.callbacks.TensorBoard(join(folder.path, 'b')) });
    const [, { step, summary }] = eventsIn(join(folder.path, 'b', 'validation'));
    expect([step, summary!.value.map(({ tag }) => tag)]).to.deep.equal(
      [6, ['evaluation_accuracy_vs_iterations', 'evaluation_loss_vs_iterations']]);
  });

  it('checksums and buckets', () => {
    expect(crc32c(Buffer.from('123456789'))).to.equal(0xe3069283);
    expect(crc32(Buffer.from('123456789'))).to.equal(0xcbf43926);
    expect([...bucketsOf([])].every((value) => value === 0)).to.equal(true);
    expect([...bucketsOf([2, 2, 2])].slice(-6)).to.deep.equal([2, 2, 0, 2, 2, 3]);
    const rows = [...bucketsOf([0, 0.5, 1, 30])];
    expect(rows.slice(0, 6)).to.deep.equal([0, 1, 2, 1, 2, 1]);
    expect(rows.slice(-3)).to.deep.equal([29, 30, 1]);
  });

  it('says what is wrong', () => {
    const { TensorBoard } = keras.callbacks;
    expect(() => new TensorBoard({ profile_batch: 2 as never })).to.throw(/profile_batch.*0.*2/);
    expect(() => new TensorBoard({ update_freq: 'step' as never })).to.throw(/update_freq.*step/);
    expect(() => new TensorBoard({ histogram_freq: -1 })).to.throw(/histogram_freq/);
  });
});
