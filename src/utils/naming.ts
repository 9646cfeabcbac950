/** Names as Keras makes them: snake case, and a number when a name is taken. */

let counters = new Map<string, number>();

/** `MaxPooling2D` -> `max_pooling2d`, as in Keras's layer names. */
export function to_snake_case(name: string): string {
  return name
    .replace(/\W+/g, '')
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
}

/** The name itself the first time, then `name_1`, `name_2` ... */
export function uniquify(name: string): string {
  const n = counters.get(name) ?? 0;
  counters.set(name, n + 1);
  return n === 0 ? name : `${name}_${n}`;
}

/** The number that `uniquify` would put behind a name that is in use: 1 for the first. */
export function nextUid(name: string): number {
  const n = Math.max(counters.get(name) ?? 0, 1);
  counters.set(name, n + 1);
  return n;
}

/** A unique name in snake case: what a layer without a name is called. */
export const auto_name = (prefix: string): string => uniquify(to_snake_case(prefix));

/** Starts the numbering again (keras.utils.clear_session). */
export function resetNames(): void {
  counters = new Map();
}
