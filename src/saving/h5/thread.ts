/**
 * The thread in which the HDF5 libraries run.
 *
 * They were not made for hostile files: crafted ones make them loop or fill the memory. Here that costs no more than
 * the thread, and the event loop of the program goes on while a large file is read.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker, type WorkerOptions } from 'node:worker_threads';
import { packageRoot } from '../../setup/paths.js';
import type { ReadRequest, WriteRequest } from './plain-tree.js';
import { compileProgram } from './program.js';
import { H5Error } from './types.js';

/** What the thread answers: `broken` where it must not be used again. */
export type Answer = { value: unknown } | { error: string; broken: boolean };

/** What the thread is started with. */
export interface ThreadOptions {
  /** Whether it loads h5wasm at once. */
  forWriting: boolean;
  /** In the built package: where h5wasm's program lies; and the program, where it has been compiled before. */
  folder?: string;
  program?: WebAssembly.Module;
}
/** The program, compiled while a thread for writing started; none where that failed. */
export interface ProgramMessage {
  kind: 'program';
  program?: WebAssembly.Module;
}

/** Megabytes of JavaScript objects: far more than the trees of Keras's files take. */
const HEAP_MB = 512;
/** Milliseconds after which an idle thread ends. Starting another takes some 30, and 20 more to load h5wasm. */
const IDLE = 3000;

let current: Worker | undefined;
let ending: NodeJS.Timeout | undefined;
let last: Promise<unknown> = Promise.resolve();

/**
 * Has the thread do one thing, after all that it was asked before.
 *
 * @param message What to do.
 * @param transfer Buffers that are handed over.
 * @param patience Milliseconds after which the thread is given up.
 * @throws H5Error where the file is refused, or took too much time or memory.
 */
export function askThread<T>(
  message: ReadRequest | WriteRequest, transfer: ArrayBuffer[], patience: number,
): Promise<T> {
  const turn = last.then(() => ask<T>(message, transfer, patience));
  last = turn.catch(() => {});
  return turn;
}

/**
 * Starts the thread now, so that it is there when the caller has done its own part: copying weights, making a model.
 *
 * @param forWriting Whether it loads h5wasm at once, which writing needs.
 */
export function prepareThread(forWriting: boolean): void {
  if (current) return;
  const worker = (current = start(forWriting));
  worker.unref();
  ending = setTimeout(() => abandon(worker), IDLE).unref();
}

async function ask<T>(message: ReadRequest | WriteRequest, transfer: ArrayBuffer[], patience: number): Promise<T> {
  clearTimeout(ending);
  const worker = (current ??= start(message.kind === 'write'));
  worker.ref();
  let answer: Answer;
  try {
    answer = await answerOf(worker, patience, () => worker.postMessage(message, transfer));
  } catch (cause) {
    abandon(worker);
    throw cause;
  }
  worker.unref();
  if ('error' in answer) {
    if (answer.broken) abandon(worker);
    throw new H5Error(answer.error);
  }
  ending = setTimeout(() => abandon(worker), IDLE).unref();
  return answer.value as T;
}

/** Whether this is the built package, or the sources run as they are (tests, examples). */
const isBuilt = import.meta.url.endsWith('.js');
const dist = join(packageRoot, 'dist');
let program: WebAssembly.Module | undefined;

function start(forWriting: boolean): Worker {
  const workerData: ThreadOptions = isBuilt ? { forWriting, folder: join(dist, 'chunks'), program } : { forWriting };
  const worker = launch({ workerData, name: 'keras-hdf5', resourceLimits: { maxOldGenerationSizeMb: HEAP_MB } });
  // Where nobody waits for it, its end harms nobody.
  worker.on('error', () => abandon(worker));
  if (isBuilt && forWriting && !program) void sendProgram(worker, workerData.folder!);
  return worker;
}

async function sendProgram(worker: Worker, folder: string): Promise<void> {
  program = await compileProgram(folder).catch(() => undefined);
  worker.postMessage({ kind: 'program', program } satisfies ProgramMessage, []);
}

function launch(options: WorkerOptions): Worker {
  // CommonJS starts sooner.
  if (isBuilt) return new Worker(join(dist, 'saving', 'h5', 'worker.cjs'), options);
  // The thread needs tsx as this one does.
  const file = JSON.stringify(new URL('./worker.ts', import.meta.url).href);
  // A thread made of text looks for packages in the working folder.
  const tsx = JSON.stringify(new URL('dist/esm/api/index.mjs',
    pathToFileURL(createRequire(import.meta.url).resolve('tsx/package.json'))).href);
  return new Worker(`import(${tsx}).then(({ register }) => { register(); return import(${file}); })`,
    { ...options, eval: true });
}

function abandon(worker: Worker): void {
  if (current === worker) current = undefined;
  void worker.terminate();
}

function answerOf(worker: Worker, patience: number, send: () => void): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void): void => {
      clearTimeout(timer);
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      act();
    };
    const onMessage = (answer: Answer): void => settle(() => resolve(answer));
    const onError = (cause: Error): void => settle(() => {
      const memory = (cause as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY';
      reject(memory ? new H5Error(`it is damaged: reading its structures takes over ${HEAP_MB} MB.`) : cause);
    });
    const onExit = (): void => settle(() => reject(new H5Error('the thread that read it has ended.')));
    const onLate = (): void => settle(() => reject(
      new H5Error(`it is damaged: its structures were not read within ${patience / 1000} seconds.`)));
    const timer = setTimeout(onLate, patience);
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
    send();
  });
}
