/** A check of a backend. */
import type { Backend } from '../backend.js';

export interface ConformanceCase {
  name: string;
  /** Throws (or rejects) when the backend does not behave as the interface says. */
  run(backend: Backend): void | Promise<void>;
}
