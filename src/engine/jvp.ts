/** Forward-mode differentiation: the gradient, which is linear in what is put in, is differentiated once more. */
import { repack, tensorsOf } from './control-flow.js';
import { distinct } from './gradients.js';
import { toTensor } from './convert.js';
import { isDifferentiable } from './dtype.js';
import { formatShape, sameShape, ShapeError } from './shape.js';
import { Tape, zerosLike } from './tape.js';
import type { Tensor } from './tensor.js';

/** The value of `fun` at the primals, and its derivative in the direction of the tangents; see `ops.jvp`. */
export function jvp(
  fun: (...primals: unknown[]) => unknown, primals: readonly unknown[], tangents: readonly unknown[], has_aux = false,
): unknown[] {
  const points = distinct(tensorsOf(primals));
  const directions = tensorsOf(tangents).map((tangent, i) => (points[i] ? toTensor(tangent, points[i].dtype) : tangent));
  const isSame = directions.length === points.length && directions.every((d, i) => sameShape(d.shape, points[i].shape));
  if (!isSame) {
    const shapes = (tensors: readonly Tensor[]): string => tensors.map(({ shape }) => formatShape(shape)).join(', ');
    throw new ShapeError('The tangents of jvp must have the structure and shapes of the primals: expected ' +
      `${shapes(points)}, received ${shapes(directions)}.`);
  }
  // 1. the function
  const inner = new Tape();
  inner.watch(...points);
  const result = inner.run(() => fun(...(repack(primals, points) as unknown[])));
  const value = has_aux ? (result as unknown[])[0] : result;
  const outputs = tensorsOf(value);

  // 2. its gradient for some cotangents, and the derivative of that by the cotangents: at which ones does not matter
  const outer = new Tape();
  const flowing = outputs.filter((y) => isDifferentiable(y.dtype));
  const cotangents = flowing.map(zerosLike);
  outer.watch(...cotangents);
  const gradients = outer.run(() => inner.gradients(flowing, points, cotangents));
  const used = gradients.flatMap((gradient, i) => (gradient ? [[gradient, directions[i]] as const] : []));
  const found = outer.gradients(used.map(([gradient]) => gradient), cotangents, used.map(([, direction]) => direction));
  const derivative = outputs.map((y) => {
    const i = flowing.indexOf(y);
    return (i < 0 ? undefined : found[i]) ?? zerosLike(y);
  });
  const tangent = repack(value, derivative);
  const shown = repack(value, outputs);
  return has_aux ? [shown, tangent, (result as unknown[])[1]] : [shown, tangent];
}
