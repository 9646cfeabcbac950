/** Whether variables have changed: for what is kept as long as they stay as they are. */
import type { Variable } from './variable.js';

export class VersionWatch {
  readonly #variables: readonly Variable[];
  #versions: readonly number[];

  constructor(variables: readonly Variable[]) {
    this.#variables = variables;
    this.#versions = variables.map(({ version }) => version);
  }

  /** Whether any was assigned since the last call, or since this was made. */
  changed(): boolean {
    const variables = this.#variables;
    if (this.#versions.every((version, i) => version === variables[i].version)) return false;
    this.#versions = variables.map(({ version }) => version);
    return true;
  }
}
