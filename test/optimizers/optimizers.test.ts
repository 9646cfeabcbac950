import { expect } from 'chai';
import * as constraints from '../../src/constraints/index.js';
import { toTensor } from '../../src/engine/convert.js';
import { jit } from '../../src/engine/jit.js';
import type { Tensor } from '../../src/engine/tensor.js';
import { Variable } from '../../src/engine/variable.js';
import { multiply, sign } from '../../src/ops/tensor-math.js';
import * as optimizers from '../../src/optimizers/index.js';
import { array } from '../golden/arrays.js';
import { loadGolden, type GoldenTensor, type Tolerance } from '../golden/golden.js';
import { expectTensor, tensorOf } from '../golden/tensors.js';

interface Case {
  class_name: string;
  options: Record<string, unknown>;
  config: Record<string, unknown>;
  serialized: Record<string, unknown>;
  names: string[];
  start: GoldenTensor[];
  grads: (GoldenTensor | null)[][];
  steps: { variables: GoldenTensor[]; iterations: number; learning_rate: number }[];
  optimizer_variables: { name: string; path: string; value: GoldenTensor }[];
  exclude_from_weight_decay?: string[];
  constraint?: string;
  finalized?: GoldenTensor[];
}

const FAMILIES = [
  'sgd', 'sgd_extra', 'adam', 'adamw', 'rmsprop', 'adagrad', 'adadelta', 'adafactor', 'adamax', 'ftrl',
  'lamb', 'lion', 'nadam', 'muon', 'schedule_free_on_jax',
];
const TOLERANCE: Tolerance = { rtol: 2e-5, atol: 2e-6 };

function make({ class_name, options, names, start, constraint, exclude_from_weight_decay }: Case):
{ optimizer: optimizers.Optimizer; variables: Variable[] } {
  const variables = start.map((value, i) => {
    const variable = new Variable(tensorOf(value), { name: names[i] });
    if (constraint && i === 0) variable.constraint = constraints.get(constraint);
    return variable;
  });
  const optimizer = new (optimizers[class_name as 'SGD'])(options as object);
  if (exclude_from_weight_decay) optimizer.exclude_from_weight_decay({ var_names: exclude_from_weight_decay });
  optimizer.build(variables);
  return { optimizer, variables };
}

const gradientsOf = (row: Case, step: number): (Tensor | null)[] => row.grads[step].map((g) => g && tensorOf(g));
const describeCase = ({ class_name, options }: Case): string => `${class_name}(${JSON.stringify(options)})`;

type Runner = (row: Case, made: ReturnType<typeof make>) => (step: number) => Tensor[];

/** The ways to do a step; each gives the variables' values after it. */
const RUNNERS: Record<string, Runner> = {
  eager: (row, { optimizer, variables }) => (step) => {
    optimizer.apply(gradientsOf(row, step), variables);
    return variables.map((variable) => variable.value);
  },
  compiled: (row, { optimizer, variables }) => {
    const apply = jit((...gradients: (Tensor | null)[]) => optimizer.apply(gradients, variables));
    return (step) => {
      apply(...gradientsOf(row, step));
      return variables.map((variable) => variable.value);
    };
  },
  stateless: (row, { optimizer, variables }) => {
    let trainable: Tensor[] = variables.map((variable) => variable.value);
    let own: Tensor[] = optimizer.variables.map((variable) => variable.value);
    return (step) => {
      [trainable, own] = optimizer.stateless_apply(own, gradientsOf(row, step), trainable);
      return trainable;
    };
  },
};

describe('optimizers: the steps, states and configs of Python Keras', () => {
  for (const family of FAMILIES) {
    for (const [way, runner] of Object.entries(RUNNERS)) {
      it(`${family}, ${way}`, () => {
        for (const row of loadGolden<Case>('optimizers', family).cases) {
          const what = `${describeCase(row)} ${way}`;
          const made = make(row);
          const run = runner(row, made);
          row.steps.forEach(({ variables, iterations, learning_rate }, step) => {
            const values = run(step);
            variables.forEach((value, i) => expectTensor(values[i], value, `${what}: ${row.names[i]} after step ${step}`, TOLERANCE));
            if (way === 'stateless') return;
            expect(toTensor(made.optimizer.iterations).item(), what).to.equal(iterations);
            expect(toTensor(made.optimizer.learning_rate).item(), what).to.be.closeTo(learning_rate, 1e-6);
          });
          if (way === 'stateless') {
            row.start.forEach((value, i) => expectTensor(made.variables[i].value, value, `${what}: untouched`));
            continue;
          }
          const own = made.optimizer.variables;
          // Names that Keras makes up are numbered.
          const plain = ({ name }: { name: string }): string => name.replace(/^variable_\d+$/, 'variable');
          expect(own.map(plain), what).to.deep.equal(row.optimizer_variables.map(plain));
          row.optimizer_variables.forEach(({ value }, i) => expectTensor(own[i].value, value, `${what}: ${own[i].name}`, TOLERANCE));
          if (!row.finalized) continue;
          made.optimizer.finalize_variable_values(made.variables);
          row.finalized.forEach((value, i) => expectTensor(made.variables[i].value, value, `${what}: finalized`, TOLERANCE));
        }
      });
    }

    it(`${family}, configs`, () => {
      for (const row of loadGolden<Case>('optimizers', family).cases) {
        const { optimizer } = make(row);
        const config = optimizer.get_config();
        expect({ ...config, name: row.config.name }, describeCase(row)).to.deep.equal(row.config);
        if (row.options.name) expect(config.name).to.equal(row.options.name);
        const again = optimizers.deserialize(row.serialized);
        expect(optimizers.serialize(again), describeCase(row)).to.deep.equal(row.serialized);
        expect(again.variables.map(({ path }) => path)).to.deep.equal(
          row.optimizer_variables.slice(0, again.variables.length).map(({ path }) => path));
      }
    });
  }

  it('schedules', () => {
    const { schedules } = optimizers;
    interface Row { class_name: string; args: unknown[]; kwargs: object; config: object; serialized: unknown; steps: number[]; values: GoldenTensor }
    for (const { class_name, args, kwargs, config, serialized, steps, values } of loadGolden<Row>('optimizers', 'schedules').cases) {
      const Schedule = schedules[class_name as 'CosineDecay'] as unknown as new (...args: unknown[]) => InstanceType<typeof schedules.CosineDecay>;
      const schedule = new Schedule(...args, kwargs);
      const what = `${class_name}(${JSON.stringify(args)})`;
      expect(schedule.get_config(), what).to.deep.equal(config);
      expect(schedules.serialize(schedule), what).to.deep.equal(serialized);
      const compiled = jit((step: Tensor) => schedule(step));
      for (const rate of [schedule, schedules.deserialize(serialized), compiled]) {
        const found = steps.map((step) => rate(toTensor(BigInt64Array.of(BigInt(step)), 'int64')).dataSync()[0] as number);
        expectTensor(array(Float32Array.from(found)), values, what);
      }
    }
    expect(() => new schedules.CosineDecay(0.1, 0)).to.throw(/decay_steps.*0/);
    expect(() => new schedules.PiecewiseConstantDecay([1], [1])).to.throw(/1 boundaries and 1 values/);
  });
});

describe('LossScaleOptimizer', () => {
  interface Row {
    options: object;
    config: { inner_optimizer: unknown };
    start: GoldenTensor[];
    grads: GoldenTensor[][];
    steps: { scale_before: number; scale: number; variables: GoldenTensor[] }[];
    optimizer_variables: { name: string; value: GoldenTensor }[];
  }
  for (const way of ['eager', 'compiled'] as const) {
    it(`leaves out steps that overflow, ${way}`, () => {
      for (const { options, config, start, grads, steps, optimizer_variables } of loadGolden<Row>('optimizers', 'loss_scale_optimizer').cases) {
        const variables = start.map((value) => new Variable(tensorOf(value), { name: 'w' }));
        const inner = optimizers.deserialize(config.inner_optimizer);
        const optimizer = new optimizers.LossScaleOptimizer({ inner_optimizer: inner, ...options });
        optimizer.build(variables);
        const plain = (...gradients: Tensor[]): void => optimizer.apply(gradients, variables);
        const apply = way === 'eager' ? plain : jit(plain);
        steps.forEach((step, i) => {
          expect(optimizer.scale_loss(array(1)).item()).to.equal(step.scale_before);
          // The gradients in the file are those of the loss before it is scaled.
          apply(...grads[i].map((gradient) => multiply(tensorOf(gradient), step.scale_before)));
          expect(optimizer.dynamic_scale!.value.item(), `scale after step ${i}`).to.equal(step.scale);
          step.variables.forEach((value, j) => expectTensor(variables[j].value, value, `variable ${j} after step ${i}`, TOLERANCE));
        });
        expect(optimizer.variables.map(({ name }) => name)).to.deep.equal(optimizer_variables.map(({ name }) => name));
        optimizer_variables.forEach(({ value }, i) => expectTensor(optimizer.variables[i].value, value, optimizer.variables[i].name));
        const again = optimizers.deserialize(optimizers.serialize(optimizer));
        expect(again.get_config()).to.deep.equal(optimizer.get_config());
        optimizer.learning_rate = 0.5;
        expect(toTensor(inner.learning_rate).item()).to.equal(0.5);
      }
    });
  }
});

describe('LossScaleOptimizer.check_finite', () => {
  it('looks at all gradients that are there', () => {
    const optimizer = new optimizers.LossScaleOptimizer(new optimizers.SGD());
    expect(optimizer.check_finite([array([1]), null]).item()).to.equal(1);
    expect(optimizer.check_finite([array([1]), array([Number.NaN])]).item()).to.equal(0);
  });
});

describe('MultiOptimizer', () => {
  interface Row {
    options: object;
    serialized: { config: Record<string, unknown> };
    start: GoldenTensor[];
    grads: GoldenTensor[][];
    steps: GoldenTensor[][];
    optimizer_variables: { name: string; value: GoldenTensor }[];
    finalized: GoldenTensor[];
  }
  for (const way of ['eager', 'compiled'] as const) {
    it(`each variable by the optimizer of its path, ${way}`, () => {
      for (const { options, serialized, start, grads, steps, optimizer_variables, finalized } of
        loadGolden<Row>('optimizers', 'multi_optimizer').cases) {
        const variables = start.map((value, i) => new Variable(tensorOf(value), { name: ['kernel', 'bias'][i] }));
        const optimizer = optimizers.deserialize(serialized) as optimizers.MultiOptimizer;
        const what = JSON.stringify(options);
        optimizer.build(variables);
        const plain = (...gradients: Tensor[]): void => optimizer.apply(gradients, variables);
        const apply = way === 'eager' ? plain : jit(plain);
        steps.forEach((step, i) => {
          apply(...grads[i].map(tensorOf));
          step.forEach((value, j) => expectTensor(variables[j].value, value, `${what}: variable ${j} after step ${i}`, TOLERANCE));
        });
        const plainName = ({ name }: { name: string }): string => name.replace(/^variable_\d+$/, 'variable');
        expect(optimizer.variables.map(plainName)).to.deep.equal(optimizer_variables.map(plainName));
        optimizer_variables.forEach(({ value }, i) =>
          expectTensor(optimizer.variables[i].value, value, `${what}: ${optimizer.variables[i].path}`, TOLERANCE));
        expect(optimizers.serialize(optimizer)).to.deep.equal(serialized);
        optimizer.finalize_variable_values(variables);
        finalized.forEach((value, i) => expectTensor(variables[i].value, value, `${what}: finalized`, TOLERANCE));
      }
    });
  }

  it('takes a function instead of a map', () => {
    const [a, b] = ['a', 'b'].map((name) => new Variable(array([1, 2]), { name }));
    const [fast, slow] = [new optimizers.SGD(1), new optimizers.SGD(0.25)];
    const optimizer = new optimizers.MultiOptimizer((variable: Variable) => (variable.name === 'a' ? fast : slow));
    optimizer.apply([array([1, 1]), array([1, 1])], [a, b]);
    expect([a, b].map((v) => v.value.arraySync())).to.deep.equal([[0, 1], [0.75, 1.75]]);
    expect(optimizer.optimizers).to.deep.equal([fast, slow]);
    expect(toTensor(optimizer.iterations).item()).to.equal(1);
    const [[next]] = optimizer.stateless_apply(optimizer.variables.map((v) => v.value), [array([1, 1]), null], [a.value, b.value]);
    expect(next.arraySync()).to.deep.equal([-1, 0]);
    expect(a.value.arraySync(), 'untouched').to.deep.equal([0, 1]);
  });

  it('a map is asked for the path itself first, then by expression', () => {
    const [standard, kernels, one] = [new optimizers.SGD(), new optimizers.SGD(), new optimizers.SGD()];
    const map = new optimizers.OptimizerMap(standard, { '.*kernel': kernels, 'd/kernel': one });
    expect(map.get('d/kernel')).to.equal(one);
    expect(map.get('e/kernel')).to.equal(kernels);
    expect(map.get('kernels'), 'the whole path must match').to.equal(standard);
    expect(map(new Variable(array([1]), { name: 'kernel' }))).to.equal(kernels);
    expect([...map.keys()]).to.deep.equal(['.*kernel', 'd/kernel']);
    map.set('e/.*', one);
    expect(() => map.get('e/kernel')).to.throw(optimizers.OptimizerError, /'e\/kernel': \.\*kernel, e\/\.\*/);
    expect(map.delete('e/.*')).to.equal(true);
    expect([map.size, map.has('e/.*'), [...map].length]).to.deep.equal([2, false, 2]);
  });

  it('says what is wrong', () => {
    const sgd = new optimizers.SGD();
    expect(() => new optimizers.OptimizerMap('sgd' as never)).to.throw(/default_optimizer.*sgd/);
    expect(() => new optimizers.OptimizerMap(sgd).set('a', 1 as never)).to.throw(/'a' must be an optimizer/);
    expect(() => new optimizers.OptimizerMap(sgd, { a: sgd }).set('a', sgd)).to.throw(/has the key 'a'/);
    expect(() => new optimizers.OptimizerMap(sgd).set('a', new optimizers.LossScaleOptimizer(sgd))).to.throw(/LossScaleOptimizer/);
    expect(() => new optimizers.MultiOptimizer(sgd as never)).to.throw(/optimizer_map/);
    const optimizer = new optimizers.MultiOptimizer(new optimizers.OptimizerMap(sgd));
    expect(() => optimizer.learning_rate).to.throw(optimizers.OptimizerError, /no learning rate of its own/);
    expect(() => (optimizer.learning_rate = 1)).to.throw(optimizers.OptimizerError);
    expect(() => optimizer.apply([array([1])])).to.throw(/not built/);
  });
});

describe('optimizers.get', () => {
  it('understands Keras\'s names', () => {
    for (const { identifier, class_name } of loadGolden<{ identifier: string; class_name: string | null }>(
      'optimizers', 'identifiers').cases) {
      if (class_name && !(class_name in optimizers)) continue;
      if (class_name) expect(optimizers.get(identifier).constructor.name).to.equal(class_name);
      else if (identifier === 'nonsense') expect(() => optimizers.get(identifier)).to.throw(/nonsense.*Known names:.*adam/);
    }
    expect(() => optimizers.get(() => 1)).to.throw(/optimizer/);
  });
});

describe('optimizers: state and errors', () => {
  const variable = (): Variable => new Variable(array([1, 2]), { name: 'w' });
  const gradient = (): Tensor => array([1, 1]);

  it('the learning rate is a variable that can be set, also for compiled steps', () => {
    const w = variable();
    const optimizer = new optimizers.SGD(1);
    const step = jit((g: Tensor) => optimizer.apply([g], [w]));
    step(gradient());
    optimizer.learning_rate = 0.5;
    step(gradient());
    expect(w.value.arraySync()).to.deep.equal([-0.5, 0.5]);
    (optimizer.learning_rate as Variable).assign(array(0.25));
    step(gradient());
    expect(w.value.arraySync()).to.deep.equal([-0.75, 0.25]);
    expect(step.traceCount).to.equal(1);
  });

  it('a function may give the rate; a schedule cannot be set to a number', () => {
    let rate = 1;
    const w = variable();
    const optimizer = new optimizers.SGD(() => rate);
    optimizer.apply([gradient()], [w]);
    rate = 2;
    optimizer.apply([gradient()], [w]);
    expect(w.value.arraySync()).to.deep.equal([-2, -1]);
    expect(() => (optimizer.learning_rate = 1)).to.throw(/follows a schedule/);
  });

  it('state is saved and loaded in order', () => {
    const [w, other] = [variable(), variable()];
    const trained = new optimizers.Adam();
    trained.apply([gradient()], [w]);
    const store = new Map<string, Variable>();
    const adapter = {
      get: (key: string) => store.get(key)!, set: (key: string, value: unknown) => void store.set(key, value as Variable),
      keys: () => [...store.keys()],
    };
    trained.save_own_variables(adapter);
    const loaded = new optimizers.Adam();
    loaded.build([other]);
    loaded.load_own_variables(adapter);
    expect(loaded.variables.map((v) => v.value.arraySync())).to.deep.equal(trained.variables.map((v) => v.value.arraySync()));
    loaded.set_weights(trained.variables.map((v) => v.value));
    expect(() => loaded.set_weights([array([1, 2])])).to.throw(/adam.*\[2\]/);
    new optimizers.Adam().load_own_variables(adapter); // a notice, no error
  });

  it('gradients may be missing for some variables, not for all', () => {
    const [w, untouched] = [variable(), variable()];
    const optimizer = new optimizers.SGD(1);
    optimizer.apply_gradients([[gradient(), w], [null, untouched]]);
    expect([w, untouched].map((v) => v.value.arraySync())).to.deep.equal([[0, 1], [1, 2]]);
    expect(() => optimizer.apply([null, null], [w, untouched])).to.throw(/no gradients: w, w/);
  });

  it('says what is wrong', () => {
    const optimizer = new optimizers.SGD();
    expect(() => optimizer.apply([gradient()])).to.throw(optimizers.OptimizerError, 'not built');
    optimizer.build([variable()]);
    expect(() => optimizer.apply([gradient()], [variable()])).to.throw(optimizers.OptimizerError, /'w'/);
    expect(() => optimizer.apply([gradient(), gradient()])).to.throw(/2 gradients for 1 variables/);
    expect(() => optimizer.apply([array([1])])).to.throw(/\[1\], expected \[2\]/);
    expect(() => optimizer.stateless_apply([], [gradient()], [array([1, 2])])).to.throw(/2 optimizer_variables, received 0/);
    expect(() => new optimizers.SGD({ clipnorm: 1, clipvalue: 1 })).to.throw(/clipnorm=1, clipvalue=1/);
    expect(() => new optimizers.SGD({ gradient_accumulation_steps: 1 })).to.throw(/>= 2.*received 1/);
    expect(() => new optimizers.SGD({ use_ema: true, ema_momentum: 2 })).to.throw(/ema_momentum/);
    expect(() => new optimizers.SGD({ momentum: -1 })).to.throw(/momentum/);
    expect(() => new optimizers.SGD({ decay: 1 } as never)).to.throw(/decay.*weight_decay/);
    expect(() => new optimizers.SGD('fast' as never)).to.throw(/learning_rate.*fast/);
    expect(`${new optimizers.SGD({ name: 'mine' })}`).to.equal('<SGD name=mine>');
  });

  it('rules of one\'s own define update_step', () => {
    class SignDescent extends optimizers.Optimizer {
      override update_step(g: Tensor, v: Variable, learning_rate: Tensor): void {
        this.assign_sub(v, multiply(sign(g), learning_rate));
      }
    }
    const w = variable();
    new SignDescent({ learning_rate: 0.5 }).apply([array([3, -4])], [w]);
    expect(w.value.arraySync()).to.deep.equal([0.5, 2.5]);
  });
});
