/** F1Score: the harmonic mean of precision and recall. */
import { kerasExport } from '../saving/registration.js';
import { namedArguments, type ConstructorArgs } from '../utils/arguments.js';
import { FBetaScore, type FBetaScoreOptions } from './fbeta-score.js';

export type F1ScoreOptions = Omit<FBetaScoreOptions, 'beta'>;
const NAMES = ['average', 'threshold', 'name', 'dtype'] as const;

/**
 * 2 precision recall / (precision + recall), for one-hot labels. Source: keras.metrics.F1Score.
 * @example
 * new keras.metrics.F1Score({average: 'micro'})([[0, 1], [1, 0]], [[0.2, 0.8], [0.7, 0.3]]).item(); // 1
 */
export class F1Score extends FBetaScore {
  constructor(...args: ConstructorArgs<F1ScoreOptions, typeof NAMES>) {
    const options = namedArguments<F1ScoreOptions>('F1Score', NAMES, args, []);
    super({ ...options, name: options.name ?? 'f1_score' });
  }

  override get_config(): Record<string, unknown> {
    const { beta: _, ...config } = super.get_config();
    return config;
  }
}
kerasExport(F1Score, 'keras.metrics.F1Score');
