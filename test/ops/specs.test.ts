/** What ops infer for tensors with unknown dimensions, against what Keras infers. */
import type { Backend } from '../../src/backend/backend.js';
import { context } from '../../src/engine/context.js';
import { KerasTensor } from '../../src/ops/keras-tensor.js';
import { ellipsis, slice } from '../../src/utils/slice.js';
import { isGoldenTensor, loadGolden, type GoldenValue } from '../golden/golden.js';
import { tensorOf } from '../golden/tensors.js';
import { backendNamed } from '../support/backends.js';
import { opNamed } from '../support/check-op.js';

const CLASH = 'an unknown dimension is taken for a size among the tensors, but not for one of another argument';
const VALUES = 'without num_segments the number of rows depends on values';
const UNLIKE = 'Keras says otherwise of the tensors that it computes';
/** Ops whose symbolic results differ on purpose, and why. */
const DEPARTURES: Readonly<Record<string, string>> = {
  reshape: CLASH,
  segment_sum: VALUES,
  segment_prod: VALUES,
  ctc_decode: 'the batch has the one size that fits, which Keras leaves unknown',
  ...Object.fromEntries([
    'reciprocal', 'multi_hot', 'corrcoef', 'kron', 'left_shift', 'right_shift', 'slogdet', 'lu_factor',
    'adaptive_average_pool', 'adaptive_max_pool', 'eig', 'real', 'imag', 'angle', 'polar',
  ].map((op) => [op, UNLIKE])),
  vsplit: 'an axis may be shorter than the places where it is split',
};

interface Spec {
  shape: (number | null)[];
  dtype: string;
}
interface SpecRow {
  op: string;
  args: GoldenValue[];
  kwargs: Record<string, GoldenValue>;
  outputs: Spec[];
}

const isSpec = (value: object): value is Spec => 'shape' in value && 'dtype' in value;

function convert(value: GoldenValue): unknown {
  if (isGoldenTensor(value)) return tensorOf(value);
  if (Array.isArray(value)) return value.map(convert);
  if (typeof value !== 'object' || value === null) return value;
  if (isSpec(value)) return new KerasTensor(value.shape, value.dtype);
  if ('ellipsis' in value) return ellipsis;
  if ('slice' in value) return slice(...(value.slice as [number | null, number | null, number | null]));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, convert(item as GoldenValue)]));
}

function printed({ op, args, kwargs }: SpecRow): string {
  const text = (arg: GoldenValue): string => JSON.stringify(arg, (_, v: unknown) =>
    (typeof v === 'object' && v !== null && isSpec(v) ? `${v.dtype}[${v.shape.join(',')}]` : v));
  return `${op}(${[...args, kwargs].map(text).join(', ')})`;
}

function differences(row: SpecRow): string[] {
  let made: unknown;
  const named = Object.keys(row.kwargs).length > 0 ? [convert(row.kwargs)] : [];
  try {
    made = opNamed(row.op)(...row.args.map(convert), ...named);
  } catch (error) {
    return [`threw ${(error as Error).name}: ${(error as Error).message}`];
  }
  const results = (Array.isArray(made) ? made : [made]) as KerasTensor[];
  if (results.length !== row.outputs.length) return [`${results.length} results, expected ${row.outputs.length}`];
  return row.outputs.flatMap(({ shape, dtype }, i) => {
    const found = results[i];
    const ours = `${found.dtype}[${found.shape.join(', ')}]`;
    const theirs = `${dtype}[${shape.join(', ')}]`;
    return ours === theirs ? [] : [`expected ${theirs}, received ${ours}`];
  });
}

describe('inferred shapes and dtypes against Keras', () => {
  const { cases } = loadGolden<SpecRow>('symbolic', 'specs');
  let former: Backend | undefined;
  before(function () {
    const backend = backendNamed('tensorflow');
    // Some operands are constants of 64 bits.
    if (!backend) this.skip();
    former = context.backend;
    context.backend = backend;
  });
  after(() => {
    context.backend = former;
  });
  for (const op of new Set(cases.map((row) => row.op))) {
    it(op, () => {
      const found = cases.filter((row) => row.op === op)
        .flatMap((row) => differences(row).map((message) => `${printed(row)}: ${message}`));
      const reason = DEPARTURES[op];
      if (reason === undefined && found.length > 0) throw new Error(`\n  ${found.join('\n  ')}`);
      if (reason !== undefined && found.length === 0) throw new Error(`agrees, so it is no departure any more ("${reason}")`);
    });
  }
});
