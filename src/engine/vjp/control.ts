/** Gradients of control flow: a switch of gradients, a reverse scan; a loop without a bound has none. */
import { apply, applyAll } from '../apply.js';
import type { control, SwitchParams, WhileParams, WithGradientParams } from '../primitives/control.js';
import { avalOf } from '../primitives/control.js';
import type { ParamsOf } from '../primitives/index.js';
import { evaluate, traceClosed } from '../subgraph.js';
import type { Tensor } from '../tensor.js';
import { zeros, type GradientRule, type SavingRule, type VjpRule } from './rule.js';
import { scanVjp } from './scan.js';

const isTensor = (x: Tensor | undefined): x is Tensor => x !== undefined;

/** Each branch computes its results again and their gradients, so that nothing is kept of those not taken. */
const switchVjp: VjpRule<SwitchParams> = ({
  gradients, inputs: [index, ...operands], params: { branches }, needs: [, ...needs], newTape,
}) => {
  const seeds = gradients.filter(isTensor);
  const derived = branches.map((branch) => traceClosed([...operands, ...seeds].map(avalOf), (...args) => {
    const given = args.slice(0, operands.length);
    const sources = given.filter((_, i) => needs[i]);
    const tape = newTape();
    tape.watch(...sources);
    const targets = tape.run(() => evaluate(branch, given)).filter((_, i) => gradients[i]);
    return tape.gradients(targets, sources, args.slice(operands.length)).map((g, i) => g ?? zeros(sources[i]));
  }));
  const found = applyAll('switch', [index, ...operands, ...seeds], { branches: derived });
  let next = 0;
  return [undefined, ...needs.map((isNeeded) => (isNeeded ? found[next++] : undefined))];
};

/** With a bound, the loop is differentiated as a scan of as many steps, of which those after its end do nothing. */
const whileVjp: SavingRule<WhileParams> = {
  save({ inputs, params, needs, newTape }) {
    const { condition, body, constants, maximum } = params;
    if (maximum === null) {
      const outputs = applyAll('while', inputs, params);
      const pullback = (): never => {
        throw new Error('A while_loop has no gradient, because the number of its steps is not known. Give it ' +
          'maximum_iterations, use fori_loop or scan, or keep gradients out with stop_gradient.');
      };
      return { outputs, pullback };
    }
    const avals = inputs.map(avalOf);
    const rest = traceClosed(avals, (...args) => args.slice(constants));
    const step = traceClosed(avals, (...args) => {
      const index = apply('cast', evaluate(condition, args), { dtype: 'int32' });
      return applyAll('switch', [index, ...args], { branches: [rest, body] });
    });
    const tape = newTape();
    tape.watch(...inputs.filter((_, i) => needs[i]));
    const carries = inputs.length - constants;
    const outputs = tape.run(() =>
      applyAll('scan', inputs, { body: step, constants, carries, length: maximum, reverse: false }));
    return {
      outputs,
      pullback: (gradients) =>
        tape.gradients(outputs.filter((_, i) => gradients[i]), inputs, gradients.filter(isTensor)),
    };
  },
};

const withGradientVjp: VjpRule<WithGradientParams> = ({ gradients, inputs, outputs, params }) => {
  const { backward, values, arguments: count } = params;
  const residuals = inputs.slice(values + count);
  const made = evaluate(backward, [...residuals, ...outputs.map((output, i) => gradients[i] ?? zeros(output))]);
  return [...outputs.map(() => undefined), ...made, ...residuals.map(() => undefined)];
};

export const controlVjp = {
  switch: switchVjp,
  while: whileVjp,
  scan: scanVjp,
  barrier: ({ gradients }) => [...gradients, undefined],
  with_gradient: withGradientVjp,
} satisfies { [N in keyof typeof control]: GradientRule<ParamsOf<N>> };
