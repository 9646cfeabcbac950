/** Instances that are functions: a layer, a loss, a metric or an initializer is called by its own name. */
import { filtered } from './traceback.js';

/**
 * Base of the classes whose instances are called like functions: `new Dense(3)(x)` runs `__call__(x)`.
 *
 * The constructor returns a function with the prototype of the class being made, so `instanceof`, fields, `#private`
 * members and further subclasses work as ever. TypeScript learns the call signature from an interface of the class's
 * name:
 *
 * @example
 * interface Twice { (x: number): number }
 * class Twice extends Callable {
 *   __call__(x: number): number { return 2 * x; }
 * }
 * new Twice()(4); // 8
 */
export abstract class Callable {
  constructor() {
    const self = ((...args: unknown[]): unknown => {
      try {
        return self.__call__(...args);
      } catch (error) {
        throw filtered(error);
      }
    }) as unknown as this;
    // A function's own `name` and `length` are read-only: they would stand in the way of fields of those names.
    delete (self as { name?: unknown }).name;
    delete (self as { length?: unknown }).length;
    Object.setPrototypeOf(self, new.target.prototype as object);
    // oxlint-disable-next-line no-constructor-return -- this is what makes the instance callable
    return self;
  }

  /** What a call of the instance does. */
  abstract __call__(...args: unknown[]): unknown;

  /** What `toString` and Node's inspect show: the name first, where the class has one. */
  protected inspectFields(): Record<string, unknown> {
    return {};
  }

  toString(): string {
    const fields = Object.entries(this.inspectFields()).map(([key, value]) => `${key}=${String(value)}`);
    return `<${[this.constructor.name, fields.join(', ')].join(' ').trimEnd()}>`;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}
