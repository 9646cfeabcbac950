/** class_weight: weights of samples by the class of their label. */
import { NDArray } from '../../engine/convert.js';
import { formatShape, type Shape } from '../../engine/shape.js';
import { flatten } from '../../engine/structure.js';
import { Tensor } from '../../engine/tensor.js';
import { DataError } from './batch-source.js';

/** A weight for each class; classes that are not in it weigh 1. */
export type ClassWeight = Readonly<Record<number, number>> | ReadonlyMap<number, number>;

function toMap(class_weight: ClassWeight): Map<number, number> {
  const given = class_weight instanceof Map ? Object.fromEntries(class_weight) : class_weight;
  const map = new Map(Object.entries<number>(given).map(([key, value]) => [Number(key), value]));
  for (const [key, value] of map) {
    if (!Number.isInteger(key) || key < 0 || typeof value !== 'number') {
      throw new DataError('class_weight maps the numbers of classes (integers >= 0) to weights, ' +
        `received ${JSON.stringify(given)}.`);
    }
  }
  return map;
}

/** Values of one label tensor, with one row a sample. */
function labelRows(y: unknown): { data: ArrayLike<number | bigint | string>; shape: Shape } {
  const leaves = y === undefined ? [] : flatten(y);
  if (leaves.length !== 1) {
    throw new DataError(`class_weight needs the labels of a single output, received ${leaves.length}. ` +
      'For several outputs, give sample_weight for each of them.');
  }
  const [only] = leaves;
  if (only instanceof Tensor) return { data: only.dataSync(), shape: only.shape };
  if (only instanceof NDArray) return only;
  const data = only as Float32Array;
  return { data, shape: [data.length] };
}

/** A weight for each sample. Labels are class numbers of shape [n] or [n, 1], or one-hot [n, classes]. */
export function classWeights(y: unknown, sample_weight: unknown, class_weight: ClassWeight): Float32Array {
  if (sample_weight !== undefined) {
    throw new DataError('Give either class_weight or sample_weight, not both.');
  }
  const map = toMap(class_weight);
  const { data, shape } = labelRows(y);
  if (shape.length > 2) {
    throw new DataError('class_weight needs labels of shape [samples], [samples, 1] or [samples, classes], ' +
      `received ${formatShape(shape)}. Give sample_weight instead.`);
  }
  const classes = shape[1] ?? 1;
  return Float32Array.from({ length: shape[0] }, (_, i) => {
    const at = (c: number): number => Number(data[i * classes + c]);
    let label = classes > 1 ? 0 : Math.round(at(0));
    for (let c = 1; c < classes; c++) if (at(c) > at(label)) label = c;
    return map.get(label) ?? 1;
  });
}
