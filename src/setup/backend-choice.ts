/**
 * Which backend the package would use here, and who chose it, for `keras-node doctor`.
 *
 * The rules are those of `backend/config.ts`. They are stated a second time because that file starts the
 * engine, and doctor must work where nothing else does.
 */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

export interface BackendChoice {
  name: string;
  /** `KERAS_BACKEND`, the path of keras.json, or `default`. */
  chosenBy: string;
  /** What is wrong with keras.json, when that cannot be used. */
  invalid?: string;
}

/** Backends of Python that a shared keras.json may name; the default takes their place. */
const PYTHON_ONLY = new Set(['jax', 'torch', 'numpy', 'openvino', 'theano', 'cntk']);

/** The backend that the environment, or else keras.json, names. */
export function chosenBackend(env: NodeJS.ProcessEnv = process.env): BackendChoice {
  const byDefault = { name: 'tensorflow', chosenBy: 'default' };
  const file = join(env.KERAS_HOME ?? join(homedir(), '.keras'), 'keras.json');
  let inFile: unknown;
  let invalid: string | undefined;
  try {
    inFile = (JSON.parse(readFileSync(file, 'utf8')) as { backend?: unknown } | null)?.backend;
  } catch (error) {
    // No file is no mistake: the package makes one.
    if (error instanceof SyntaxError) invalid = `${file} is not valid JSON: ${error.message}`;
  }
  const asked = env.KERAS_BACKEND || inFile;
  if (typeof asked !== 'string' || PYTHON_ONLY.has(asked)) return { ...byDefault, invalid };
  return { name: asked, chosenBy: env.KERAS_BACKEND ? 'KERAS_BACKEND' : file, invalid };
}
