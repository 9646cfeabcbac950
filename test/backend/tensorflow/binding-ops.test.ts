/** The native addon: ops, functions and variables. */
import { expect } from 'chai';
import { TF_DTYPE, type NativeBinding } from '../../../src/backend/tensorflow/binding.js';
import { addon, failure, float32, floats, floatVariable, int32, type Untyped } from './addon.js';
import { attr, functionDef, type Node } from './messages.js';

const { float32: f32 } = TF_DTYPE;

describe('native addon, running', () => {
  let binding: NativeBinding;
  let loose: Untyped;
  let add: number;

  before(function () {
    binding = addon(this);
    loose = binding as unknown as Untyped;
    add = binding.prepareOp('AddV2', [], 1);
  });

  describe('ops', () => {
    it('gives an id, an array or nothing, as many as there are outputs', () => {
      const x = float32(binding, [1, 2, 3, 4]);
      expect(floats(binding, binding.execute(add, x, x) as number)).to.deep.equal([2, 4, 6, 8]);
      const split = binding.prepareOp('Split', [['num_split', attr.int(2)]], 2);
      const halves = binding.execute(split, int32(binding, [0], []), x) as number[];
      expect(halves.map((id) => floats(binding, id))).to.deep.equal([
        [1, 2],
        [3, 4],
      ]);
      expect(binding.execute(binding.prepareOp('NoOp', [], 0))).to.equal(undefined);
    });

    it('takes many inputs', () => {
      const ids = Array.from({ length: 100 }, () => float32(binding, [1]));
      const sum = binding.prepareOp(
        'AddN',
        [
          ['N', attr.int(100)],
          ['T', attr.type(f32)],
        ],
        1,
      );
      expect(floats(binding, binding.execute(sum, ...ids) as number)).to.deep.equal([100]);
    });

    it('runs on the device it is told', () => {
      const [{ name }] = binding.devices();
      const op = binding.prepareOp('Neg', [], 1, name);
      expect(floats(binding, binding.execute(op, float32(binding, [1])) as number)).to.deep.equal([-1]);
      expect(failure(() => binding.prepareOp('Neg', [], 1, 'no device at all'))).to.have.property(
        'op',
        'Neg',
      );
    });

    it('names the op and the kind of error', () => {
      const matMul = binding.prepareOp('MatMul', [], 1);
      const vector = float32(binding, [1, 2]);
      const error = failure(() => binding.execute(matMul, vector, vector));
      expect(error).to.include({ code: 'INVALID_ARGUMENT', op: 'MatMul' });
      // The op is as good as new afterwards.
      const one = float32(binding, [3], [1, 1]);
      expect(floats(binding, binding.execute(matMul, one, one) as number)).to.deep.equal([9]);
    });

    const wrong: [string, () => unknown, string][] = [
      [
        'an unknown op',
        () => binding.prepareOp('Nope', [], 1),
        'no op and no added function is named "Nope"',
      ],
      [
        'an unknown attribute',
        () => binding.prepareOp('Cast', [['to', attr.type(1)]], 1),
        'attribute to is not an attribute of this op; it has DstT, SrcT, Truncate',
      ],
      [
        'an attribute of another kind',
        () => binding.prepareOp('Cast', [['DstT', attr.int(1)]], 1),
        'attribute DstT must hold a value of kind type',
      ],
      [
        'an item for a list',
        () => binding.prepareOp('Conv2D', [['strides', attr.int(1)]], 1),
        'kind list(int)',
      ],
      [
        'a list of other items',
        () => binding.prepareOp('Conv2D', [['strides', attr.types([1])]], 1),
        'items of field 6',
      ],
      [
        'an empty attribute',
        () => binding.prepareOp('Cast', [['DstT', new Uint8Array(0)]], 1),
        'AttrValue is empty',
      ],
      [
        'broken attribute bytes',
        () => binding.prepareOp('Cast', [['DstT', Uint8Array.of(0x32, 200)]], 1),
        'do not parse',
      ],
      ['an attribute without value', () => loose.prepareOp('Cast', [['DstT']], 1), 'attrs[0] must be a pair'],
      ['a negative number of outputs', () => binding.prepareOp('Neg', [], -1), 'outputs must be from 0'],
      ['a name with NUL', () => binding.prepareOp('Neg\0', [], 1), 'NUL'],
      ['too few inputs', () => binding.execute(add, float32(binding, [1])), 'AddV2 takes 2 inputs, got 1'],
      [
        'too many inputs',
        () => binding.execute(add, ...Array<number>(3).fill(float32(binding, [1]))),
        'takes 2 inputs, got 3',
      ],
      ['a dead input', () => binding.execute(add, 1e9, 1e9), 'no tensor has the id 1000000000'],
      ['no op', () => loose.execute(), 'op must be the id that prepareOp gave'],
      ['a tensor id as op', () => binding.execute(2 ** 30, 1), `no prepared op has the id ${2 ** 30}`],
      [
        'too few outputs',
        () => binding.execute(binding.prepareOp('AddV2', [], 0), ...pair()),
        'Expecting 1 outputs',
      ],
      [
        'too many outputs',
        () => binding.execute(binding.prepareOp('AddV2', [], 2), ...pair()),
        'AddV2 has 1 outputs, but was prepared with 2',
      ],
      [
        'dtypes that do not match',
        () => binding.execute(add, float32(binding, [1]), int32(binding, [1])),
        'AddV2',
      ],
    ];
    const pair = (): [number, number] => [float32(binding, [1]), float32(binding, [1])];
    for (const [what, call, message] of wrong) {
      it(`refuses ${what}`, () => {
        const error = failure(call);
        expect(error.message).to.include(message);
        expect(error.code).to.be.oneOf(['INVALID_ARGUMENT', 'NOT_FOUND']);
      });
    }

    it('refuses inputs on which TensorFlow would abort the process', () => {
      const window: [string, Uint8Array][] = [
        ['strides', attr.ints([1, 1, 1, 1])],
        ['padding', attr.string('SAME')],
      ];
      const conv = binding.prepareOp('Conv2D', window, 1);
      const [image, filter] = [float32(binding, [1, 2], [1, 2, 1]), float32(binding, [1], [1, 1, 1, 1])];
      expect(failure(() => binding.execute(conv, image, filter)).message).to.include(
        'input 0 must be of rank 4, got rank 3',
      );
      const pool = binding.prepareOp('AvgPoolGrad', [...window, ['ksize', attr.ints([1, 1, 1, 1])]], 1);
      expect(failure(() => binding.execute(pool, int32(binding, [1, 2, 3]), filter)).message).to.include(
        'input 0 must be a vector of 4 sizes, got a vector of 3',
      );
      const scatter = binding.prepareOp('ScatterNd', [], 1);
      expect(
        failure(() =>
          binding.execute(
            scatter,
            int32(binding, [0], [1, 1, 1]),
            float32(binding, [1]),
            int32(binding, [2]),
          ),
        ).message,
      ).to.include('updates');
    });

    it('forgets released ops', () => {
      const op = binding.prepareOp('Neg', [], 1);
      binding.releaseOp(op);
      expect(failure(() => binding.execute(op, float32(binding, [1])))).to.have.property('code', 'NOT_FOUND');
      expect(failure(() => binding.releaseOp(op))).to.have.property('code', 'NOT_FOUND');
    });

    it('shares tensors with the functions of tfjs', () => {
      const tfjs = binding.tfjs as {
        executeOp(name: string, attrs: object[], inputs: number[], outputs: number): { id: number }[];
        deleteTensor(id: number): void;
        TF_ATTR_TYPE: number;
      };
      const before = binding.counts();
      const x = float32(binding, [1, 2]);
      const attrs = [{ name: 'T', type: tfjs.TF_ATTR_TYPE, value: f32 }];
      const [{ id }] = tfjs.executeOp('AddV2', attrs, [x, x], 1);
      expect(floats(binding, binding.execute(add, id, x) as number)).to.deep.equal([3, 6]);
      expect(binding.counts()).to.deep.equal({ tensors: before.tensors + 3, bytes: before.bytes + 24 });
      tfjs.deleteTensor(x);
      expect(binding.counts()).to.deep.equal({ tensors: before.tensors + 2, bytes: before.bytes + 16 });
      expect(failure(() => binding.deleteTensor(x))).to.have.property('code', 'NOT_FOUND');
    });
  });

  describe('functions', () => {
    const unary = (name: string, node: Node, ret = 'n:z:0') =>
      functionDef({ name, inputs: { x: f32 }, outputs: { y: f32 }, nodes: [node], ret: { y: ret } });
    const arithmetic = (op: string): Node => ({
      name: 'n',
      op,
      input: ['x', 'x'],
      attrs: { T: attr.type(f32) },
    });
    const calling = (name: string): Node => ({
      name: 'n',
      op: 'StatefulPartitionedCall',
      input: ['x'],
      attrs: { Tin: attr.types([f32]), Tout: attr.types([f32]), f: attr.func(name) },
    });

    it('are run like ops, also by each other', async () => {
      expect(binding.addFunction(unary('test_double', arithmetic('AddV2')))).to.equal('test_double');
      binding.addFunction(unary('test_call', calling('test_double'), 'n:output:0'));
      const op = binding.prepareOp('test_call', [], 1);
      const x = float32(binding, [3]);
      expect(floats(binding, binding.execute(op, x) as number)).to.deep.equal([6]);
      expect(floats(binding, (await binding.executeAsync(op, [x]))[0])).to.deep.equal([6]);
      expect(failure(() => binding.execute(op, x, x)).message).to.include('takes 1 inputs, got 2');
    });

    it('can be replaced, also behind a prepared op', () => {
      const x = float32(binding, [3]);
      binding.addFunction(unary('test_replaced', arithmetic('AddV2')));
      const op = binding.prepareOp('test_replaced', [], 1);
      expect(floats(binding, binding.execute(op, x) as number)).to.deep.equal([6]);
      const other = unary('test_replaced', arithmetic('Mul'));
      expect(failure(() => binding.addFunction(other)).message).to.include('test_replaced');
      binding.removeFunction('test_replaced');
      expect(failure(() => binding.execute(op, x))).to.have.property('code', 'NOT_FOUND');
      binding.addFunction(other);
      expect(floats(binding, binding.execute(op, x) as number)).to.deep.equal([9]);
    });

    it('may be added more than once, and then removed as often', () => {
      const bytes = unary('test_counted', arithmetic('AddV2'));
      binding.addFunction(bytes);
      binding.addFunction(bytes);
      const op = binding.prepareOp('test_counted', [], 1);
      binding.removeFunction('test_counted');
      expect(floats(binding, binding.execute(op, float32(binding, [1])) as number)).to.deep.equal([2]);
      binding.removeFunction('test_counted');
      expect(failure(() => binding.removeFunction('test_counted'))).to.have.property('code', 'NOT_FOUND');
    });

    it('must not call themselves', () => {
      expect(failure(() => binding.addFunction(unary('test_self', calling('test_self')))).message).to.include(
        'calls itself',
      );
      const direct: Node = { name: 'n', op: 'test_self', input: ['x'] };
      expect(failure(() => binding.addFunction(unary('test_self', direct))).message).to.include(
        'calls itself',
      );
      binding.addFunction(unary('test_ping', calling('test_pong'), 'n:output:0'));
      expect(failure(() => binding.addFunction(unary('test_pong', calling('test_ping')))).message).to.include(
        'calls itself',
      );
      // Not a circle, though the name comes up twice.
      binding.addFunction(unary('test_pong', arithmetic('AddV2')));
      const op = binding.prepareOp('test_ping', [], 1);
      expect(floats(binding, binding.execute(op, float32(binding, [1])) as number)).to.deep.equal([2]);
    });

    it('that are malformed are refused, at the latest when they run', () => {
      for (const bytes of [new Uint8Array(0), Uint8Array.of(1, 2, 3), new Uint8Array(100).fill(255)]) {
        expect(failure(() => binding.addFunction(bytes)).message).to.include('no FunctionDef');
      }
      expect(failure(() => binding.addFunction(functionDef({ name: 'AddV2' }))).message).to.include('AddV2');
      binding.addFunction(unary('test_unknown_op', arithmetic('NoSuchOp')));
      binding.addFunction(unary('test_no_result', arithmetic('AddV2'), 'elsewhere:z:0'));
      binding.addFunction(unary('test_missing', calling('test_nowhere'), 'n:output:0'));
      for (const name of ['test_unknown_op', 'test_no_result', 'test_missing']) {
        const error = failure(() => binding.execute(binding.prepareOp(name, [], 1), float32(binding, [1])));
        expect(error).to.have.property('op', name);
      }
    });
  });

  describe('variables', () => {
    it('keep a value until their handle is deleted', () => {
      const { variable: one, assign, read } = floatVariable(binding, [2]);
      const { variable: two } = floatVariable(binding, [2]);
      binding.execute(assign, one, float32(binding, [1, 2]));
      binding.execute(assign, two, float32(binding, [3, 4]));
      const before = binding.execute(read, one) as number;
      binding.execute(assign, one, float32(binding, [5, 6]));
      expect(floats(binding, binding.execute(read, one) as number)).to.deep.equal([5, 6]);
      expect(floats(binding, binding.execute(read, two) as number)).to.deep.equal([3, 4]);
      expect(binding.tensorInfo(one)).to.include({ dtype: TF_DTYPE.resource });
      binding.deleteTensors([one, two]);
      expect(floats(binding, before)).to.deep.equal([1, 2]);
      expect(failure(() => binding.execute(read, one))).to.have.property('code', 'NOT_FOUND');
    });
  });
});
