/** The equations of EinsumDense: which shapes the weights and the output have. */
import { formatShape, ShapeError, type SymbolicShape } from '../../engine/shape.js';

export interface EinsumShapes {
  kernel: SymbolicShape;
  /** Null where there is no bias. */
  bias: SymbolicShape | null;
  output: SymbolicShape;
  /** Axes of the kernel that are summed over, and those that the output keeps. */
  inputAxes: number[];
  outputAxes: number[];
}

/** The three forms: all axes named, the first ones left open, or the last ones. */
const FORMS = [
  { pattern: /^([a-zA-Z]+),([a-zA-Z]+)->([a-zA-Z]+)$/, openLeft: false },
  { pattern: /^\.\.\.([a-zA-Z]+),([a-zA-Z]+)->\.\.\.([a-zA-Z]+)$/, openLeft: true },
  { pattern: /^([a-zA-Z]{2,})\.\.\.,([a-zA-Z]+)->([a-zA-Z]+)\.\.\.$/, openLeft: false },
];

/**
 * Reads an equation such as `abc,cd->abd`.
 * @param given the output's shape without the batch and without axes that `...` stands for; null: as the input's
 */
export function einsumShapes(
  equation: string, bias_axes: string | null, input: SymbolicShape, given: SymbolicShape,
): EinsumShapes {
  const form = FORMS.map(({ pattern, openLeft }) => ({ match: pattern.exec(equation), openLeft }))
    .find(({ match }) => match !== null);
  if (!form) {
    throw new ShapeError(`EinsumDense cannot read the equation '${equation}'. Expected a form such as 'ab,bc->ac', ` +
      "'...b,bc->...c' or 'ab...,bc->ac...'.");
  }
  const [, inputNames, kernelNames, outputNames] = form.match!;
  const open = input.length - inputNames.length;
  if (open < 0) {
    throw new ShapeError(`The equation '${equation}' of EinsumDense names ${inputNames.length} axes of the inputs, ` +
      `received the shape ${formatShape(input)}.`);
  }
  const openShape = form.openLeft ? input.slice(1, open) : input.slice(input.length - open);
  const output = form.openLeft ? [input[0], ...openShape, ...given] : [input[0], ...given, ...openShape];
  const leading = form.openLeft ? open : 0;
  const inputSize = new Map([...inputNames].map((name, i) => [name, input[i + leading]]));
  const outputSize = new Map([...outputNames].map((name, i) => [name, output[i + leading]]));

  for (const [name, size] of inputSize) {
    const wanted = outputSize.get(name);
    if (wanted !== undefined && wanted !== null && wanted !== size) {
      throw new ShapeError(`The axis '${name}' of the equation '${equation}' has size ${size} in the inputs ` +
        `(shape ${formatShape(input)}), but ${wanted} in the output_shape (in full ${formatShape(output)}).`);
    }
  }
  // Sizes that were left open, where the inputs tell them.
  [...outputNames].forEach((name, i) => {
    const size = outputSize.get(name) ?? inputSize.get(name) ?? null;
    outputSize.set(name, size);
    output[i + leading] = size;
  });
  const unknown = [...outputNames].find((name) => !inputNames.includes(name) && !kernelNames.includes(name));
  if (unknown !== undefined) {
    throw new ShapeError(`The axis '${unknown}' of the output in the equation '${equation}' is neither in the inputs ` +
      `('${inputNames}') nor in the kernel ('${kernelNames}').`);
  }
  const kernel = [...kernelNames].map((name) => {
    const size = outputSize.has(name) ? outputSize.get(name) : inputSize.get(name);
    if (size === undefined) {
      throw new ShapeError(`The axis '${name}' of the kernel in the equation '${equation}' is neither in the inputs ` +
        `('${inputNames}') nor in the output ('${outputNames}') of a shape with that many axes: ` +
        `${formatShape(input)} gives ${formatShape(output)}.`);
    }
    return size;
  });
  const axes = [...kernelNames].map((name, i) => ({ i, kept: outputSize.has(name) }));
  return {
    kernel, output,
    bias: bias_axes === null ? null : biasShape(equation, bias_axes, outputNames, outputSize, form.openLeft ? 0 : open),
    inputAxes: axes.filter(({ kept }) => !kept).map(({ i }) => i),
    outputAxes: axes.filter(({ kept }) => kept).map(({ i }) => i),
  };
}

/** The bias has the axes asked for, and 1 between and behind them so that it can be added. */
function biasShape(
  equation: string, bias_axes: string, outputNames: string, sizes: ReadonlyMap<string, number | null | undefined>,
  trailing: number,
): SymbolicShape {
  const unknown = [...bias_axes].find((name) => !outputNames.includes(name));
  if (unknown !== undefined || bias_axes === '') {
    throw new ShapeError(`The bias_axes of EinsumDense name axes of the output ('${outputNames}' in the equation ` +
      `'${equation}'), received '${bias_axes}'.`);
  }
  const first = Math.min(...[...bias_axes].map((name) => outputNames.indexOf(name)));
  return [
    ...Array.from(outputNames.slice(first), (name) => (bias_axes.includes(name) ? sizes.get(name) ?? null : 1)),
    ...Array.from({ length: trailing }, () => 1),
  ];
}
