/** `keras-node info` */
import type { FileInfo, WeightInfo } from '../models/file-info.js';
import type { TensorInfo } from '../models/graph-info.js';
import type { RegisterCommand } from '../program.js';

interface Flags {
  json?: true;
  weights?: true;
}

export const registerInfo: RegisterCommand = (program) => {
  program
    .command('info')
    .description('say what a file holds: its format, its model, its weights')
    .argument('<file>', '.keras, .h5, .weights.h5, model.json, .onnx or a SavedModel')
    .option('--weights', 'list every weight')
    .option('--json', 'print what there is to say as JSON, with every weight')
    .addHelpText('after', '\nThe model is not made, so that files with classes of your own can be looked at too.\n\n' +
      'Examples:\n  keras-node info model.keras\n  keras-node info --weights trained.weights.h5')
    .action(async (file: string, flags: Flags) => {
      const { readFileInfo } = await import('../models/file-info.js');
      const info = await readFileInfo(file);
      console.log(flags.json ? JSON.stringify(info, null, 2) : await render(info, flags.weights ?? false));
    });
};

const sizeOf = ({ shape }: WeightInfo): number => shape.reduce((n, d) => n * d, 1);
const shapeText = ({ shape }: WeightInfo | TensorInfo): string => `(${shape.map((d) => d ?? 'None').join(', ')}${shape.length === 1 ? ',' : ''})`;

async function render(info: FileInfo, withWeights: boolean): Promise<string> {
  const { FORMATS } = await import('../models/formats.js');
  const { model, weights, optimizer_weights: state } = info;
  const counted = (list: readonly WeightInfo[]): string =>
    `${list.reduce((n, weight) => n + sizeOf(weight), 0).toLocaleString('en-US')} numbers in ${list.length} arrays`;
  const name = model?.name === undefined ? '' : ` '${model.name}'`;
  const layers = model?.layers === undefined ? '' : `, ${model.layers} ${info.format === 'onnx' ? 'nodes' : 'layers'}`;
  const tensors = (list: readonly TensorInfo[] = []): string | undefined =>
    list.map((tensor) => `${tensor.name} ${shapeText(tensor)} ${tensor.dtype}`).join('; ') || undefined;
  const rows: [string, string | undefined][] = [
    ['File', `${info.file} (${info.bytes.toLocaleString('en-US')} bytes)`],
    ['Format', FORMATS[info.format]],
    ['Keras', info.keras_version],
    ['Written by', info.generated_by],
    ['Saved', info.date_saved],
    ['Model', model && `${model.class_name}${name}${layers}`],
    ['Endpoints', info.endpoints?.join(', ')],
    ['Inputs', tensors(info.inputs)],
    ['Outputs', tensors(info.outputs)],
    ['Optimizer', info.optimizer],
    ['Loss', info.loss === undefined ? undefined : typeof info.loss === 'string' ? info.loss : JSON.stringify(info.loss)],
    ['Weights', weights && counted(weights)],
    ['Its state', state && counted(state)],
  ];
  const lines = rows.flatMap(([title, text]) => (text === undefined ? [] : [`${title.padEnd(12)}${text}`]));
  if (withWeights) lines.push('', ...[...weights ?? [], ...state ?? []].map((weight) => `${weight.path}  ${shapeText(weight)} ${weight.dtype}`));
  return lines.join('\n');
}
