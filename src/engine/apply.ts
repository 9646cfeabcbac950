/** Application of a primitive: the abstract rule, then the trace or the backend, then the tapes. */
import { activeBackend, context } from './context.js';
import { abstractRules, type ParamsOf, type PrimitiveName, type PlainName } from './primitives/index.js';
import { own } from './scope.js';
import { Tensor } from './tensor.js';
import type { Aval } from '../backend/backend.js';

/** All results of a primitive. Shapes and dtypes are checked by its abstract rule before a backend sees it. */
export function applyAll<N extends PrimitiveName>(
  name: N, inputs: readonly Tensor[], params: ParamsOf<N>,
): Tensor[] {
  const { tapes } = context;
  for (let i = tapes.length - 1; i >= 0; i--) {
    const saved = tapes[i].save(name, inputs, params, tapes.slice(0, i));
    if (saved) return saved;
  }
  const rule = abstractRules[name] as (inputs: readonly Aval[], params: ParamsOf<N>) => Aval | Aval[];
  const abstract = rule(inputs, params);
  const avals = Array.isArray(abstract) ? abstract : [abstract];
  let outputs: Tensor[];
  if (context.tracer) outputs = context.tracer.apply(name, inputs, params, avals);
  else {
    const backend = activeBackend();
    const handles = backend.execute(name, inputs, params, avals);
    outputs = [];
    for (let i = 0; i < handles.length; i++) {
      const tensor = new Tensor(avals[i].shape, avals[i].dtype, backend, handles[i]);
      own(tensor);
      outputs.push(tensor);
    }
  }
  for (const tape of tapes) tape.record(name, inputs, params, outputs);
  return outputs;
}

/** The first result of a primitive. Those without parameters take none. */
export function apply<N extends PlainName>(name: N, inputs: readonly Tensor[]): Tensor;
export function apply<N extends PrimitiveName>(name: N, inputs: readonly Tensor[], params: ParamsOf<N>): Tensor;
export function apply<N extends PrimitiveName>(name: N, inputs: readonly Tensor[], params?: ParamsOf<N>): Tensor {
  return applyAll(name, inputs, (params ?? NO_PARAMS) as ParamsOf<N>)[0];
}

const NO_PARAMS = Object.freeze({});
