/** `keras-node predict` */
import { extname } from 'node:path';
import { InvalidArgumentError, Option } from 'commander';
import { UsageError } from '../errors.js';
import { importOption, loadModel, type LoadFlags } from '../models/load.js';
import { OUTPUT_FORMATS, type OutputFormat } from '../models/outputs.js';
import type { RegisterCommand } from '../program.js';

interface Flags extends LoadFlags {
  out?: string;
  format?: OutputFormat;
  batchSize?: number;
  rescale?: number;
  json?: true;
}

function positive(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('It is a whole number, 1 or more.');
  return value;
}

function factor(text: string): number {
  const [numerator, denominator = 1] = text.split('/').map(Number);
  const value = numerator / denominator;
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('It is a number, such as 0.5 or 1/255.');
  return value;
}

export const registerPredict: RegisterCommand = (program) => {
  program
    .command('predict')
    .description('predict from a file of inputs')
    .argument('<file>', 'the model: .keras, .h5 or model.json')
    .argument('<input...>', '.json, .csv, .npy or .npz; one for each input of the model; images (.png, .jpg), which make one batch; - for JSON on stdin')
    .option('-o, --out <file>', 'where the predictions go: .json, .csv or .npy (default: JSON on stdout)')
    .addOption(new Option('--format <format>', 'what they are, whatever the name').choices(OUTPUT_FORMATS))
    .option('--batch-size <samples>', 'samples that are computed at a time', positive, 32)
    .option('--rescale <factor>', 'what the numbers of images, 0 to 255, are multiplied with', factor)
    .addOption(importOption())
    .option('--json', 'in JSON, give names, shapes and dtypes of the outputs too')
    .addHelpText('after', '\nJSON is nested lists, or an object of them by the names of the inputs. A row of a CSV file is a sample.\n' +
      'Images get the size and the channels that the model takes.\n\nExamples:\n  keras-node predict model.keras samples.csv\n' +
      '  echo \'[[1, 2, 3, 4]]\' | keras-node predict model.keras - \n  keras-node predict digits.keras a.png b.png --rescale 1/255 --out digits.csv\n' +
      '  keras-node predict model.keras x.npy --out y.npy')
    .action(async (file: string, inputs: string[], flags: Flags) => {
      const format = formatOf(flags);
      const model = await loadModel(file, flags, false);
      const { readInputs } = await import('../models/inputs.js');
      const { encodeOutputs, namedOutputs } = await import('../models/outputs.js');
      const x = await readInputs(inputs, model, { rescale: flags.rescale });
      const predictions: unknown = await model.predict(x as never, { batch_size: flags.batchSize, verbose: 0 });
      const bytes = await encodeOutputs(namedOutputs(predictions, model), format, flags.json ?? false);
      if (flags.out === undefined) process.stdout.write(bytes);
      else {
        const { writeContents } = await import('../../saving/files.js');
        await writeContents(flags.out, Buffer.from(bytes));
        console.error(`Written: ${flags.out}`);
      }
    });
};

/** As asked, or as the name of the file ends. @throws UsageError where that says nothing */
function formatOf({ format, out, json }: Flags): OutputFormat {
  const ending = out === undefined ? 'json' : extname(out).slice(1).toLowerCase();
  const found = format ?? OUTPUT_FORMATS.find((known) => known === ending);
  if (!found) throw new UsageError(`'${out}' does not say how predictions are to be written. Let it end in .json, .csv or .npy, or add --format.`);
  if (json && found !== 'json') throw new UsageError(`--json is for predictions in JSON; they are to be written as ${found}.`);
  return found;
}
