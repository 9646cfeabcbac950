/** Muon: steps of matrices made orthogonal; all other weights by Adam. */
import { apply, applyAll } from '../engine/apply.js';
import { scalarTensor } from '../engine/convert.js';
import type { Tensor } from '../engine/tensor.js';
import type { Variable } from '../engine/variable.js';
import { add, divide, multiply, power, sqrt, square, sum, transpose } from '../ops/tensor-math.js';
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { BASE_ARGUMENTS, castTo, Optimizer, type OptimizerOptions } from './optimizer.js';

export interface MuonOptions extends OptimizerOptions {
  /** `beta_1` of the weights that Adam trains. Default 0.9. */
  adam_beta_1?: number;
  /** Their `beta_2`. Default 0.999. */
  adam_beta_2?: number;
  /** Their weight decay. Default 0.004. */
  adam_weight_decay?: number | null;
  /** Adam's epsilon. Default 1e-7. */
  epsilon?: number;
  /** Regular expressions; weights whose path one of them is found in are trained by Adam. Default none. */
  exclude_layers?: readonly string[] | null;
  /** Whether embeddings (by their path) are trained by Adam. Default true. */
  exclude_embeddings?: boolean;
  /** Coefficients of the Newton-Schulz iteration. Defaults 3.4445, -4.775, 2.0315. */
  muon_a?: number;
  muon_b?: number;
  muon_c?: number;
  /** Adam's learning rate as a multiple of the optimizer's. Default 1. */
  adam_lr_ratio?: number;
  /** How much of the running sum of gradients stays at each step. Default 0.95. */
  momentum?: number;
  /** Number of Newton-Schulz iterations. Default 5. */
  ns_steps?: number;
  /** Whether steps look ahead along the momentum. Default true. */
  nesterov?: boolean;
  /** Steps are scaled so that their elements have about this root mean square; null does not. Default 0.2. */
  rms_rate?: number | null;
}
const [, ...AFTER_DECAY] = BASE_ARGUMENTS;
const ARGUMENTS = ['learning_rate', 'adam_beta_1', 'adam_beta_2', 'adam_weight_decay', 'epsilon', 'weight_decay', ...AFTER_DECAY,
  'exclude_layers', 'exclude_embeddings', 'muon_a', 'muon_b', 'muon_c', 'adam_lr_ratio', 'momentum', 'ns_steps', 'nesterov',
  'rms_rate'] as const;
/** Those that are typed by position too: all 27 are more than the compiler unfolds. */
type Positional = readonly ['learning_rate', 'adam_beta_1', 'adam_beta_2', 'adam_weight_decay', 'epsilon', 'weight_decay'];

/**
 * For the matrices inside a network: the running sum of gradients is brought near to an orthogonal matrix by a few
 * Newton-Schulz iterations, `X = a X + (b X X' + c (X X')^2) X`. Weights that are no matrices, embeddings and
 * `exclude_layers` are trained by Adam. Defaults: learning rate 0.001, weight decay 0.004.
 * Source: keras.optimizers.Muon; Jordan et al., 2024; Liu et al., 2025.
 *
 * @example
 * const optimizer = new keras.optimizers.Muon({ learning_rate: 0.01, exclude_layers: ['output'] });
 */
export class Muon extends Optimizer {
  readonly adam_beta_1: number;
  readonly adam_beta_2: number;
  readonly adam_weight_decay: number | null;
  readonly epsilon: number;
  readonly exclude_layers: readonly string[];
  readonly exclude_embeddings: boolean;
  readonly muon_a: number;
  readonly muon_b: number;
  readonly muon_c: number;
  readonly adam_lr_ratio: number;
  readonly momentum: number;
  readonly ns_steps: number;
  readonly nesterov: boolean;
  readonly rms_rate: number | null;
  #momentums: Variable[] = [];
  /** Only for weights that Adam trains. */
  #velocities: (Variable | undefined)[] = [];

  constructor(...args: ConstructorArgs<MuonOptions, Positional>) {
    const options = namedArguments<MuonOptions>('Muon', ARGUMENTS, args, []);
    super({ ...options, weight_decay: options.weight_decay === undefined ? 0.004 : options.weight_decay }, 0.001);
    this.adam_beta_1 = options.adam_beta_1 ?? 0.9;
    this.adam_beta_2 = options.adam_beta_2 ?? 0.999;
    this.adam_weight_decay = options.adam_weight_decay === undefined ? 0.004 : options.adam_weight_decay;
    this.epsilon = options.epsilon ?? 1e-7;
    this.exclude_layers = options.exclude_layers ?? [];
    this.exclude_embeddings = options.exclude_embeddings ?? true;
    this.muon_a = options.muon_a ?? 3.4445;
    this.muon_b = options.muon_b ?? -4.775;
    this.muon_c = options.muon_c ?? 2.0315;
    this.adam_lr_ratio = options.adam_lr_ratio ?? 1;
    this.momentum = options.momentum ?? 0.95;
    this.ns_steps = options.ns_steps ?? 5;
    this.nesterov = options.nesterov ?? true;
    this.rms_rate = options.rms_rate === undefined ? 0.2 : options.rms_rate;
  }

  override build(variables: readonly Variable[]): void {
    if (this.built) return;
    super.build(variables);
    for (const variable of variables) {
      this.#momentums.push(this.add_variable_from_reference(variable, 'momentum'));
      this.#velocities.push(this.#isAdams(variable) ? this.add_variable_from_reference(variable, 'velocity') : undefined);
    }
  }

  #isAdams({ shape, path }: Variable): boolean {
    return shape.length !== 2 || (this.exclude_embeddings && path.toLowerCase().includes('embedding')) ||
      this.exclude_layers.some((pattern) => new RegExp(pattern).test(path));
  }

  protected override decayOf(variable: Variable): number | null {
    return this.#isAdams(variable) ? this.adam_weight_decay : this.weight_decay;
  }

  override update_step(gradient: Tensor, variable: Variable, learning_rate: Tensor): void {
    const index = this.indexOf(variable);
    const momentum = this.#momentums[index];
    const velocity = this.#velocities[index];
    const g = castTo(gradient, variable);
    const rate = castTo(learning_rate, variable);
    if (velocity) this.#adamStep(g, variable, multiply(rate, this.adam_lr_ratio), momentum, velocity);
    else this.#muonStep(g, variable, rate, momentum);
  }

  #adamStep(g: Tensor, variable: Variable, rate: Tensor, momentum: Variable, velocity: Variable): void {
    const { dtype } = variable;
    const betas = [this.adam_beta_1, this.adam_beta_2].map((beta) => scalarTensor(beta, dtype));
    const powers = betas.map((beta, i) => this.once(`beta_${i + 1}`, dtype, () => power(beta, this.step(dtype))));
    const operands = [variable.value, momentum.value, velocity.value, ...powers, rate, ...betas,
      scalarTensor(this.epsilon, dtype), g];
    const [next, m, v] = applyAll('adam_update', operands, {});
    variable.assign(next);
    momentum.assign(m);
    velocity.assign(v);
  }

  #muonStep(g: Tensor, variable: Variable, rate: Tensor, momentum: Variable): void {
    const m = add(g, multiply(momentum.value, this.momentum));
    momentum.assign(m);
    const direction = this.zeropower_via_newtonschulz5(this.nesterov ? add(g, multiply(m, this.momentum)) : m, this.ns_steps);
    variable.assign_sub(this.lr_adjust(multiply(rate, direction)));
  }

  /** A step in the size that `rms_rate` asks for. */
  lr_adjust(x: Tensor): Tensor {
    return this.rms_rate === null ? x : multiply(x, Math.sqrt(Math.max(...x.shape)) * this.rms_rate);
  }

  /** A matrix with its axes exchanged. */
  transpose_last_axis(X: Tensor): Tensor {
    return transpose(X, [1, 0]);
  }

  /** A matrix with the singular vectors of x, and singular values all near 1. */
  zeropower_via_newtonschulz5(x: Tensor, steps: number): Tensor {
    const isTall = x.shape[0] > x.shape[1];
    let wide = isTall ? this.transpose_last_axis(x) : x;
    // No singular value is above the Frobenius norm.
    wide = divide(wide, add(sqrt(sum(square(wide))), 1e-7));
    for (let i = 0; i < steps; i++) {
      const gram = apply('matmul', [wide, wide], { transposeA: false, transposeB: true });
      const squared = apply('matmul', [gram, gram], { transposeA: false, transposeB: false });
      const mixed = add(multiply(gram, this.muon_b), multiply(squared, this.muon_c));
      wide = add(multiply(wide, this.muon_a), apply('matmul', [mixed, wide], { transposeA: false, transposeB: false }));
    }
    return isTall ? this.transpose_last_axis(wide) : wide;
  }

  override get_config(): Record<string, unknown> {
    const { adam_beta_1, adam_beta_2, epsilon, exclude_layers, muon_a, muon_b, muon_c, adam_lr_ratio, momentum, ns_steps,
      nesterov, exclude_embeddings, adam_weight_decay, rms_rate } = this;
    return { ...super.get_config(), adam_beta_1, adam_beta_2, epsilon, exclude_layers: [...exclude_layers], muon_a, muon_b,
      muon_c, adam_lr_ratio, momentum, ns_steps, nesterov, exclude_embeddings, adam_weight_decay, rms_rate };
  }
}
kerasExport(Muon, 'keras.optimizers.Muon');
