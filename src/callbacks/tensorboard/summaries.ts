/** Figures, histograms, images and texts as TensorBoard's plugins want them. */
import { bytesOf } from '../../engine/dtype.js';
import { encodePng } from './png.js';
import type { TensorMessage, ValueMessage } from './messages.js';

/** TensorFlow's numbers of dtypes. */
const FLOAT = 1;
const DOUBLE = 2;
const STRING = 7;
/** Kinds of data: one number, a tensor, a list of byte strings. */
const [SCALAR, TENSOR, BLOBS] = [1, 2, 3];

const shaped = (...sizes: number[]): TensorMessage['tensor_shape'] => ({ dim: sizes.map((size) => ({ size })) });

function valueOf(tag: string, plugin_name: string, data_class: number, tensor: TensorMessage, content?: Uint8Array): ValueMessage {
  return { tag, tensor, metadata: { plugin_data: { plugin_name, content }, data_class } };
}

export const scalarSummary = (tag: string, value: number): ValueMessage => valueOf(tag, 'scalars', SCALAR,
  { dtype: FLOAT, tensor_shape: shaped(), tensor_content: bytesOf(Float32Array.of(value)) });

/** Number of buckets in TensorBoard's own histograms. */
const BUCKETS = 30;

/** Rows of left edge, right edge and count. */
export function bucketsOf(values: ArrayLike<number>): Float64Array {
  const rows = new Float64Array(3 * BUCKETS);
  if (values.length === 0) return rows;
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    low = Math.min(low, values[i]);
    high = Math.max(high, values[i]);
  }
  const width = (high - low) / BUCKETS;
  for (let bucket = 0; bucket < BUCKETS; bucket++) {
    rows[3 * bucket] = low + bucket * width;
    rows[3 * bucket + 1] = bucket === BUCKETS - 1 ? high : low + (bucket + 1) * width;
  }
  for (let i = 0; i < values.length; i++) {
    const bucket = width === 0 ? BUCKETS - 1 : Math.min(Math.floor((values[i] - low) / width), BUCKETS - 1);
    rows[3 * bucket + 2] += 1;
  }
  return rows;
}

export const histogramSummary = (tag: string, values: ArrayLike<number>): ValueMessage => valueOf(tag, 'histograms', TENSOR,
  { dtype: DOUBLE, tensor_shape: shaped(BUCKETS, 3), tensor_content: bytesOf(bucketsOf(values)) });

/** As many images of a batch as TensorBoard's own summary takes. */
const MAX_IMAGES = 3;

/** @param pixels values from 0 to 1 of images [count, height, width, channels] */
export function imageSummary(tag: string, pixels: ArrayLike<number>, [count, height, width, channels]: readonly number[]): ValueMessage {
  const size = height * width * channels;
  const images = Array.from({ length: Math.min(count, MAX_IMAGES) }, (_, n) => {
    // Values beyond the range saturate.
    const bytes = Uint8Array.from({ length: size }, (_x, i) => Math.min(255, Math.max(0, Math.floor(pixels[n * size + i] * 255.5))));
    return encodePng(bytes, width, height, channels);
  });
  const texts = [String(width), String(height)].map((text) => new TextEncoder().encode(text));
  return valueOf(tag, 'images', BLOBS,
    { dtype: STRING, tensor_shape: shaped(images.length + 2), string_val: [...texts, ...images] });
}

/** The architecture of a model, for the graph page. */
export const modelSummary = (tag: string, json: string): ValueMessage => {
  const text = new TextEncoder().encode(json);
  return valueOf(tag, 'graph_keras_model', BLOBS, { dtype: STRING, tensor_shape: shaped(), string_val: [text] },
    new TextEncoder().encode('1'));
};
