/** Lowering of what several processes compute together: TensorFlow's collectives. */
import type { collective } from '../../../engine/primitives/collective.js';
import type { LoweringTable } from './builder.js';

/** The key of the group of all processes; there is no other. */
const GROUP_KEY = 1;

/**
 * TensorFlow finds operands that belong together by this number, which must differ where shapes do: made of what all
 * processes know, whatever the order in which they trace their programs.
 */
function instanceKey(dtype: string, elements: number, ordinal: number): number {
  let hash = 2166136261;
  for (const character of `${dtype}/${elements}/${ordinal}`) hash = Math.imul(hash ^ character.charCodeAt(0), 16777619);
  return hash & 0x7fffffff;
}

export const collectiveLowering: LoweringTable<keyof typeof collective> = {
  all_reduce: (b, [x], { params: { size, ordinal }, inputs: [{ shape, dtype }] }) => {
    const elements = shape.reduce((n, d) => n * d, 1);
    // An empty operand would crash the group's leader.
    if (size === 1 || elements === 0) return b.op('Identity', [x]);
    return b.op('CollectiveReduceV2',
      [x, ...[size, GROUP_KEY, instanceKey(dtype, elements, ordinal)].map((value) => b.scalar(value, 'int32'))], {
        T: { type: dtype }, merge_op: { string: 'Add' }, final_op: { string: 'Id' }, communication_hint: { string: 'auto' },
        timeout_seconds: { float: 0 }, is_stateless: { bool: false }, Nordering_token: { int: 0 },
        max_subdivs_per_device: { int: -1 } });
  },
};
