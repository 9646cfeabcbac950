/** Reverse-mode differentiation: a tape records primitives, then walks them backwards by their vjp rules. */
import { apply } from './apply.js';
import { context, withContext, type Recorder } from './context.js';
import { isDifferentiable } from './dtype.js';
import type { ParamsOf, PrimitiveName } from './primitives/index.js';
import type { Tensor } from './tensor.js';
import type { Variable } from './variable.js';
import { vjpRules } from './vjp/index.js';
import type { GradientRule } from './vjp/rule.js';

interface Entry {
  inputs: readonly Tensor[];
  outputs: readonly Tensor[];
  /** Which inputs depend on a source. */
  needs: boolean[];
  pullback(gradients: readonly (Tensor | undefined)[], needs: readonly boolean[]): readonly (Tensor | undefined)[];
}

/** A tensor of zeros like another. */
export const zerosLike = (x: Tensor): Tensor => apply('full', [], { value: 0, shape: x.shape, dtype: x.dtype });
export const onesLike = (x: Tensor): Tensor => apply('full', [], { value: 1, shape: x.shape, dtype: x.dtype });

export class Tape implements Recorder {
  #entries: Entry[] = [];
  #dependent = new Set<Tensor>();
  #reads = new Map<Variable, Tensor[]>();
  #variables: Set<Variable> | undefined;

  /** Tensors whose gradient may be asked for. */
  watch(...tensors: Tensor[]): void {
    for (const tensor of tensors) this.#dependent.add(tensor);
  }

  /** Variables whose gradient may be asked for; every read of one inside `run` is watched. */
  watchVariables(variables: Iterable<Variable>): void {
    this.#variables = new Set(variables);
  }

  /** Called by a variable when it is read. */
  noteRead(variable: Variable, tensor: Tensor): void {
    if (!this.#variables?.has(variable)) return;
    this.watch(tensor);
    const reads = this.#reads.get(variable);
    if (!reads) this.#reads.set(variable, [tensor]);
    else if (!reads.includes(tensor)) reads.push(tensor);
  }

  run<T>(fn: () => T): T {
    return withContext({ tapes: [...context.tapes, this] }, fn);
  }

  record<N extends PrimitiveName>(
    name: N, inputs: readonly Tensor[], params: ParamsOf<N>, outputs: readonly Tensor[],
  ): void {
    if (!inputs.some((input) => this.#dependent.has(input))) return;
    const rule = vjpRules[name] as GradientRule<ParamsOf<N>>;
    if (typeof rule !== 'function') return;
    this.#push(inputs, outputs, (gradients, needs) => rule({ gradients, inputs, outputs, params, needs, newTape }));
  }

  /** Applies a primitive that saves something for its gradient; undefined when it does not, or nothing depends on it. */
  save<N extends PrimitiveName>(
    name: N, inputs: readonly Tensor[], params: ParamsOf<N>, outer: readonly Recorder[],
  ): Tensor[] | undefined {
    const rule = vjpRules[name] as GradientRule<ParamsOf<N>>;
    if (rule === null || typeof rule === 'function') return undefined;
    const needs = this.#needs(inputs);
    if (!needs.includes(true)) return undefined;
    // The tapes around this one record what is done here.
    const { outputs, pullback } = withContext({ tapes: [...outer] }, () => rule.save({ inputs, params, needs, newTape }));
    this.#push(inputs, outputs, pullback);
    return [...outputs];
  }

  /** Whether gradients flow from this tensor to a watched one. */
  dependsOn(tensor: Tensor): boolean {
    return this.#dependent.has(tensor);
  }

  #needs(inputs: readonly Tensor[]): boolean[] {
    return inputs.map((input) => this.#dependent.has(input) && isDifferentiable(input.dtype));
  }

  /** Records a function with a gradient of its own, as `ops.custom_gradient` makes them. */
  recordCustom(
    inputs: readonly Tensor[], outputs: readonly Tensor[],
    pullback: (gradients: readonly (Tensor | undefined)[]) => readonly (Tensor | undefined)[],
  ): void {
    if (inputs.some((input) => this.#dependent.has(input))) this.#push(inputs, outputs, pullback);
  }

  #push(inputs: readonly Tensor[], outputs: readonly Tensor[], pullback: Entry['pullback']): void {
    const needs = this.#needs(inputs);
    if (!needs.includes(true)) return;
    for (const output of outputs) if (isDifferentiable(output.dtype)) this.#dependent.add(output);
    this.#entries.push({ inputs, outputs, needs, pullback });
  }

  /** Gradients of `targets`, weighted by `seeds` (ones when left out), by each source; undefined where none flows. */
  gradients(targets: readonly Tensor[], sources: readonly Tensor[], seeds?: readonly Tensor[]): (Tensor | undefined)[] {
    const found = this.#backward(targets, seeds);
    return sources.map((source) => found.get(source));
  }

  /** Gradients of `targets` by variables; undefined where none flows. */
  variableGradients(targets: readonly Tensor[], variables: readonly Variable[]): (Tensor | undefined)[] {
    const found = this.#backward(targets);
    return variables.map((variable) => {
      const parts = (this.#reads.get(variable) ?? []).flatMap((tensor) => found.get(tensor) ?? []);
      return parts.length === 0 ? undefined : parts.reduce((a, b) => apply('add', [a, b]));
    });
  }

  #backward(targets: readonly Tensor[], seeds?: readonly Tensor[]): Map<Tensor, Tensor> {
    const found = new Map<Tensor, Tensor>();
    const accumulate = (tensor: Tensor, gradient: Tensor): void => {
      const before = found.get(tensor);
      found.set(tensor, before ? apply('add', [before, gradient]) : gradient);
    };
    targets.forEach((target, i) => {
      if (isDifferentiable(target.dtype)) accumulate(target, seeds ? seeds[i] : onesLike(target));
    });
    for (let i = this.#entries.length - 1; i >= 0; i--) {
      const { inputs, outputs, needs, pullback } = this.#entries[i];
      const gradients = outputs.map((output) => found.get(output));
      if (gradients.every((gradient) => gradient === undefined)) continue;
      const parts = pullback(gradients, needs);
      inputs.forEach((input, j) => {
        const part = parts[j];
        if (needs[j] && part) accumulate(input, part);
      });
    }
    return found;
  }
}

const newTape = (): Tape => new Tape();
