/** EinsumDense: a dense layer over any axes, described by an equation. */
import type { Tensor } from '../../engine/tensor.js';
import type { SymbolicShape } from '../../engine/shape.js';
import type { Variable } from '../../engine/variable.js';
import * as activations from '../../activations/index.js';
import * as constraints from '../../constraints/index.js';
import * as initializers from '../../initializers/index.js';
import * as ops from '../../ops/index.js';
import * as regularizers from '../../regularizers/index.js';
import { kerasExport } from '../../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../../utils/arguments.js';
import { ArgumentError } from '../../utils/checks.js';
import { InputSpec } from '../input-spec.js';
import { Layer, type LayerOptions } from '../layer.js';
import { einsumShapes } from './einsum-equation.js';

export interface EinsumDenseOptions extends LayerOptions {
  /** Inputs, kernel and output by axes: `ab,bc->ac`; `...` stands for any first or last axes. */
  equation: string;
  /** The output's shape without the batch and without the axes of `...`; null where the inputs have the size. */
  output_shape: number | readonly (number | null)[];
  /** Applied to the result. Default: none. */
  activation?: activations.Identifier;
  /** Axes of the output, by their letters, that a bias is added along. Default null: no bias. */
  bias_axes?: string | null;
  /** Default `glorot_uniform`. */
  kernel_initializer?: initializers.Identifier;
  /** Default `zeros`. */
  bias_initializer?: initializers.Identifier;
  kernel_regularizer?: regularizers.Identifier;
  bias_regularizer?: regularizers.Identifier;
  kernel_constraint?: constraints.Identifier;
  bias_constraint?: constraints.Identifier;
}

const ARGUMENTS = ['equation', 'output_shape', 'activation', 'bias_axes', 'kernel_initializer', 'bias_initializer',
  'kernel_regularizer', 'bias_regularizer', 'kernel_constraint', 'bias_constraint'] as const;

/**
 * `activation(einsum(equation, inputs, kernel) + bias)`: a dense layer whose axes an equation names. For what `Dense`
 * cannot do: several axes in or out at once, or others than the last.
 *
 * Input and output shapes are those of the equation. Source: keras.layers.EinsumDense.
 *
 * @throws ShapeError for an equation that cannot be read, or that the shapes do not fit
 * @example
 * const heads = new keras.layers.EinsumDense('abc,cde->abde', [null, 2, 4], { bias_axes: 'de' });
 * heads(keras.ops.ones([1, 5, 8])).shape; // [1, 5, 2, 4]
 */
export class EinsumDense extends Layer {
  static override call_arguments: readonly string[] = [];

  readonly equation: string;
  readonly partial_output_shape: SymbolicShape;
  readonly bias_axes: string | null;
  readonly activation: activations.Activation;
  readonly kernel_initializer: initializers.InitializerFunction;
  readonly bias_initializer: initializers.InitializerFunction;
  readonly kernel_regularizer: regularizers.RegularizerFunction | null;
  readonly bias_regularizer: regularizers.RegularizerFunction | null;
  readonly kernel_constraint: constraints.ConstraintFunction | null;
  readonly bias_constraint: constraints.ConstraintFunction | null;
  kernel!: Variable;
  bias: Variable | null = null;

  constructor(...args: ConstructorArgs<EinsumDenseOptions, typeof ARGUMENTS>) {
    const options = namedArguments<EinsumDenseOptions>('EinsumDense', ARGUMENTS, args);
    super(options);
    if (typeof options.equation !== 'string') {
      throw new ArgumentError(`EinsumDense: the argument 'equation' must be a string such as 'ab,bc->ac', received ` +
        `${JSON.stringify(options.equation) ?? 'undefined'}.`);
    }
    this.equation = options.equation;
    this.partial_output_shape = outputShape(options.output_shape);
    this.bias_axes = options.bias_axes ?? null;
    this.activation = activations.get(options.activation ?? null);
    this.kernel_initializer = initializers.get(options.kernel_initializer ?? 'glorot_uniform');
    this.bias_initializer = initializers.get(options.bias_initializer ?? 'zeros');
    this.kernel_regularizer = regularizers.get(options.kernel_regularizer ?? null);
    this.bias_regularizer = regularizers.get(options.bias_regularizer ?? null);
    this.kernel_constraint = constraints.get(options.kernel_constraint ?? null);
    this.bias_constraint = constraints.get(options.bias_constraint ?? null);
  }

  override build(input_shape: SymbolicShape): void {
    const { kernel, bias, inputAxes, outputAxes } = this.#shapesFor(input_shape);
    this.input_spec = new InputSpec({ ndim: input_shape.length });
    this.kernel = this.add_weight({
      name: 'kernel', shape: kernel, initializer: withAxes(this.kernel_initializer, inputAxes, outputAxes),
      regularizer: this.kernel_regularizer, constraint: this.kernel_constraint });
    if (bias) {
      this.bias = this.add_weight({
        name: 'bias', shape: bias, initializer: this.bias_initializer,
        regularizer: this.bias_regularizer, constraint: this.bias_constraint });
    }
  }

  #shapesFor(input_shape: SymbolicShape): ReturnType<typeof einsumShapes> {
    return einsumShapes(this.equation, this.bias_axes, input_shape, this.partial_output_shape);
  }

  override call(inputs: Tensor): Tensor {
    let x = ops.einsum(this.equation, inputs, this.kernel);
    if (this.bias) x = ops.add(x, this.bias);
    return this.activation(x);
  }

  override compute_output_shape(input_shape: SymbolicShape): SymbolicShape {
    return this.#shapesFor(input_shape).output;
  }

  override get_config(): Record<string, unknown> {
    return {
      ...super.get_config(),
      output_shape: this.partial_output_shape,
      equation: this.equation,
      activation: activations.serialize(this.activation),
      bias_axes: this.bias_axes,
      kernel_initializer: initializers.serialize(this.kernel_initializer),
      bias_initializer: initializers.serialize(this.bias_initializer),
      kernel_regularizer: regularizers.serialize(this.kernel_regularizer),
      bias_regularizer: regularizers.serialize(this.bias_regularizer),
      activity_regularizer: regularizers.serialize(this.activity_regularizer),
      kernel_constraint: constraints.serialize(this.kernel_constraint),
      bias_constraint: constraints.serialize(this.bias_constraint),
      quantization_config: null,
    };
  }
}
kerasExport(EinsumDense, 'keras.layers.EinsumDense');

function outputShape(value: unknown): SymbolicShape {
  const shape: unknown = typeof value === 'number' ? [value] : value;
  if (!Array.isArray(shape) || !shape.every((d) => d === null || (Number.isInteger(d) && d > 0))) {
    throw new ArgumentError("EinsumDense: the argument 'output_shape' must be a positive integer, or an array of them " +
      `and null, received ${JSON.stringify(value) ?? 'undefined'}.`);
  }
  return shape as SymbolicShape;
}

/** An initializer that looks at fans is told which axes of the kernel lead in and out. */
function withAxes(
  initializer: initializers.InitializerFunction, input_axes: number[], output_axes: number[],
): initializers.InitializerFunction {
  const known = initializer instanceof initializers.VarianceScaling && initializer.input_axes && initializer.output_axes;
  if (!(initializer instanceof initializers.VarianceScaling) || known) return initializer;
  const make = initializer.constructor as new (options: Record<string, unknown>) => initializers.VarianceScaling;
  // The seed itself: one drawn by default is not in the config, and must stay.
  return new make({ ...initializer.get_config(), seed: initializer.seed, input_axes, output_axes });
}
