/** Scopes of names and devices. */
import { activeBackend, context, withContext } from '../engine/context.js';
import { kerasExport } from '../saving/registration.js';

/**
 * Variables that are made while `run` executes a function have this name in front of theirs in their path.
 * Source: keras.name_scope.
 *
 * @param name without '/'
 * @example
 * const w = new keras.name_scope('block').run(() => new keras.Variable(1, { name: 'w' }));
 * w.path; // 'block/w'
 */
export class name_scope {
  readonly name: string;

  constructor(name: string) {
    if (typeof name !== 'string' || name.includes('/')) {
      throw new TypeError(`The name of a name_scope is a string without '/', received '${String(name)}'.`);
    }
    this.name = name;
  }

  /** Runs `fn` in this scope and returns what it returns. */
  run<T>(fn: () => T): T {
    return withContext({ nameScopes: [...context.nameScopes, this.name] }, fn);
  }
}
kerasExport(name_scope, 'keras.name_scope');

/**
 * The device on which what `run` executes is to be computed. A backend computes on one device, the one of
 * `keras.backend`'s start; another one is an error, never a silent substitute. Source: keras.device.
 *
 * @param device_name such as `cpu:0`, `gpu` or `gpu:0`
 * @throws Error when the backend does not compute on this device
 * @example
 * keras.device('cpu:0').run(() => ops.add(1, 2)).item(); // 3
 */
export function device(device_name: string): { run<T>(fn: () => T): T } {
  const [kind, index = '0'] = String(device_name).toLowerCase().replace(/^\/?(device:)?/, '').split(':');
  const wanted = `${kind.toUpperCase()}:${index}`;
  const { name, device: own } = activeBackend();
  if (wanted !== own) {
    throw new Error(`Cannot compute on device '${device_name}': the ${name} backend computes on ${own}. ` +
      'Devices are chosen when a backend starts: set KERAS_BACKEND, or run npx keras-node doctor to see what there is.');
  }
  return { run: (fn) => fn() };
}
kerasExport(device, 'keras.device');
