import { expect } from 'chai';
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { numbersToBits } from '../../src/engine/host.js';
import { ArgumentSpec, ExportError } from '../../src/export/input-signature.js';
import { DEFAULT_OPSET, encodeAsOnnx } from '../../src/export/onnx/export-onnx.js';
import { difference, isGoldenTensor, loadGolden, type GoldenCall, type GoldenTensor } from '../golden/golden.js';
import { callWith, describeCall, opNamed, tensorsIn } from '../support/check-op.js';

const VALUES = /cannot be used in a compiled function/;
const CUMULATIVE = /ONNX has no cumulative products/;
const SIGNED = /ONNX shifts the bits of unsigned integers alone/;

/** Ops of each family that have no ONNX form, by what the message says of it. */
const FAMILIES: Readonly<Record<string, Readonly<Record<string, RegExp>>>> = {
  activations: {}, attention: {}, binary: {}, choosing: { nonzero: VALUES }, comparison: {}, convolution: {}, creation: {},
  cross_entropies: { sparse_categorical_crossentropy: /losses are for training/ },
  folding: {}, image: {}, image_resize: {}, image_sampling: { 'image.perspective_transform': /no factorizations and solutions/ },
  indexing: {}, normalization: {}, norms: {}, numpy_arrays: { pad: /no padding of mode 'symmetric'/ },
  numpy_elementwise: {
    erfinv: /no inverse of erf/, bitwise_left_shift: SIGNED, bitwise_right_shift: SIGNED, left_shift: SIGNED, right_shift: SIGNED },
  numpy_statistics: { nancumprod: CUMULATIVE },
  ordering: { cumprod: CUMULATIVE, bincount: VALUES, segment_sum: VALUES, segment_max: VALUES },
  pooling: {}, products: {}, reductions: {}, rest: { erfinv: /no inverse of erf/, nancumprod: CUMULATIVE }, shapes: {},
  signals: { nextafter: /does not read bits/, i0: /no Bessel functions/, unique: VALUES, segment_prod: VALUES },
  unary: {},
};
/**
 * Calls in which the ops here depart from Python's (see their tests), and those whose results overflow: what is more than an
 * int32 or a float32 holds differs between runtimes.
 */
const LEFT_OUT = /^(add\("float32\[2,1,3\]|vstack|saturate_cast|nancumsum)/;
const HELD = new Set(['float32', 'int32', 'bool']);
const ROWS_OF_AN_OP = 2;

/** The first calls of each op whose operands and results are tensors of dtypes that onnxruntime has for all ops. */
function rowsOf(family: string): GoldenCall[] {
  const counts = new Map<string, number>();
  return loadGolden('ops', family).cases.filter((row) => {
    const inputs = [...row.args, row.kwargs].flatMap(tensorsIn);
    const fits = inputs.length > 0 && [...inputs, ...row.outputs].every((item) => isGoldenTensor(item) && HELD.has(item.dtype));
    const count = counts.get(row.op) ?? 0;
    if (!fits || count >= ROWS_OF_AN_OP || LEFT_OUT.test(describeCall(row))) return false;
    counts.set(row.op, count + 1);
    return true;
  });
}

const inputsOf = (row: GoldenCall): GoldenTensor[] => [...row.args, row.kwargs].flatMap(tensorsIn);
const specsOf = (inputs: readonly GoldenTensor[]): ArgumentSpec[] =>
  inputs.map(({ shape, dtype }) => new ArgumentSpec(shape, dtype as ArgumentSpec['dtype'], null));

/** All calls as one function of all their operands. */
const together = (rows: readonly GoldenCall[]) => (...operands: unknown[]): unknown[] => {
  let next = 0;
  return rows.flatMap((row) => {
    const count = inputsOf(row).length;
    next += count;
    return callWith(opNamed(row.op), row, operands.slice(next - count, next));
  });
};

describe("export to ONNX: Keras's ops against Python's results", () => {
  for (const [family, refusals] of Object.entries(FAMILIES)) {
    it(family, async () => {
      const refused: string[] = [];
      const rows = rowsOf(family).filter((row) => {
        try {
          encodeAsOnnx(together([row]), specsOf(inputsOf(row)), DEFAULT_OPSET, row.op);
          return true;
        } catch (error) {
          if (!(error instanceof ExportError)) throw error;
          expect(error.message, describeCall(row)).to.match(refusals[row.op] ?? /^expected to be exported$/);
          refused.push(row.op);
          return false;
        }
      });
      expect([...new Set(refused)].toSorted()).to.deep.equal(Object.keys(refusals).toSorted());

      const inputs = rows.flatMap(inputsOf);
      const session = await InferenceSession.create(Buffer.concat([...encodeAsOnnx(together(rows), specsOf(inputs), DEFAULT_OPSET, family).chunks()]));
      const results = await session.run(Object.fromEntries(inputs.map(({ dtype, shape, data }, i) => [
        session.inputNames[i], new OrtTensor(dtype as 'float32', numbersToBits(data, dtype as 'float32') as Float32Array, shape)])));
      const wrong = rows.flatMap((row) => row.outputs.map((output) => ({ row, output: output as GoldenTensor }))).flatMap(({ row, output }, i) => {
        const { dims: shape, data } = results[session.outputNames[i]];
        const message = difference({ shape, data: data as Float32Array }, output, { rtol: 1e-5, atol: 1e-5 });
        return message === undefined ? [] : [`${describeCall(row)}: ${message}`];
      });
      expect(wrong).to.deep.equal([]);
      expect(rows.length).to.be.greaterThan(1);
    });
  }
});
