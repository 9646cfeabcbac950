/** `keras-node convert` */
import { existsSync } from 'node:fs';
import { Option } from 'commander';
import type { Model } from '../../models/model.js';
import { CommandError } from '../errors.js';
import { FORMATS, formatOfOutput, type Format } from '../models/formats.js';
import { importOption, loadModel, type LoadFlags } from '../models/load.js';
import type { RegisterCommand } from '../program.js';

interface Flags extends LoadFlags {
  to?: Format;
  overwrite?: true;
  json?: true;
}

export const registerConvert: RegisterCommand = (program) => {
  program
    .command('convert')
    .description('write a model in another format')
    .argument('<in>', '.keras, .h5 or model.json')
    .argument('<out>', '.keras, .h5, .weights.h5, model.json, .onnx, or a folder with --to')
    .addOption(new Option('--to <format>', 'the format, where the name of the output does not say it').choices(Object.keys(FORMATS)))
    .option('--overwrite', 'replace what is there')
    .addOption(importOption())
    .option('--json', 'print what was written as JSON')
    .addHelpText('after', '\nExamples:\n  keras-node convert old.h5 new.keras\n  keras-node convert model.keras public/model/model.json\n' +
      '  keras-node convert model.keras model.onnx\n  keras-node convert model.keras served/1 --to saved_model')
    .action(async (input: string, output: string, flags: Flags) => {
      const format = formatOfOutput(output, flags.to);
      if (existsSync(output) && !flags.overwrite) throw new CommandError(`'${output}' is there already. Choose another name, or add --overwrite.`);
      const model = await loadModel(input, flags);
      await WRITERS[format](model, output);
      if (flags.json) console.log(JSON.stringify({ input, output, format }));
      else console.error(`Written: ${output} (${FORMATS[format]})`);
    });
};

const WRITERS: Record<Format, (model: Model, path: string) => Promise<void>> = {
  // A folder has no ending.
  keras: (model, path) => model.save(path, { zipped: path.endsWith('.keras') }),
  h5: (model, path) => model.save(path),
  weights: (model, path) => model.save_weights(path, path.endsWith('.json') ? { max_shard_size: 2 } : {}),
  tfjs: async (model, path) => {
    const { save_tfjs_model } = await import('../../saving/tfjs/layers-model.js');
    await save_tfjs_model(model, path);
  },
  saved_model: (model, path) => model.export(path, { format: 'tf_saved_model', verbose: false }),
  onnx: (model, path) => model.export(path, { format: 'onnx', verbose: false }),
};
