/**
 * What a (de)serialization keeps in mind while it goes through a config: objects met before, whether lambdas are
 * allowed, and where in the model it is. All of it is synchronous, so that plain variables hold it.
 */

interface Sharing {
  /** While serializing: the config that was made of an object. */
  configs: Map<unknown, Record<string, unknown>>;
  /** While deserializing: the object that was made for an id. */
  objects: Map<number, unknown>;
  nextId: number;
}

let sharing: Sharing | undefined;
let safeMode: boolean | undefined;
let unsafeForAll = false;
const position: string[] = [];

/** Config objects nested in each other beyond this are taken for a cycle. Deep models of Keras's have about 20. */
const MAX_DEPTH = 200;

/**
 * Runs `fn` with objects recognized that come up more than once, so that a layer shared by two models is one layer
 * again after loading.
 */
export function withObjectSharing<T>(fn: () => T): T {
  const outer = sharing;
  sharing = { configs: new Map(), objects: new Map(), nextId: 1 };
  try {
    return fn();
  } finally {
    sharing = outer;
  }
}

/** Marks the configs of an object that was serialized before with an id that they share. */
export function noteSerialized(object: unknown, config: Record<string, unknown>): void {
  if (!sharing) return;
  const earlier = sharing.configs.get(object);
  if (!earlier) sharing.configs.set(object, config);
  else config.shared_object_id = earlier.shared_object_id ??= sharing.nextId++;
}

export function noteDeserialized(object: unknown, id: unknown): void {
  if (typeof id === 'number') sharing?.objects.set(id, object);
}

/** The object made earlier for an id. */
export const sharedObject = (id: unknown): unknown =>
  typeof id === 'number' ? sharing?.objects.get(id) : undefined;

/** Runs `fn` with lambdas of files forbidden or allowed, for nested calls too. */
export function withSafeMode<T>(safe: boolean, fn: () => T): T {
  const outer = safeMode;
  safeMode = safe;
  try {
    return fn();
  } finally {
    safeMode = outer;
  }
}

/** Whether lambdas are forbidden: the scope decides, then `enable_unsafe_deserialization`, then the argument. */
export const inSafeMode = (argument: boolean): boolean => safeMode ?? (unsafeForAll ? false : argument);

/**
 * Lets files bring lambdas from now on. They still come to life only through a JavaScript function given in
 * `custom_objects`; code in a file is never run.
 * @example
 * // For a program that opens no files but its own.
 * const trustFiles = () => keras.config.enable_unsafe_deserialization();
 */
export function enable_unsafe_deserialization(): void {
  unsafeForAll = true;
}

/** Runs `fn` one level deeper in a config, at an object described as `Dense 'dense_1'`. */
export function at<T>(where: string, fn: () => T): T {
  if (position.length >= MAX_DEPTH) {
    throw new RangeError(`Objects are nested more than ${MAX_DEPTH} deep: a config that contains itself? ` +
      `The outermost are ${position.slice(0, 5).join(' > ')}.`);
  }
  position.push(where);
  try {
    return fn();
  } finally {
    position.pop();
  }
}

/** Where in the model this is: `Functional 'model' > Dense 'dense_1'`. */
export const whereNow = (): string => position.join(' > ') || 'the outermost object';

/** The objects around, innermost first, by the names that their configs give. */
export function namesAround(): string[] {
  return position.toReversed().flatMap((where) => /'(.*)'$/.exec(where)?.[1] ?? []);
}
