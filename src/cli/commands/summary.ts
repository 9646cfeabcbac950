/** `keras-node summary` */
import { InvalidArgumentError } from 'commander';
import type { Model } from '../../models/model.js';
import { importOption, loadModel, type LoadFlags } from '../models/load.js';
import type { RegisterCommand } from '../program.js';

interface Flags extends LoadFlags {
  expandNested?: true;
  showTrainable?: true;
  lineLength?: number;
  json?: true;
}

/** A number of characters. */
function width(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 20) throw new InvalidArgumentError('It is a whole number, 20 or more.');
  return value;
}

export const registerSummary: RegisterCommand = (program) => {
  program
    .command('summary')
    .description('print the table of a model\'s layers')
    .argument('<file>', '.keras, .h5 or model.json')
    .option('--expand-nested', 'show the layers of models in the model')
    .option('--show-trainable', 'show which layers are trainable')
    .option('--line-length <characters>', 'width of the table', width)
    .addOption(importOption())
    .option('--json', 'print the layers as JSON')
    .addHelpText('after', '\nExamples:\n  keras-node summary model.keras\n  keras-node summary --json model.h5\n' +
      '  keras-node summary --import ./my-layers.js model.keras')
    .action(async (file: string, flags: Flags) => {
      const model = await loadModel(file, flags);
      if (flags.json) console.log(JSON.stringify(await listing(model), null, 2));
      else {
        model.summary({
          expand_nested: flags.expandNested ?? false, show_trainable: flags.showTrainable ?? false, line_length: flags.lineLength ?? null,
        });
      }
    });
};

/** What the table says, for programs. */
async function listing(model: Model): Promise<Record<string, unknown>> {
  const { Layer } = await import('../../layers/layer.js');
  const { classNameOf } = await import('../../utils/summary.js');
  const operations = model._isFunctional && model._graph ? model._graph.operations : model.layers;
  const count = (weights: readonly { size: number }[]): number => weights.reduce((n, { size }) => n + size, 0);
  return {
    name: model.name,
    class_name: classNameOf(model),
    layers: operations.map((operation) => {
      const node = operation._inbound_nodes.at(-1);
      const isLayer = operation instanceof Layer;
      return {
        name: operation.name,
        class_name: classNameOf(operation),
        output_shapes: node?.output_tensors.map(({ shape }) => shape) ?? null,
        params: isLayer ? count(operation.weights) : 0,
        trainable: isLayer ? operation.trainable : null,
        connected_to: node?.input_tensors.map(({ _keras_history: history }) => history?.operation.name) ?? [],
      };
    }),
    trainable_params: count(model.trainable_weights),
    non_trainable_params: count(model.non_trainable_weights),
    optimizer_params: model.compiled && model.optimizer?.built ? count(model.optimizer.variables) : null,
  };
}
