/** Which backend the package would use here, and who chose it, for `keras-node doctor`. */
import { askedBackend, configPath, ConfigError, readKerasJson } from '../backend/keras-json.js';

export interface BackendChoice {
  name: string;
  /** `KERAS_BACKEND`, the path of keras.json, or `default`. */
  chosenBy: string;
  /** What is wrong with keras.json, when that cannot be used. */
  invalid?: string;
}

/** The backend that the environment, or else keras.json, names. */
export function chosenBackend(env: NodeJS.ProcessEnv = process.env): BackendChoice {
  let config: Record<string, unknown> | undefined;
  let invalid: string | undefined;
  const asked = (): ReturnType<typeof askedBackend> => askedBackend(config, undefined, env);
  try {
    config = readKerasJson(configPath(env));
    asked();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    invalid = error.message;
    config = undefined;
  }
  const { name, by } = asked();
  return { name: name ?? 'tensorflow', chosenBy: name && by ? by : 'default', invalid };
}
