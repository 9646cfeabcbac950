/** `keras-node launch` */
import { existsSync } from 'node:fs';
import { InvalidArgumentError } from 'commander';
import type { RegisterCommand } from '../program.js';

export const registerLaunch: RegisterCommand = (program, context) => {
  program
    .command('launch')
    .description('run a script in several processes on this machine that train together')
    .requiredOption('--workers <n>', 'number of processes', wholeNumber(1))
    .option('--restart <times>', 'start all again when one has failed, at most so often', wholeNumber(0), 0)
    .argument('<script>', 'the program of every process; it calls keras.distribution.initialize() first', existing)
    .argument('[args...]', 'its arguments')
    .passThroughOptions()
    .action(async (script: string, args: string[], options: { workers: number; restart: number }) => {
      const { Launcher } = await import('../launcher.js');
      context.exitCode = await new Launcher({
        ...options, script, args, print: (stream, line) => void process[stream].write(`${line}\n`),
      }).run();
    });
};

const wholeNumber = (least: number) => (text: string): number => {
  const value = Number(text);
  if (text.trim() !== '' && Number.isInteger(value) && value >= least) return value;
  throw new InvalidArgumentError(`It must be a whole number of at least ${least}.`);
};

function existing(script: string): string {
  if (existsSync(script)) return script;
  throw new InvalidArgumentError('There is no such file.');
}
