/** Variables whose first values are computed when these are wanted, and what is kept of a variable as it was. */
import { expect } from 'chai';
import * as keras from '../../src/index.js';
import { withInitialValuesDeferred } from '../../src/engine/variable.js';
import { describeBackends } from '../support/backends.js';

const { ops } = keras;

describeBackends('variables: first values that wait', (backend) => {
  const made: string[] = [];
  const pending = (name: string, shape: number[] = [2]): keras.Variable => withInitialValuesDeferred(() =>
    new keras.Variable((s, dtype) => {
      made.push(name);
      return ops.full(s, 3, dtype);
    }, { shape, name }));
  beforeEach(() => made.splice(0));

  it('are computed once, at the first read', () => {
    const variable = pending('read');
    expect(variable.shape).to.deep.equal([2]);
    expect(variable.dtype).to.equal('float32');
    expect(made).to.deep.equal([]);
    expect(variable.arraySync()).to.deep.equal([3, 3]);
    variable.assign_add(1);
    expect(variable.arraySync()).to.deep.equal([4, 4]);
    expect(made).to.deep.equal(['read']);
  });

  it('are never computed where another is assigned first', () => {
    const variable = pending('assigned');
    expect(() => variable.assign([1, 2, 3])).to.throw(/shape \[3\].*\[2\]/);
    variable.assign([1, 2]);
    expect(variable.arraySync()).to.deep.equal([1, 2]);
    expect(made).to.deep.equal([]);
  });

  it('are there for what adds to them, for compiled functions and for snapshots', () => {
    const sum = pending('sum');
    sum.assign_sub([1, 2]);
    expect(sum.arraySync()).to.deep.equal([2, 1]);
    const state = pending('state');
    const step = keras.jit((x: keras.Tensor) => {
      state.assign_add(x);
      return ops.multiply(state.value, 2);
    });
    expect(step(ops.ones([2])).arraySync()).to.deep.equal([8, 8]);
    expect(state.arraySync()).to.deep.equal([4, 4]);
    const snapshot = pending('snapshot').snapshot();
    expect([...(snapshot.read() as Float32Array)]).to.deep.equal([3, 3]);
    snapshot.dispose();
    snapshot.dispose();
    expect(() => snapshot.read()).to.throw(/disposed/);
    expect(made).to.deep.equal(['sum', 'state', 'snapshot']);
  });

  it('are not computed after disposal', () => {
    const variable = pending('disposed');
    variable.dispose();
    expect(() => variable.value).to.throw(/disposed/);
    expect(made).to.deep.equal([]);
  });

  it(`say where an initializer gives another shape (${backend})`, () => {
    const wrong = withInitialValuesDeferred(() => new keras.Variable(() => ops.zeros([3]), { shape: [2], name: 'wrong' }));
    expect(() => wrong.value).to.throw(/'wrong' gave shape \[3\], expected \[2\]/);
  });

  it('are drawn for weights that a file does not have, as for any new model', async () => {
    let calls = 0;
    const sevens = (shape: readonly number[]): keras.Tensor => {
      calls++;
      return ops.full([...shape], 7);
    };
    class Extra extends keras.Layer {
      kept!: keras.Variable;
      override build(): void {
        this.kept = this.add_weight({ shape: [2], name: 'kept', initializer: sevens });
      }
      override call(x: keras.Tensor): keras.Tensor {
        return ops.add(x, this.kept.value);
      }
      override save_own_variables(): void {}
      override load_own_variables(): void {}
    }
    const model = new keras.Sequential([keras.Input([2]), new Extra()]);
    const config = keras.saving.serialize_keras_object(model);
    const copy = withInitialValuesDeferred(() => keras.saving.deserialize_keras_object(config, { Extra })) as keras.Model;
    expect(calls).to.equal(1);
    expect((await copy.predict(ops.ones([1, 2]), { verbose: 0 }) as keras.NDArray).tolist()).to.deep.equal([[8, 8]]);
    expect(calls).to.equal(2);
  });
});
