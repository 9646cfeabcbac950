/** Functions of one element, applied to whole batches at once. */
import { scan, tensorsOf, repack } from '../../engine/control-flow.js';
import { toTensor, type TensorLike } from '../../engine/convert.js';
import { broadcastShapes, formatShape, ShapeError, sizeOf, type Shape } from '../../engine/shape.js';
import type { Tensor } from '../../engine/tensor.js';
import { vectorize as vectorizeFunction } from '../../engine/vectorize.js';
import { kerasExport } from '../../saving/registration.js';
import { broadcastTo, reshapeTo } from '../compose.js';
import { defineOp } from '../define.js';
import type { Tensors } from './control.js';

interface VectorizedMap {
  <X, Y>(f: (x: Tensors<X>) => Y, elements: X): Tensors<Y>;
}

/** All elements at once, or one after the other when the function reads values. */
function mapped(f: (x: unknown) => unknown, elements: unknown): unknown {
  const sequences = tensorsOf(elements);
  const length = sequences[0]?.shape[0];
  if (length === undefined || sequences.some(({ shape }) => shape[0] !== length)) {
    throw new ShapeError('ops.vectorized_map needs arrays of one length along axis 0, received shapes ' +
      `${sequences.map(({ shape }) => formatShape(shape)).join(', ') || 'of no array'}.`);
  }
  const inputs = repack(elements, sequences);
  const all = vectorizeFunction(f, inputs);
  return all ? all.result : scan('vectorized_map', (carry, x) => [carry, f(x)], [], { xs: inputs, length, reverse: false })[1];
}

/**
 * `function` of each element along the first axis, computed for all at once and stacked: the operations of the function
 * are applied to batches. A function that reads values is applied element by element, as by `map`.
 * Source: keras.ops.vectorized_map.
 *
 * Random numbers are the same for all elements, unless their seed is among the elements.
 *
 * @param function takes one element: a tensor, or a structure of tensors when `elements` is one
 * @param elements a tensor or a structure of tensors of one length along their first axis
 * @example
 * ops.vectorized_map((x) => ops.sum(ops.square(x)), ops.array([[1, 2], [3, 4]])).arraySync(); // [5, 25]
 * const [a, b] = [ops.array([1, 2]), ops.array([10, 20])];
 * ops.vectorized_map(([x, y]) => ops.add(x, y), [a, b]).arraySync(); // [11, 22]
 */
export const vectorized_map = defineOp('keras.ops.vectorized_map', ['function', 'elements'], (
  f: (x: unknown) => unknown, elements: unknown,
): unknown => {
  if (typeof f !== 'function') {
    throw new TypeError(`The function of ops.vectorized_map must be a function, received ${String(f)}.`);
  }
  return mapped(f, elements);
}, ['elements']) as unknown as VectorizedMap;

export interface VectorizeOptions {
  /** Positions of arguments that are passed on as they are. */
  excluded?: Iterable<number> | null;
  /** Dimensions of one element. */
  signature?: string | null;
}

interface Vectorize {
  <R = Tensor>(pyfunc: (...args: never[]) => unknown, options?: VectorizeOptions): (...args: unknown[]) => R;
  <R = Tensor>(
    pyfunc: (...args: never[]) => unknown, excluded: Iterable<number> | null, signature?: string | null,
  ): (...args: unknown[]) => R;
}

interface Signature {
  inputs: string[][];
  outputs: string[][];
}

function parseSignature(signature: string): Signature {
  const list = String.raw`\((?:\w+(?:,\w+)*)?\)`;
  const text = signature.replaceAll(/\s+/g, '');
  if (!new RegExp(`^${list}(?:,${list})*->${list}(?:,${list})*$`).test(text)) {
    throw new TypeError(`The signature of ops.vectorize looks like '(m,n),(n)->(m)', received '${signature}'.`);
  }
  const [inputs, outputs] = text.split('->').map((side) =>
    [...side.matchAll(/\(([^)]*)\)/g)].map(([, names]) => (names === '' ? [] : names.split(','))));
  return { inputs, outputs };
}

/** Checks the dimensions of one element by their names. */
function checkDimensions(what: string, shape: Shape, names: readonly string[], sizes: Map<string, number>): void {
  const core = shape.slice(shape.length - names.length);
  const isWrong = shape.length < names.length || names.some((name, i) => {
    if (!sizes.has(name)) sizes.set(name, core[i]);
    return sizes.get(name) !== core[i];
  });
  if (!isWrong) return;
  const expected = names.map((name) => (sizes.has(name) ? `${name}=${sizes.get(name)}` : name));
  throw new ShapeError(`ops.vectorize: ${what} must end with the dimensions (${expected.join(', ')}), received shape ` +
    `${formatShape(shape)}.`);
}

/**
 * A function that applies `pyfunc` to every element of its arguments, which broadcast against each other.
 * Source: keras.ops.vectorize.
 *
 * @param pyfunc takes one tensor (a scalar, or as `signature` says) for each argument; gives a tensor or an array of
 *   them
 * @param excluded positions of arguments that are passed on as they are. Default null: none
 * @param signature dimensions of one element, such as '(m,n),(n)->(m)'. Default null: scalars
 * @example
 * const add = ops.vectorize((a, b) => ops.add(a, b));
 * add([1, 2, 3, 4], 2).arraySync(); // [3, 4, 5, 6]
 * const dot = ops.vectorize((a, b) => ops.matmul(a, b), { signature: '(m,n),(n)->(m)' });
 * dot(ops.ones([5, 2, 3]), ops.ones([3])).shape; // [5, 2]
 */
export const vectorize = defineOp('keras.ops.vectorize', ['pyfunc', 'excluded', 'signature'], (
  pyfunc: (...args: never[]) => unknown, excluded: Iterable<number> | null = null, signature: string | null = null,
): ((...args: unknown[]) => unknown) => {
  if (typeof pyfunc !== 'function') {
    throw new TypeError(`The pyfunc of ops.vectorize must be a function, received ${String(pyfunc)}.`);
  }
  const fixed = new Set(excluded);
  const parsed = signature === null ? undefined : parseSignature(signature);
  return (...args) => {
    // 1. what is mapped, and its common shape
    const places = args.flatMap((arg, i) => (fixed.has(i) || arg === null || arg === undefined ? [] : i));
    const tensors = places.map((i) => toTensor(args[i] as TensorLike));
    const names = parsed?.inputs ?? tensors.map(() => []);
    if (names.length !== tensors.length) {
      throw new TypeError(`ops.vectorize: the signature '${signature}' takes ${names.length} arguments, received ` +
        `${tensors.length}.`);
    }
    const sizes = new Map<string, number>();
    tensors.forEach(({ shape }, i) => checkDimensions(`argument ${places[i]}`, shape, names[i], sizes));
    const outer = tensors.map(({ shape }, i) => shape.slice(0, shape.length - names[i].length));
    const common = outer.reduce<Shape>((a, b) => broadcastShapes(a, b, 'ops.vectorize'), []);

    // 2. all elements along one axis
    const rows = tensors.map((x, i) => {
      const core = x.shape.slice(outer[i].length);
      return reshapeTo(broadcastTo(x, [...common, ...core]), [sizeOf(common), ...core]);
    });
    const one = (elements: unknown): unknown => {
      const all = [...args];
      places.forEach((place, i) => void (all[place] = (elements as Tensor[])[i]));
      const result = pyfunc(...(all as never[]));
      const outputs = tensorsOf(result);
      outputs.forEach(({ shape }, i) => {
        const dimensions = parsed ? parsed.outputs[i] ?? [] : [];
        if (shape.length !== dimensions.length) {
          throw new ShapeError(`ops.vectorize: result ${i} must have rank ${dimensions.length}, received shape ` +
            `${formatShape(shape)}.`);
        }
        checkDimensions(`result ${i}`, shape, dimensions, sizes);
      });
      return result;
    };
    const made = tensors.length === 0 ? one([]) : mapped(one, rows);
    return repack(made, tensorsOf(made).map((y) =>
      (tensors.length === 0 ? y : reshapeTo(y, [...common, ...y.shape.slice(1)]))));
  };
}) as unknown as Vectorize;
kerasExport(vectorize, 'keras.ops.numpy.vectorize');
