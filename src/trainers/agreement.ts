/** What processes that train together tell each other besides their steps. */
import type { ProcessGroup } from '../backend/backend.js';
import { apply, applyAll } from '../engine/apply.js';
import { toTensor } from '../engine/convert.js';
import { isFloat, type DType } from '../engine/dtype.js';
import { jit } from '../engine/jit.js';
import type { Tensor } from '../engine/tensor.js';
import type { Variable } from '../engine/variable.js';

/** Processes that should train together do different things. */
export class DisagreementError extends Error {
  override name = 'DisagreementError';
}

/** A process that trains with this one ended, or does not answer. */
export class ProcessLostError extends Error {
  override name = 'ProcessLostError';
}

/** Apart from the numbers of what steps reduce. */
const ORDINAL = { facts: 1 << 20, state: 1 << 21 };
/** Seconds until a notice says that others have not come to this point. */
const PATIENCE = 30;

/** 31 bits of a text. */
function digest(text: string): number {
  let hash = 2166136261;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 16777619);
  return hash >>> 1;
}

/** The sums over all processes of some whole numbers. */
async function sums({ size }: ProcessGroup, values: Int32Array): Promise<Int32Array> {
  const reduce = jit((x: Tensor) => apply('all_reduce', [x], { size, ordinal: ORDINAL.facts }), { name: 'agreement' });
  const given = toTensor(values);
  try {
    const sum = await reduce.runAsync(given);
    const data = (await sum.data()) as Int32Array;
    sum.dispose();
    return data;
  } finally {
    given.dispose();
    reduce.dispose();
  }
}

const describe = (group: ProcessGroup, index: number): string => `process ${index} (${group.addresses[index]})`;

/** What a process is about to do, and what it knows. */
export interface Matter {
  /** The call; it must be the same in all processes. */
  where: string;
  /** Texts that must be equal in all processes, by what they tell: three at most. */
  facts?: Readonly<Record<string, string>>;
  /** Whole numbers, three at most; those of process 0 hold for all. */
  numbers?: readonly number[];
  /** Something that counts when it holds in any process. */
  flag?: boolean;
}

/** Of each process: the call, three facts and the flag. All matters have one form, so that none waits for another kind. */
const ROW = 5;
const NUMBERS = 3;

/**
 * Waits until all processes have come to this point, and compares what they are about to do. Those that do not come are waited
 * for as long as `KERAS_DISTRIBUTION_TIMEOUT` says; a step that they are in ends with an error, too.
 *
 * @returns the numbers of process 0, and whether the flag holds in any
 * @throws DisagreementError when a fact differs, or others have not come
 */
export async function agree(
  group: ProcessGroup, { where, facts = {}, numbers = [], flag = false }: Matter,
): Promise<{ numbers: number[]; any: boolean }> {
  const told = [['the calls', where] as const, ...Object.entries(facts)];
  const values = new Int32Array(group.size * ROW + NUMBERS);
  told.forEach(([, text], i) => (values[group.index * ROW + i] = digest(text)));
  values[group.index * ROW + ROW - 1] = flag ? 1 : 0;
  if (group.index === 0) values.set(numbers, group.size * ROW);
  const impatience = setTimeout(() => {
    if (!process.env.KERAS_NODE_QUIET) process.stderr.write(`${where}: process ${group.index} waits for the others to come to this call.\n`);
  }, PATIENCE * 1000);
  const limit = setTimeout(() => {
    group.leave(`${where}: ${describe(group, group.index)} has waited ${group.timeout} s for all to come to this call, but others ` +
      'are in another one, or were given more batches. Run the same program in all of them, on the same number of batches; ' +
      'KERAS_DISTRIBUTION_TIMEOUT sets the seconds to wait.');
  }, group.timeout * 1000);
  try {
    const all = await explained(group, sums(group, values));
    told.forEach(([name, text], i) => {
      for (let other = 0; other < group.size; other++) {
        if (all[other * ROW + i] === all[i]) continue;
        throw new DisagreementError(`${where}: the processes must do the same, but ${name} of ${describe(group, other)} ` +
          `differ from those of ${describe(group, 0)}. Here, in process ${group.index}, they are: ${text}. ` +
          'Run the same program in all of them.');
      }
    });
    const flags = Array.from({ length: group.size }, (_, i) => all[i * ROW + ROW - 1]);
    return { numbers: [...all.subarray(group.size * ROW)].slice(0, numbers.length), any: flags.includes(1) };
  } finally {
    clearTimeout(impatience);
    clearTimeout(limit);
  }
}

/** The dtype in which values go to the others without loss. */
const carrier = (dtype: DType): DType => (dtype === 'float64' ? dtype : isFloat(dtype) ? 'float32' : 'int64');

/** Gives variables the values that they have in process 0. */
export async function shareVariables(group: ProcessGroup, variables: readonly Variable[]): Promise<void> {
  const numeric = variables.filter(({ dtype, size }) => dtype !== 'string' && dtype !== 'complex64' && size > 0);
  const { size, index } = group;
  const share = jit(() => {
    for (const dtype of ['float32', 'float64', 'int64'] as const) {
      const ofDType = numeric.filter((variable) => carrier(variable.dtype) === dtype);
      if (ofDType.length === 0) continue;
      // The others add zeros.
      const parts = ofDType.map((variable) => (index === 0
        ? apply('reshape', [apply('cast', [variable.value], { dtype })], { shape: [variable.size] })
        : apply('full', [], { value: 0, shape: [variable.size], dtype })));
      const sum = apply('all_reduce', [apply('concatenate', parts, { axis: 0 })], { size, ordinal: ORDINAL.state });
      const split = applyAll('split', [sum], { axis: 0, sizes: ofDType.map((variable) => variable.size) });
      ofDType.forEach((variable, i) => variable.assign(
        apply('reshape', [apply('cast', [split[i]], { dtype: variable.dtype })], { shape: variable.shape })));
    }
  }, { name: 'share_variables' });
  try {
    await explained(group, share.runAsync());
  } finally {
    share.dispose();
  }
}

/**
 * What something that ended with an error of the device gives; names the processes that were lost, where some were, or says
 * why one has left.
 */
export async function explained<T>(group: ProcessGroup | undefined, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    // Errors of TensorFlow have a code; others have nothing to do with the group.
    if (!group || typeof (error as { code?: unknown }).code !== 'string') throw error;
    const why = group.whyLeft(error as Error);
    if (why) throw new DisagreementError(`${why} No process of the group can go on.`, { cause: error });
    const lost = await group.lost();
    if (lost.length === 0) throw error;
    const names = lost.map(({ index }) => describe(group, index)).join(', ');
    throw new ProcessLostError(`${names[0].toUpperCase()}${names.slice(1)} ended or does not answer, so that process ` +
      `${group.index} cannot go on. (${lost[0].reason.split('\n')[0]}) With BackupAndRestore and \`keras-node launch --restart\` ` +
      'training goes on from the last backup.', { cause: error });
  }
}
