/** Predictions over ImageNet's classes in words. */
import { readFile } from 'node:fs/promises';
import { toTensor, type TensorLike } from '../engine/convert.js';
import { tidy } from '../engine/scope.js';
import { formatShape, ShapeError } from '../engine/shape.js';
import { kerasExport } from '../saving/registration.js';
import { positionalArguments, type CallForms } from '../utils/arguments.js';
import { requirePositiveInteger } from '../utils/checks.js';
import { get_file } from '../utils/files/get-file.js';

/** A class: its WordNet id, its name, and the score. */
export type Prediction = [class_name: string, class_description: string, score: number];

const CLASSES = 1000;
const INDEX = {
  name: 'imagenet_class_index.json',
  origin: 'https://storage.googleapis.com/download.tensorflow.org/data/imagenet_class_index.json',
  file_hash: 'c2c37ea517e94d9795004a39431a14cb',
};

/** Classes by their numbers. */
export type ClassIndex = Record<string, [id: string, name: string]>;

/** Read once in a process. */
let classIndex: Promise<ClassIndex> | undefined;

async function readIndex(): Promise<ClassIndex> {
  const path = await get_file(INDEX.name, INDEX.origin, { file_hash: INDEX.file_hash, cache_subdir: 'models' });
  return JSON.parse(await readFile(path, 'utf8')) as ClassIndex;
}

/** The `top` classes of each row of scores. Among equal scores the later class comes first, as in Keras. */
export const inWords = (rows: readonly number[][], top: number, index: ClassIndex): Prediction[][] => rows.map((scores) =>
  scores.map((score, i) => ({ score, i })).toSorted((a, b) => b.score - a.score || b.i - a.i).slice(0, top)
    .map(({ score, i }): Prediction => [...index[String(i)], score]));

const NAMES = ['preds', 'top'] as const;
type Parameters = [preds: TensorLike, top?: number];

/**
 * The likeliest classes of each image, in words. The list of classes is fetched at the first use and kept in
 * ~/.keras/models. Source: keras.applications.imagenet_utils.decode_predictions.
 *
 * @param args `preds` (what a model with ImageNet's classes predicts, [images, 1000]), `top` (how many classes; default 5)
 * @returns for each image, `[class_name, class_description, score]` of its `top` classes, the best first
 * @throws ShapeError when preds is not [images, 1000]
 * @example
 * const predictions = keras.applications.resnet50.decode_predictions(keras.ops.zeros([1, 10])).catch(() => 'refused');
 * await predictions; // 'refused'
 */
export async function decode_predictions(...args: CallForms<typeof NAMES, Parameters>): Promise<Prediction[][]> {
  const [preds, top = 5] = positionalArguments('decode_predictions', NAMES, args) as Parameters;
  requirePositiveInteger('decode_predictions', 'top', top);
  const tensor = tidy(() => toTensor(preds));
  if (tensor.ndim !== 2 || tensor.shape[1] !== CLASSES) {
    throw new ShapeError(`decode_predictions takes predictions of shape [images, ${CLASSES}], received ${formatShape(tensor.shape)}. ` +
      'Only models with ImageNet\'s classes have names for them.');
  }
  const rows = tensor.arraySync() as number[][];
  if (tensor !== preds) tensor.dispose();
  classIndex ??= readIndex().catch((error: unknown) => {
    // Another call may find the network mended.
    classIndex = undefined;
    throw error;
  });
  return inWords(rows, top, await classIndex);
}
kerasExport(decode_predictions, ...['imagenet_utils', 'convnext', 'densenet', 'efficientnet', 'efficientnet_v2', 'inception_resnet_v2',
  'inception_v3', 'mobilenet', 'mobilenet_v2', 'mobilenet_v3', 'nasnet', 'resnet', 'resnet50', 'resnet_v2', 'vgg16', 'vgg19', 'xception',
].map((name) => `keras.applications.${name}.decode_predictions`));
