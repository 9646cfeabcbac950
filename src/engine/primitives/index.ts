/** The closed set of primitives. Every table of rules is typed by it, so a missing rule does not compile. */
import type { AbstractRule, NoParams } from './rule.js';
import { collective } from './collective.js';
import { complex } from './complex.js';
import { control } from './control.js';
import { elementwise } from './elementwise.js';
import { fourier } from './fourier.js';
import { indexing } from './indexing.js';
import { linalg } from './linalg.js';
import { linear } from './linear.js';
import { neural } from './neural.js';
import { random } from './random.js';
import { reduction } from './reduction.js';
import { structure } from './structure.js';

export const abstractRules = {
  ...elementwise, ...reduction, ...structure, ...indexing, ...linear, ...neural, ...random,
  ...linalg, ...fourier, ...complex, ...control, ...collective,
};

export type PrimitiveName = keyof typeof abstractRules;
export type ParamsOf<N extends PrimitiveName> = (typeof abstractRules)[N] extends AbstractRule<infer P> ? P : never;
/** Primitives that take operands only. */
export type PlainName = { [N in PrimitiveName]: NoParams extends ParamsOf<N> ? N : never }[PrimitiveName];
