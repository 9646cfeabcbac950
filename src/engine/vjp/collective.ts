/** Vjp rules of what several processes compute together. */
import { apply } from '../apply.js';
import { nextOrdinal } from '../ordinals.js';
import type { collective } from '../primitives/collective.js';
import type { ParamsOf } from '../primitives/index.js';
import type { VjpRule } from './rule.js';

export const collectiveVjp = {
  /** The operand of one process is in the results of all. */
  all_reduce: ({ gradients: [g], params: { size } }) => [apply('all_reduce', [g!], { size, ordinal: nextOrdinal() })],
} satisfies { [N in keyof typeof collective]: VjpRule<ParamsOf<N>> };
