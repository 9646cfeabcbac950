/** An operation of the graph whose results are known without tracing it: loops, whose length may be unknown. */
import { context } from '../engine/context.js';
import { tidy } from '../engine/scope.js';
import { hasKerasTensor, KerasTensor } from '../ops/keras-tensor.js';
import { Operation } from '../ops/operation.js';

type Run = (...args: never[]) => unknown;

export class SpecifiedOperation extends Operation {
  readonly #run: (...args: unknown[]) => unknown;
  readonly #spec: (...args: unknown[]) => unknown;

  constructor(run: Run, spec: Run) {
    super();
    this.#run = run as (...args: unknown[]) => unknown;
    this.#spec = spec as (...args: unknown[]) => unknown;
  }

  override call(...args: unknown[]): unknown {
    return this.#run(...args);
  }

  override compute_output_spec(...args: unknown[]): unknown {
    return this.#spec(...args);
  }
}

/** Runs a function of operands now, or adds it to the graph when one of them is symbolic. */
export function runOrRecord(run: Run, spec: Run, operands: readonly unknown[]): unknown {
  if (hasKerasTensor(operands)) return new SpecifiedOperation(run, spec).symbolic_call(operands);
  const call = (): unknown => (run as (...args: unknown[]) => unknown)(...operands);
  return context.memoryScope || context.tracer ? call() : tidy(call);
}

/** A symbolic tensor without one of its axes. */
export const withoutAxis = (x: KerasTensor, axis: number): KerasTensor =>
  new KerasTensor(x.shape.filter((_, i) => i !== axis), x.dtype);

/** A symbolic tensor with one more axis. */
export const withAxis = (x: KerasTensor, axis: number, length: number | null): KerasTensor =>
  new KerasTensor([...x.shape.slice(0, axis), length, ...x.shape.slice(axis)], x.dtype);
