/** Texts as numbers of words: what IMDB and Reuters have in common. */
import { readFile } from 'node:fs/promises';
import type { NDArray } from '../engine/convert.js';
import type { RandomState } from '../random/random-state.js';
import { NumpyFileError } from '../utils/numpy-files/raw-array.js';
import type { Pickled } from '../utils/numpy-files/pickle.js';
import { takeRows } from '../utils/host-array.js';

/** How the words are numbered. */
export interface WordOptions {
  /** Only words below this number are kept. Default null: all but the rarest, as in Keras. */
  num_words?: number | null;
  /** So many of the most frequent words are left out. Default 0. */
  skip_top?: number;
  /** Texts of this length or more are left out. Default null: none. */
  maxlen?: number | null;
  /** Of the order of the texts, an integer in [0, 2^32). Default 113. */
  seed?: number;
  /** Begins each text. Default 1; null: nothing does. */
  start_char?: number | null;
  /** Stands for words that are left out. Default 2; null: nothing does. */
  oov_char?: number | null;
  /** Is added to all numbers of words. Default 3. */
  index_from?: number;
}
export type WordNumbering = Required<WordOptions>;

export const WORD_DEFAULTS: WordNumbering = {
  num_words: null, skip_top: 0, maxlen: null, seed: 113, start_char: 1, oov_char: 2, index_from: 3,
};

/** Texts with their labels. */
export interface Texts {
  words: number[][];
  labels: NDArray;
}

/** The lists of numbers in an array of objects. @throws NumpyFileError where it holds anything else */
export function sequencesOf(array: NDArray | Pickled[]): number[][] {
  const isWords = (list: Pickled): boolean => Array.isArray(list) && list.every((word) => typeof word === 'number');
  if (Array.isArray(array) && array.every(isWords)) return array as number[][];
  throw new NumpyFileError('The dataset is damaged: its texts are no lists of numbers. Remove the file, so that it is fetched again.');
}

/** Texts in a random order, with their beginnings, and without those that are too long. */
export function arranged(
  { words, labels }: Texts, { start_char, index_from, maxlen }: WordNumbering, random: RandomState,
): Texts {
  const order = random.shuffled(words.length);
  const begin = start_char === null ? [] : [start_char];
  const numbered = Array.from(order, (at) => [...begin, ...words[at].map((word) => word + index_from)]);
  const kept = Array.from(numbered.keys()).filter((i) => maxlen === null || maxlen === 0 || numbered[i].length < maxlen);
  if (kept.length === 0) throw new RangeError(`No text is shorter than maxlen=${maxlen}. Increase it.`);
  return { words: kept.map((i) => numbered[i]), labels: takeRows(labels, kept.map((i) => order[i])) };
}

/** Texts without the words that are too rare or too frequent. */
export function limited(texts: number[][], { num_words, skip_top, oov_char }: WordNumbering): number[][] {
  const end = num_words || texts.reduce((most, text) => text.reduce((a, b) => Math.max(a, b), most), 0);
  const isKept = (word: number): boolean => word >= skip_top && word < end;
  return texts.map((text) => (oov_char === null ? text.filter(isKept) : text.map((word) => (isKept(word) ? word : oov_char))));
}

/** Words with their numbers. */
export async function readWordIndex(file: string): Promise<Record<string, number>> {
  return JSON.parse(await readFile(file, 'utf8')) as Record<string, number>;
}
