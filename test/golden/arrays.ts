/** Tensors for tests. */
import { toTensor, type TensorLike } from '../../src/engine/convert.js';
import type { DType } from '../../src/engine/dtype.js';
import type { Tensor } from '../../src/engine/tensor.js';

export const array = (values: TensorLike, dtype?: DType): Tensor => toTensor(values, dtype);
