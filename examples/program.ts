/** Examples as programs: their flags from the command line, unless another file imports them. */
import { pathToFileURL } from 'node:url';
import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';

export type Flags = Readonly<Record<string, number>>;

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
  const options = Object.entries(flags).map(([name, value]) => [name, { type: 'number', default: value }] as const);
  const given = await yargs(hideBin(process.argv)).usage(about).options(Object.fromEntries(options)).strict().parseAsync();
  await main(Object.fromEntries(Object.keys(flags).map((name) => [name, Number(given[name])])) as F);
}
