/** Programs in processes and threads of their own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Worker, type WorkerOptions } from 'node:worker_threads';
import { bundled } from '../support/bundled.js';

export interface Ending {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface Program {
  process: ChildProcess;
  /** Resolves as soon as stdout holds the text. */
  says(text: string): Promise<void>;
  end: Promise<Ending>;
}

/** Starts a script beside this file, without what the tests' own environment says about backends and logs. */
export function start(script: string, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Program {
  const { KERAS_NODE_QUIET: _quiet, KERAS_NODE_DEBUG: _debug, TF_CPP_MIN_LOG_LEVEL: _level, ...inherited } = process.env;
  const child = spawn(process.execPath, [beside(script), ...args], {
    env: { ...inherited, KERAS_BACKEND: 'tensorflow', ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  const waiting = new Set<() => void>();
  child.stdout.on('data', (data: Buffer) => {
    output.stdout += String(data);
    for (const look of waiting) look();
  });
  child.stderr.on('data', (data: Buffer) => {
    output.stderr += String(data);
  });
  const end = new Promise<Ending>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, ...output }));
  });
  const says = (text: string): Promise<void> => new Promise((resolve, reject) => {
    const look = (): void => {
      if (!output.stdout.includes(text)) return;
      waiting.delete(look);
      resolve();
    };
    waiting.add(look);
    look();
    child.on('close', (code, signal) =>
      reject(new Error(`The program ended (${code ?? signal}) before it said '${text}': ${output.stderr}`)));
  });
  return { process: child, says, end };
}

/** Runs a script to its end. */
export const run = (script: string, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Promise<Ending> =>
  start(script, args, env).end;

/** Starts a script beside this file in a thread. */
export const startThread = (script: string, options: WorkerOptions = {}): Worker => new Worker(beside(script), options);

const beside = (script: string): string => bundled(fileURLToPath(new URL(script, import.meta.url)));
