/** The form of a table of rules: a primitive without a rule, or a reason why it has none, does not compile. */
import type { ParamsOf, PrimitiveName } from '../../../engine/primitives/index.js';
import type { Rule } from '../builder.js';

/** A rule, or why ONNX cannot compute the primitive. */
export type RuleOrRefusal<P> = Rule<P> | string;
export type RuleTable<Names extends PrimitiveName> = { [N in Names]: RuleOrRefusal<ParamsOf<N>> };

/** Thrown by rules for parameters that ONNX lacks; where it happened is added by the emitter. */
export class Refusal extends Error {
  override name = 'Refusal';
}
export const refuse = (reason: string): Refusal => new Refusal(reason);

export const GRADIENT = 'gradients are for training, and an ONNX file is for inference';
export const RANDOM = 'ONNX has no random numbers that follow from a seed; export the model with layers that draw none in inference';
