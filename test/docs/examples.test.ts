/**
 * Runs every `@example` of the doc comments in src/, as JavaScript, through the public API.
 *
 * A comment behind a statement is the value it must have: `ops.sum([1, 2]); // 3`. Numbers are compared as
 * far as
 * they are printed, at least to 1e-6; tensors, variables and NDArrays by their values. Behind a declaration
 * it is the
 * value of the names declared. Text in the comment behind the value, after a comma, is for the reader.
 */
import { expect } from 'chai';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import vm from 'node:vm';
import * as keras from '../../src/index.js';
import { captured, errorOf } from '../support/capture.js';

const SRC = fileURLToPath(new URL('../../src/', import.meta.url));

/** Files whose examples cannot run here, and why. */
const EXCEPTIONS: Record<string, string> = {
  'backend/conformance.ts': 'defines tests with the test runner of whoever writes a backend',
  'backend/threads.ts': 'must come before the first op of a process; test/process/threads.test.ts shows that it works',
  'utils/callable.ts': 'shows an interface of TypeScript',
};

interface Example {
  name: string;
  code: string;
}

/** The examples of a file: what stands behind `@example`, up to the next tag or the end of the comment. */
function examplesOf(file: string): Example[] {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/\/\*\*([\s\S]*?)\*\//g)].flatMap((comment) => {
    const line = text.slice(0, comment.index).split('\n').length;
    const lines = comment[1].split('\n').map((part) => part.replace(/^\s*\* ?/, ''));
    return lines.flatMap((first, i) => {
      if (!first.startsWith('@example')) return [];
      const end = lines.findIndex((part, k) => k > i && /^@\w/.test(part));
      const code = [first.slice('@example'.length),
        ...lines.slice(i + 1, end < 0 ? undefined : end)].join('\n').trim();
      return [{ name: `${relative(SRC, file)}:${line + i}`, code }];
    });
  });
}

const files = (readdirSync(SRC, { recursive: true }) as string[]).filter((name) =>
  name.endsWith('.ts')).toSorted();
const examples = files.flatMap((name) => examplesOf(join(SRC, name)));

const parses = (code: string): boolean => {
  try {
    void new vm.Script(`(async () => {${code}\n})`);
    return true;
  } catch {
    return false;
  }
};

/** The code with a check behind each statement that has its value in a comment. */
function withChecks(code: string): string {
  const out: string[] = [];
  let chunk: string[] = [];
  for (const line of code.split('\n')) {
    chunk.push(line);
    if (!parses(chunk.join('\n'))) continue;
    const statement = chunk.join('\n');
    chunk = [];
    const [, body, comment] = /^([\s\S]*?);?\s*\/\/ (.*)$/.exec(statement) ?? [];
    if (comment === undefined || body.includes('//')) out.push(statement);
    else if (parses(`void (${body}\n)`)) out.push(`await check(${body}, ${JSON.stringify(comment)});`);
    else {
      const [, names] = /^\s*(?:const|let) ([\w\s,[\]]+?) =/.exec(body) ?? [];
      out.push(statement, ...(names ? [`await check(${names}, ${JSON.stringify(comment)});`] : []));
    }
  }
  return [...out, ...chunk].join('\n');
}

interface Printed {
  value: number;
  tolerance: number;
}

/** The values that a comment names,
  each number with the precision to which it is printed; undefined for prose. */
function expectedValues(comment: string): unknown[] | undefined {
  const number = (text: string): Printed => {
    const [, decimals = '', exponent = '0'] = /^-?\d*(?:\.(\d+))?(?:e([+-]?\d+))?/.exec(text)!;
    return { value: Number(text), tolerance: Math.max(1e-6,
      0.51 * 10 ** (Number(exponent) - decimals.length) * Number(decimals !== '')) };
  };
  const evaluate = (text: string): unknown[] | undefined => {
    const source = text.split(/('[^']*')/).map((part) => (part.startsWith('\'') ? part
      : part.replaceAll(/(?<![\w.])-?\d+(?:\.\d+)?(?:e[+-]?\d+)?/g, (token) =>
        `number('${token}')`))).join('');
    try {
      return vm.runInNewContext(`[${source}]`, { number, NaN, Infinity }) as unknown[];
    } catch {
      return undefined;
    }
  };
  for (let end = comment.length; end > 0; end = comment.lastIndexOf(',', end - 1)) {
    const values = evaluate(comment.slice(0, end));
    if (values) return values;
  }
  return undefined;
}

/** A value as plain JavaScript. */
function plain(value: unknown): unknown {
  if (value instanceof keras.Tensor) return value.arraySync();
  if (value instanceof keras.Variable) return value.value.arraySync();
  if (value instanceof keras.NDArray) return value.tolist();
  if (ArrayBuffer.isView(value)) return Array.from(value as Float32Array);
  return value;
}

function compare(given: unknown, expected: unknown, where: string): void {
  const actual = plain(given);
  if (Array.isArray(expected)) {
    expect(actual, where).to.be.an('array').with.length(expected.length);
    expected.forEach((item, i) => compare((actual as unknown[])[i], item, `${where}[${i}]`));
  } else if (expected !== null && typeof expected === 'object' && 'tolerance' in expected) {
    const { value, tolerance } = expected as Printed;
    expect(Number(actual), where).to.be.closeTo(value, Math.max(tolerance, Math.abs(value) * 1e-6));
  } else if (expected !== null && typeof expected === 'object') {
    for (const [key, item] of Object.entries(expected)) compare((actual as Record<string, unknown>)[key],
      item, `${where}.${key}`);
  } else if (typeof expected === 'boolean') expect(Boolean(actual), where).to.equal(expected);
  else expect(actual, where).to.deep.equal(expected);
}

let compared = 0;

async function check(given: unknown, comment: string): Promise<void> {
  const values = expectedValues(comment);
  if (!values) return;
  compared += 1;
  compare(await given, values.length === 1 ? values[0] : values, comment);
}

class MyLayer extends keras.Layer {
  override call(inputs: keras.Tensor): keras.Tensor {
    return inputs;
  }
}

function compiledModel(): keras.Model {
  const model = new keras.Sequential([keras.Input({ shape: [3] }), new keras.layers.Dense(1)]);
  model.compile({ optimizer: 'sgd', loss: 'mse' });
  return model;
}

/** What examples use without making it; and there is a file `model.keras` in the working folder. */
const prelude = (): Record<string, unknown> => ({
  keras, ops: keras.ops, check, MyLayer,
    config: keras.saving.serialize_keras_object(new keras.layers.Dense(1)),
  model: compiledModel(), x: keras.ops.ones([4, 3]), y: keras.ops.zeros([4, 1]),
  optimizer: new keras.optimizers.SGD(), loss_fn: new keras.losses.MeanSquaredError(),
});

const AsyncFunction = (async () => undefined).constructor as new (...code: string[]) =>
  (...args: unknown[]) => Promise<void>;

async function runExample(code: string): Promise<void> {
  const scope = prelude();
  const run = new AsyncFunction(...Object.keys(scope), `{\n${withChecks(code)}\n}`);
  await captured('stdout', () => run(...Object.values(scope)));
}

describe('examples in the documentation', () => {
  const home = process.cwd();
  const folder = mkdtempSync(join(tmpdir(), 'keras-node-examples-'));
  before(async () => {
    process.chdir(folder);
    await compiledModel().save('model.keras');
  });
  after(() => {
    process.chdir(home);
    rmSync(folder, { recursive: true });
  });

  for (const { name, code } of examples) {
    if (name.split(':')[0] in EXCEPTIONS) continue;
    // `using` came with Node 24.
    it(name, function () {
      if (/^\s*using /m.test(code) && !parses('{ using a = null; }')) this.skip();
      return runExample(code);
    });
  }

  it('are many, and most have their values compared', () => {
    expect(examples.length).to.be.above(450);
    expect(compared).to.be.above(450);
  });

  it('fail when a value is wrong', async () => {
    for (const wrong of ['keras.ops.add(1, 2); // 4', 'const a = keras.ops.array([1, 2]); // [1, 3]',
      'keras.ops.sin(1).item(); // 0.8425',
      'keras.ops.zeros([2]); // [0, 0, 0]', '\'adam\'; // \'sgd\'', 'const [p, q] = [1, [2]]; // 1, [3]',
        'Promise.resolve(2); // 1']) {
      await errorOf(() => runExample(wrong), 'expected');
    }
    await runExample('keras.ops.sin(1).item(); // 0.8415, the sine');
  });
});
