/** `keras-node plot` */
import { InvalidArgumentError, Option } from 'commander';
import { importOption, loadModel, type LoadFlags } from '../models/load.js';
import type { RegisterCommand } from '../program.js';

interface Flags extends LoadFlags {
  out?: string;
  shapes?: true;
  dtypes?: true;
  activations?: true;
  trainable?: true;
  names: boolean;
  expandNested?: true;
  rankdir: string;
  splines: string;
  dpi: number;
}

function dots(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 10_000)) throw new InvalidArgumentError('It is a positive number, 10000 at most.');
  return value;
}

export const registerPlot: RegisterCommand = (program) => {
  program
    .command('plot')
    .description('draw the graph of a model')
    .argument('<file>', '.keras, .h5 or model.json')
    .option('-o, --out <picture>', '.svg, .dot, .json, or - for SVG on stdout; .png and .pdf where Graphviz is installed (default: the name of the model with .svg)')
    .option('--shapes', 'show the shapes that layers take and give')
    .option('--dtypes', 'show the dtypes that layers give')
    .option('--activations', 'show activations')
    .option('--trainable', 'show which layers are trainable')
    .option('--no-names', 'leave the names of layers out')
    .option('--expand-nested', 'draw the layers of models in the model')
    .addOption(new Option('--rankdir <direction>', 'from top to bottom, or left to right, ...').choices(['TB', 'BT', 'LR', 'RL']).default('TB'))
    .addOption(new Option('--splines <kind>', 'how edges run').choices(['ortho', 'curved', 'polyline', 'spline', 'line']).default('ortho'))
    .option('--dpi <dots>', 'dots per inch', dots, 72)
    .addOption(importOption())
    .addHelpText('after', '\nExamples:\n  keras-node plot model.keras --shapes\n  keras-node plot model.h5 --rankdir LR -o - > model.svg')
    .action(async (file: string, flags: Flags) => {
      const model = await loadModel(file, flags, false);
      const { model_to_dot } = await import('../../utils/plotting/model-to-dot.js');
      const dot = model_to_dot(model, {
        show_shapes: flags.shapes ?? false, show_dtype: flags.dtypes ?? false, show_layer_activations: flags.activations ?? false,
        show_trainable: flags.trainable ?? false, show_layer_names: flags.names, expand_nested: flags.expandNested ?? false,
        rankdir: flags.rankdir, splines: flags.splines, dpi: flags.dpi,
      });
      if (flags.out === '-') process.stdout.write(await dot.create('svg'));
      else {
        const out = flags.out ?? `${model.name}.svg`;
        await dot.write(out);
        console.error(`Drawn: ${out}`);
      }
    });
};
