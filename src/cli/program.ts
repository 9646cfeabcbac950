/**
 * The command line: its commands, and how their errors end.
 *
 * Exit codes: 0 done; 1 it could not be done; 2 the command line makes no sense; 128 + n stopped by signal n.
 */
import { Command, CommanderError } from 'commander';
import { InterruptedError, SetupError } from '../setup/errors.js';
import { packageVersion } from '../setup/paths.js';
import type { SetupOptions } from '../setup/setup.js';
import { registerConvert } from './commands/convert.js';
import { registerDoctor } from './commands/doctor.js';
import { registerInfo } from './commands/info.js';
import { registerLaunch } from './commands/launch.js';
import { registerPlot } from './commands/plot.js';
import { registerPredict } from './commands/predict.js';
import { registerSetup } from './commands/setup.js';
import { registerSummary } from './commands/summary.js';
import { UsageError } from './errors.js';

/** What the commands share. */
export interface CliContext {
  /** Set by a command that ran to its end and still has bad news. */
  exitCode: number;
  /** Replaces the pinned wheels and sources of the set-up; for tests. */
  setup: Pick<SetupOptions, 'wheels' | 'sources'>;
}

/** Adds one command to the program. Each file in `commands/` has one of these. */
export type RegisterCommand = (program: Command, context: CliContext) => void;

const COMMANDS: readonly RegisterCommand[] = [
  registerSetup, registerDoctor, registerInfo, registerSummary, registerPredict, registerConvert, registerPlot, registerLaunch,
];

/**
 * Runs a command line.
 *
 * @param args What the user wrote after `keras-node`.
 * @returns The exit code. Errors are printed and never thrown.
 */
export async function runCli(args: readonly string[], setup: CliContext['setup'] = {}): Promise<number> {
  const context: CliContext = { exitCode: 0, setup };
  const program = new Command('keras-node')
    .description('Keras 3 for Node.js: sets up the TensorFlow runtime; shows, runs and converts models; trains in several processes.')
    .version(packageVersion())
    .showSuggestionAfterError()
    .showHelpAfterError('(keras-node --help shows what there is)')
    // Options behind the name of a script are the script's.
    .enablePositionalOptions()
    .exitOverride();
  for (const register of COMMANDS) register(program, context);
  // Without a command: the help, as an answer and not as an error.
  if (args.length === 0) {
    program.outputHelp();
    return 0;
  }
  try {
    await program.parseAsync(args, { from: 'user' });
    return context.exitCode;
  } catch (error) {
    return report(error);
  }
}

function report(error: unknown): number {
  // commander has printed its message already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof InterruptedError) {
    console.error(`keras-node: ${error.message}`);
    return error.exitCode;
  }
  if (error instanceof SetupError) {
    console.error(`keras-node: ${error.message}`);
    for (const line of error.details) console.error(`  | ${line}`);
    console.error(`Next: ${error.next}`);
  } else {
    console.error(`keras-node: ${error instanceof Error ? error.message : String(error)}`);
    if (error instanceof UsageError) return 2;
  }
  if (process.env.KERAS_NODE_DEBUG) console.error(error);
  return 1;
}
