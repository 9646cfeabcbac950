/** Programs of loops over rows, as a graph from a stranger's file may have them: what would leave its memory is refused. */
import { expect } from 'chai';
import { addon, failure, float32, floats } from './addon.js';
import { attr } from './messages.js';

/** h + x @ w for each of three steps and two rows of four numbers. */
const PROGRAM: Readonly<Record<string, readonly number[]>> = {
  // length, rows, is_reverse, threads, scratch, shared, tile, group
  sizes: [3, 2, 0, 1, 128, 32, 2, 2],
  // start, column, stride, width: h, x, their product, their sum, a number for all rows
  values: [0, 0, 32, 4, 32, 0, 32, 4, 64, 0, 32, 4, 96, 0, 32, 4, 0, 0, 0, 4],
  // a product and a sum: what, to, a, b, c, splat
  program: [0, 2, 1, 0, 1, 0, 7, 3, 0, 2, 2, 0],
  // input, depth, width, is_transposed, is_steady, is_grouped, row_stride, and the strides of groups
  matrices: [2, 4, 4, 0, 0, 0, 4, 1, 1, 0, 0, 0],
  // kind (rows, a sequence, a matrix, shared), to, elements, the strides of rows, by_step
  inputs: [
    2, 0, 8, 2, 1, 4, 0, 0, 0,
    3, 1, 24, 2, 1, 4, 0, 0, 8,
    0, 0, 16, 1, 1, 0, 0, 0, 0,
    1, 4, 4, 1, 1, 0, 0, 0, 0,
  ],
  // is_stacked, from, the strides of rows, by_step
  results: [0, 3, 2, 1, 4, 0, 0, 0, 1, 3, 2, 1, 4, 0, 0, 8],
  // from, to
  carries: [3, 0],
  // of both results
  dims: [2, 2, 4, 3, 3, 2, 4],
};

describe('backend/tensorflow: programs of loops over rows', () => {
  function run(test: Mocha.Context, program: Readonly<Record<string, readonly number[]>>): number[][] {
    const binding = addon(test);
    const attrs = Object.entries(program).map(([name, list]): [string, Uint8Array] => [name, attr.ints([...list])]);
    const op = binding.prepareOp('KerasNodeRowLoop', [['N', attr.int(4)], ['M', attr.int(2)], ...attrs], 2);
    const identity = Array.from({ length: 16 }, (_, i) => (i % 5 === 0 ? 1 : 0));
    const inputs = [
      float32(binding, [1, 2, 3, 4, 5, 6, 7, 8], [2, 4]), float32(binding, Array.from({ length: 24 }, (_, i) => i), [3, 2, 4]),
      float32(binding, identity, [4, 4]), float32(binding, [0, 0, 0, 0]),
    ];
    try {
      return (binding.execute(op, ...inputs) as number[]).map((id) => floats(binding, id));
    } finally {
      binding.releaseOp(op);
    }
  }

  it('run where they are whole', function () {
    const [last, all] = run(this, PROGRAM);
    expect(last).to.deep.equal([25, 29, 33, 37, 41, 45, 49, 53]);
    expect(all.slice(0, 8)).to.deep.equal([1, 3, 5, 7, 9, 11, 13, 15]);
    expect(all.slice(16)).to.deep.equal(last);
  });

  const BROKEN: readonly [name: string, at: number, value: number][] = [
    ['sizes', 0, -1], ['sizes', 0, 4], ['sizes', 1, 0], ['sizes', 1, -2], ['sizes', 1, 4], ['sizes', 3, 0], ['sizes', 3, 1e6],
    ['sizes', 4, 127], ['sizes', 4, 2 ** 30], ['sizes', 5, -1], ['sizes', 5, 3], ['sizes', 6, 0], ['sizes', 6, 65], ['sizes', 7, 0],
    ['sizes', 7, 3], ['sizes', 7, -2],
    ['values', 0, -4], ['values', 0, 97], ['values', 1, -1], ['values', 1, 29], ['values', 2, 3], ['values', 2, 129], ['values', 3, 33],
    ['values', 3, -1], ['values', 3, 5], ['values', 0, 2 ** 31 - 1], ['values', 16, 29], ['values', 19, 33], ['values', 19, 5],
    ['program', 0, -1], ['program', 0, 99], ['program', 1, -1], ['program', 1, 5], ['program', 1, 4], ['program', 2, 5], ['program', 3, 1],
    ['program', 3, -1], ['program', 7, 4], ['program', 8, 5], ['program', 9, -7], ['program', 10, 5],
    ['matrices', 0, 3], ['matrices', 0, -1], ['matrices', 0, 4], ['matrices', 1, 5], ['matrices', 1, -4], ['matrices', 1, 0],
    ['matrices', 2, 5], ['matrices', 2, 0], ['matrices', 6, 5], ['matrices', 6, -4],
    ['inputs', 0, 4], ['inputs', 0, -1], ['inputs', 0, 1], ['inputs', 1, 5], ['inputs', 1, 4], ['inputs', 2, 7], ['inputs', 2, -8],
    ['inputs', 3, 3], ['inputs', 3, 0], ['inputs', 4, 0], ['inputs', 5, 5], ['inputs', 5, -4], ['inputs', 10, 5], ['inputs', 10, 4], ['inputs', 17, 9],
    ['inputs', 17, -8], ['inputs', 19, 1], ['inputs', 19, -1], ['inputs', 20, 15], ['inputs', 28, 0], ['inputs', 29, 3],
    ['results', 1, 5], ['results', 2, 0], ['results', 2, 3], ['results', 4, 5], ['results', 4, -4], ['results', 9, -1], ['results', 15, 9],
    ['results', 15, -8], ['results', 0, 1],
    ['carries', 0, 5], ['carries', 1, 4], ['carries', 1, -1],
    ['dims', 0, 3], ['dims', 0, -1], ['dims', 0, 99], ['dims', 1, 3], ['dims', 1, -2], ['dims', 4, 2 ** 30],
  ];
  it('are refused where a number in them leads out of their memory', function () {
    for (const [name, at, value] of BROKEN) {
      const list = PROGRAM[name].with(at, value);
      const { code, message } = failure(() => run(this, { ...PROGRAM, [name]: list }));
      expect(code, `${name}[${at}] = ${value}: ${message}`).to.equal('INVALID_ARGUMENT');
      expect(message).to.match(/no program of a loop over rows/);
    }
  });

  it('are refused where they end in the middle, or their inputs are of other sizes', function () {
    for (const name of Object.keys(PROGRAM)) {
      const { code } = failure(() => run(this, { ...PROGRAM, [name]: PROGRAM[name].slice(0, -1) }));
      expect(code, name).to.equal('INVALID_ARGUMENT');
    }
    expect(failure(() => run(this, { ...PROGRAM, inputs: PROGRAM.inputs.with(2, 9) })).message).to.match(/input 0 has another size/);
    expect(failure(() => run(this, { ...PROGRAM, sizes: [] })).message).to.match(/no program/);
  });
});
