import { inspect } from 'node:util';
import { expect } from 'chai';
import { Callable } from '../../src/utils/callable.js';

interface Scale {
  (x: number): number;
}
class Scale extends Callable {
  readonly name: string;
  readonly length: number;
  readonly #factor: number;

  constructor(factor: number, name = 'scale') {
    super();
    this.#factor = factor;
    this.name = name;
    this.length = 7;
  }

  override __call__(x: number): number {
    return this.call(x);
  }

  call(x: number): number {
    return this.#factor * x;
  }

  protected override inspectFields(): Record<string, unknown> {
    return { name: this.name, factor: this.#factor };
  }
}

class Negated extends Scale {
  extra = 1;
  override call(x: number): number {
    return -super.call(x);
  }
}

describe('utils/callable', () => {
  it('calls __call__ with instance state', () => {
    expect(new Scale(3)(4)).to.equal(12);
    expect(new Negated(3)(4)).to.equal(-12);
  });

  it('is an instance with fields of any name', () => {
    const scale = new Negated(2, 'mine');
    expect(scale).to.be.instanceOf(Scale).and.to.be.instanceOf(Callable);
    expect(scale).not.to.be.instanceOf(Function);
    expect([scale.name, scale.length, scale.extra]).to.deep.equal(['mine', 7, 1]);
    expect(scale.constructor).to.equal(Negated);
    expect(Object.keys(scale)).to.have.members(['name', 'length', 'extra']);
  });

  it('prints like Keras', () => {
    expect(inspect(new Scale(2))).to.equal('<Scale name=scale, factor=2>');
    expect(`${new Negated(2)}`).to.equal('<Negated name=scale, factor=2>');
  });
});
