/** Methods that subclasses have to define. TypeScript sees to it; users of JavaScript get an error that says so. */

/** A method was called that a subclass has to define and does not. */
export class NotImplementedError extends Error {
  override name = 'NotImplementedError';
}

const stubs = new Map<string, Set<unknown>>();

/** Whether a class leaves methods to its subclasses. */
export const isAbstract = ({ prototype }: { readonly prototype?: object }): boolean =>
  [...stubs].some(([method, bodies]) => prototype !== undefined && bodies.has(Reflect.get(prototype, method)));

/** Gives the abstract methods of a class a body: an error that names the class and the method to define. */
export function declareAbstract(base: { readonly name: string; readonly prototype: object }, ...methods: readonly string[]): void {
  for (const method of methods) {
    const value = function value(this: object): never {
      throw new NotImplementedError(`${this.constructor.name} has no ${method}(), which a subclass of ${base.name} must define. ` +
        `Define the method ${method} in ${this.constructor.name}.`);
    };
    Object.defineProperty(base.prototype, method, { value, writable: true, configurable: true });
    stubs.set(method, (stubs.get(method) ?? new Set()).add(value));
  }
}

/** What inspection shows of an object: its config, or nothing where its class has no `get_config` of its own. */
export function fieldsOfConfig(object: { get_config(): Record<string, unknown> }): Record<string, unknown> {
  try {
    return object.get_config();
  } catch (error) {
    if (error instanceof NotImplementedError) return {};
    throw error;
  }
}
