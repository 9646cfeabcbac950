/** What the parts of the worker hand to each other, and how they reach the package. */

/** The package under test, loaded at run time from where the runner says. */
export type Keras = typeof import('../../../src/index.js');

export interface Context {
  keras: Keras;
  /** URL of the index module; other modules of the package lie beside it. */
  entry: string;
  workload: string;
  /** What the import of the package took. */
  importSeconds: number;
}

export type Values = Record<string, number>;
/** Facts that are no measurements: numbers of parameters, options. */
export type Meta = Record<string, unknown>;

/** Prepares a workload; the function it gives makes one measured round. */
export type Rounds = (context: Context) => Promise<[round: () => Promise<Values>, meta: Meta]>;
/** Does a workload whole. */
export type OneShot = (context: Context) => Promise<[values: Values, meta: Meta]>;

/** A module of the package that is no part of its public face, by its path without extension. */
export async function internal<T>(entry: string, path: string): Promise<T> {
  const extension = entry.slice(entry.lastIndexOf('.'));
  return await import(new URL(`${path}${extension}`, entry).href) as T;
}
