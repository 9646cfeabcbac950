/** Examples as programs: their flags from the command line, unless another file imports them. */
import { pathToFileURL } from 'node:url';
import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';

export type Flags = Readonly<Record<string, number | boolean>>;

/** A loss at the beginning and at the end of training. */
export interface Outcome {
  first: number;
  last: number;
}

/**
 * Runs an example when its file is the program.
 * @param file `import.meta.url` of the example
 * @param flags names and defaults
 */
export async function asProgram<F extends Flags>(
  file: string, about: string, flags: F, main: (flags: F) => Promise<unknown>,
): Promise<void> {
  if (pathToFileURL(process.argv[1] ?? '').href !== file) return;
  const options = Object.entries(flags).map(([name, value]) =>
    [name, { type: typeof value === 'number' ? 'number' : 'boolean', default: value }] as const);
  const program = yargs(hideBin(process.argv)).usage(about).options(Object.fromEntries(options)).strict();
  const given = await program.check((all) => {
    const bad = Object.keys(flags).find((name) => Number.isNaN(all[name]));
    if (bad) throw new Error(`--${bad} is a number.`);
    return true;
  }).parseAsync();
  await main(Object.fromEntries(Object.keys(flags).map((name) => [name, given[name]])) as F);
}
