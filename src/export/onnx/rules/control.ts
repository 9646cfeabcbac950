/** Control flow in ONNX: Scan, Loop and If, whose bodies see the names around them. */
import type { control, ScanParams, SwitchParams, WhileParams } from '../../../engine/primitives/control.js';
import type { Builder, Ref, Rule } from '../builder.js';
import type { RuleTable } from './table.js';

const named = (b: Builder, refs: readonly Ref[]): Ref[] => refs.map((ref) => (ref.weight ? ref : { last: b.last(ref) }));
const refsOf = (names: readonly string[]): Ref[] => names.map((last) => ({ last }));
const namesOf = (b: Builder, refs: readonly Ref[]): string[] => refs.map((ref) => b.last(ref));

/** The branch of the index, by one If inside of the other. */
function branches(b: Builder, index: string, operands: readonly Ref[], { branches: graphs }: SwitchParams, from = 0): string[] {
  if (from === graphs.length - 1) return namesOf(b, b.evaluate(graphs[from], operands));
  const isThis = b.op('LessOrEqual', [index, b.scalar(from, 'int32')]);
  return b.ops('If', [isThis], {
    then_branch: { body: b.body([], () => namesOf(b, b.evaluate(graphs[from], named(b, operands)))) },
    else_branch: { body: b.body([], () => branches(b, index, named(b, operands), { branches: graphs }, from + 1)) },
  }, graphs[from].outputs.length);
}

const LOOP_HEAD = [{ shape: [], dtype: 'int64' }, { shape: [], dtype: 'bool' }] as const;

const whileLoop: Rule<WhileParams> = (b, x, { params: { condition, body, constants, maximum } }) => {
  const fixed = named(b, x.slice(0, constants));
  const initial = x.slice(constants);
  const [holds] = namesOf(b, b.evaluate(condition, [...fixed, ...initial]));
  const most = maximum === null ? '' : b.scalar(maximum, 'int64');
  const avals = body.inputs.slice(constants);
  return b.ops('Loop', [most, holds, ...initial], { body: { body: b.body([...LOOP_HEAD, ...avals], (names) => {
    const next = b.evaluate(body, [...fixed, ...refsOf(names.slice(2))]);
    const [goesOn] = namesOf(b, b.evaluate(condition, [...fixed, ...next]));
    return [goesOn, ...namesOf(b, next)];
  }) } }, initial.length);
};

const scan: Rule<ScanParams> = (b, x, { params: { body, constants, carries, length, reverse } }) => {
  const fixed = named(b, x.slice(0, constants));
  const initial = x.slice(constants, constants + carries);
  const sequences = x.slice(constants + carries);
  const results = body.outputs.length - carries;
  if (sequences.length === 0) {
    const avals = body.inputs.slice(constants);
    const made = b.ops('Loop', [b.scalar(length, 'int64'), '', ...initial], { body: { body: b.body([...LOOP_HEAD, ...avals],
      ([, goesOn, ...names]) => [goesOn, ...namesOf(b, b.evaluate(body, [...fixed, ...refsOf(names)]))]) } }, body.outputs.length);
    if (!reverse) return made;
    const backwards = (name: string): string =>
      b.op('Slice', [name, b.ints([-1]), b.ints([Number.MIN_SAFE_INTEGER]), b.ints([0]), b.ints([-1])]);
    return made.map((name, i) => (i < carries ? name : backwards(name)));
  }
  const directions = (count: number): { ints: number[] } => ({ ints: Array.from({ length: count }, () => (reverse ? 1 : 0)) });
  return b.ops('Scan', [...initial, ...sequences], {
    body: { body: b.body(body.inputs.slice(constants), (names) => namesOf(b, b.evaluate(body, [...fixed, ...refsOf(names)]))) },
    num_scan_inputs: { int: sequences.length },
    scan_input_directions: directions(sequences.length),
    ...(results > 0 ? { scan_output_directions: directions(results) } : {}),
  }, body.outputs.length);
};

export const controlRules: RuleTable<keyof typeof control> = {
  switch: (b, [index, ...operands], { params }) => branches(b, b.last(index), operands, params),
  while: whileLoop,
  scan,
  barrier: (b, x) => namesOf(b, x.slice(0, -1)),
  with_gradient: (b, x, { params: { values } }) => namesOf(b, x.slice(0, values)),
};
