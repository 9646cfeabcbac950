/** Runs programs in several processes that see loopback only, where the machine allows that. */
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Backend } from '../../src/backend/backend.js';
import { context } from '../../src/engine/context.js';
import { backendNamed, BACKENDS } from '../support/backends.js';
import { bundled } from '../support/bundled.js';

const here = fileURLToPath(new URL('.', import.meta.url));
const CLI = bundled(fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url)));

/** A shell in a network namespace of its own that has loopback alone; else, the machine's loopback. */
const NAMESPACES: readonly (readonly string[])[] = [['unshare', '-n'], ['unshare', '-rn']];
const isolated = NAMESPACES.find(([program, ...flags]) => spawnSync(program, [...flags, 'ip', 'link', 'set', 'lo', 'up']).status === 0);
/** Whether the jobs run in a network namespace of their own: it takes Linux, `unshare`, `ip`, and the right to make one. */
export const IS_ISOLATED = isolated !== undefined;

export interface Ended {
  code: number | null;
  /** All lines, of both streams, in order. */
  lines: string[];
}

function run(command: readonly string[], env: NodeJS.ProcessEnv): Promise<Ended> {
  const [program, ...args] = isolated
    ? [...isolated, 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh', ...command] : command;
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, KERAS_BACKEND: 'tensorflow', KERAS_NODE_QUIET: '1', TF_CPP_MIN_LOG_LEVEL: '3', ...env },
  });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    let rest = '';
    stream.setEncoding('utf8').on('data', (text: string) => {
      const parts = (rest + text).split('\n');
      rest = parts.pop()!;
      lines.push(...parts);
    });
  }
  return new Promise((resolve) => void child.on('close', (code) => resolve({ code, lines })));
}

/** A suite whose own process computes with TensorFlow too; skipped where that is not set up. */
export function onTensorFlow(title: string, tests: (this: Mocha.Suite) => void): void {
  const isWanted = BACKENDS.includes('tensorflow') && backendNamed('tensorflow') !== undefined;
  (isWanted ? describe : describe.skip)(title, function suite() {
    let former: Backend | undefined;
    before(() => {
      if (!IS_ISOLATED) console.warn(`${title}: no network namespace could be made here, so the processes see all networks of this machine.`);
      former = context.backend;
      context.backend = backendNamed('tensorflow');
    });
    after(() => (context.backend = former));
    tests.call(this);
  });
}

/** Runs a job of this folder by `keras-node launch`. */
export const launch = (
  flags: readonly string[], job: string, args: readonly string[] = [], env: NodeJS.ProcessEnv = {},
): Promise<Ended> => run([process.execPath, CLI, 'launch', ...flags, bundled(join(here, job)), ...args], env);
