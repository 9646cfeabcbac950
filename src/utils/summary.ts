/** `model.summary()`: a table of layers, as Python's rich prints it. */
import { bytesPerElement } from '../engine/dtype.js';
import { isPlainObject } from '../engine/structure.js';
import type { Variable } from '../engine/variable.js';
import { Layer } from '../layers/layer.js';
import type { Model } from '../models/model.js';
import { OpOperation } from '../ops/define.js';
import type { KerasTensor } from '../ops/keras-tensor.js';
import type { Operation } from '../ops/operation.js';

export interface SummaryOptions {
  /** Width of the table. Default: 88 (108 with connections), at most the terminal's. */
  line_length?: number | null;
  /** Right edges of the columns, as fractions of the width. */
  positions?: readonly number[] | null;
  /** Receives the whole text. Default: stdout. */
  print_fn?: ((text: string) => void) | null;
  /** Show the layers inside of nested models. Default false. */
  expand_nested?: boolean;
  /** Add a column that says whether a layer is trainable. Default false. */
  show_trainable?: boolean;
  /** First and last layer to show, by name or regular expression. */
  layer_range?: readonly [string, string] | null;
}

type Align = 'left' | 'right' | 'center';

interface Column {
  name: string;
  align: Align;
  width: number;
}

const OPTIONS = ['line_length', 'positions', 'print_fn', 'expand_nested', 'show_trainable', 'layer_range'];

export function summarize(model: Model, options: SummaryOptions): void {
  const unknown = Object.keys(options).find((key) => !OPTIONS.includes(key));
  if (unknown) {
    throw new TypeError(`summary() has no argument '${unknown}'. Known arguments: ${OPTIONS.join(', ')}.`);
  }
  const text = summaryText(model, options);
  if (options.print_fn) options.print_fn(text);
  else process.stdout.write(text);
}

function summaryText(model: Model, options: SummaryOptions): string {
  const graph = model._isFunctional ? model._graph : undefined;
  const linear = !graph || isLinear(model);
  const columns = layOut(linear, options);
  const layers = inRange<Operation>(graph ? [...graph.operations] : model.layers, options.layer_range);
  const rows = layers.flatMap((layer) => rowsOf(layer, 0, model, linear, options));
  return [`Model: "${model.name}"`, table(columns, rows), totals(model), ''].join('\n');
}

/** One call after the other, each on one tensor, no layer used twice. */
function isLinear(model: Model): boolean {
  const { nodes } = model._graph!;
  const used = new Set<Operation>();
  return model._graph!.inputs.length === 1 && nodes.every((node) => {
    const once = !used.has(node.operation);
    used.add(node.operation);
    return once && node.input_tensors.length <= 1;
  }) && nodes.every((node) => node.output_tensors.length === 1) &&
    nodes.every((node, i) => i === 0 || node.parent_nodes[0] === nodes[i - 1]);
}

function layOut(linear: boolean, { line_length, positions, show_trainable }: SummaryOptions): Column[] {
  const names: [string, Align][] = [['Layer (type)', 'left'], ['Output Shape', 'left'], ['Param #', 'right']];
  if (!linear) names.push(['Connected to', 'left']);
  let edges = positions ? [...positions] : linear ? [0.45, 0.8, 1] : [0.3, 0.56, 0.74, 1];
  if (show_trainable) {
    edges = [...edges.map((p) => p * 0.9), 1];
    names.push(['Trainable', 'center']);
  }
  const standard = (linear ? 88 : 108) + (show_trainable ? 12 : 0);
  const length = line_length ?? Math.min(standard, (process.stdout.columns ?? 80) - 4);
  let current = 0;
  const widths = edges.map((edge) => {
    const width = Math.trunc(edge * length) - current;
    if (width < 4) {
      throw new RangeError(`line_length ${length} is too small for a summary of ${names.length} columns.`);
    }
    current += width;
    return width + 2;
  });
  widths.length = Math.min(widths.length, names.length);
  // The borders and the space beside the text are taken from all columns alike.
  let excess = widths.reduce((n, w) => n + w, 0) + widths.length + 1 - length;
  const even = widths.map((width, i) => {
    const share = Math.max(0, roundHalfEven(excess / (widths.length - i)));
    excess -= share;
    return width - share;
  });
  return names.map(([name, align], i) => ({ name, align, width: even[i] }));
}

const roundHalfEven = (x: number): number =>
  (Math.abs(x % 1) === 0.5 ? 2 * Math.round(x / 2) : Math.round(x));

function inRange<T extends { name: string }>(
  layers: readonly T[], range: SummaryOptions['layer_range'],
): T[] {
  if (!range) return [...layers];
  const matching = (pattern: string): number[] =>
    layers.flatMap((layer, i) => (new RegExp(`^(?:${pattern})`).test(layer.name) ? [i] : []));
  const first = matching(range[0]);
  const last = matching(range[1]);
  if (first.length === 0 || last.length === 0) {
    throw new RangeError(`layer_range [${range.join(', ')}] matches no layers. ` +
      `Layers: ${layers.map((l) => l.name).join(', ')}.`);
  }
  const [from, to] = first[0] > last[last.length - 1] ? [last[0], first[first.length - 1]]
    : [first[0], last[last.length - 1]];
  return layers.slice(from, to + 1);
}

/** An op shows as the class that Python has for it. */
export const classNameOf = (layer: Operation): string => (layer instanceof OpOperation
  ? layer.opName.split('_').map((word) => word[0].toUpperCase() + word.slice(1)).join('')
    : layer.constructor.name);

function rowsOf(
  layer: Operation, level: number, model: Model, linear: boolean, options: SummaryOptions,
): string[][] {
  const prefix = level > 0 ? `${'   '.repeat(level)}└ ` : '';
  const count = (): string => (layer as Layer).count_params().toLocaleString('en-US');
  const params = !(layer instanceof Layer) ? '0' : layer.built ? count() : '0 (unbuilt)';
  const row = [`${prefix}${layer.name} (${classNameOf(layer)})`, outputShape(layer), params];
  if (!linear) row.push(connections(layer, model));
  const hasWeights = layer instanceof Layer && layer.weights.length > 0;
  if (options.show_trainable) row.push(hasWeights ? (layer.trainable ? 'Y' : 'N') : '-');
  const inner = options.expand_nested && 'layers' in layer ? (layer as Model).layers : [];
  return [row, ...inner.flatMap((child) => rowsOf(child, level + 1, model, linear, options))];
}

/** Shapes as Python prints them, `None` for unknown dimensions: summaries can be compared line by line. */
export const pythonShape = (shape: readonly (number | null)[]): string =>
  `(${shape.map((d) => d ?? 'None').join(', ')})`;

function outputShape(layer: Operation): string {
  const node = layer._inbound_nodes[layer._inbound_nodes.length - 1];
  let shapes: unknown[];
  if (node) shapes = node.output_tensors.map((tensor) => tensor.shape);
  else {
    const own = layer as unknown as { _graph?: { outputs: readonly KerasTensor[] } };
    if (own._graph) shapes = own._graph.outputs.map((tensor) => tensor.shape);
    else {
      const config = layer instanceof Layer ? layer.get_build_config() : null;
      if (!config) return '?';
      try {
        const shape = (layer as Layer).compute_output_shape(config.input_shape);
        shapes = isShape(shape) ? [shape] : isPlainObject(shape) ? Object.values(shape)
          : (shape as unknown[]);
      } catch {
        return '?';
      }
    }
  }
  const texts = shapes.map((shape) => pythonShape(shape as (number | null)[]));
  return texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`;
}

const isShape = (value: unknown): boolean =>
  Array.isArray(value) && value.every((d) => d === null || typeof d === 'number');

function connections(layer: Operation, model: Model): string {
  const graph = model._graph!;
  const inputs = layer._inbound_nodes.filter((node) => graph.has(node)).flatMap((node) => node.input_tensors);
  const texts = inputs.map((tensor) => {
    const { operation, node_index, tensor_index } = tensor._keras_history!;
    return `${operation.name}[${node_index}][${tensor_index}]`;
  });
  return texts.length > 0 ? texts.join(', ') : '-';
}

function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const rule = (left: string, line: string, cross: string, right: string): string =>
    left + columns.map(({ width }) => line.repeat(width)).join(cross) + right;
  const lines = [rule('┏', '━', '┳', '┓'), ...cells(columns, columns.map(({ name }) => name), '┃', true),
    rule('┡', '━', '╇', '┩')];
  rows.forEach((row, i) => {
    if (i > 0) lines.push(rule('├', '─', '┼', '┤'));
    lines.push(...cells(columns, row, '│'));
  });
  return [...lines, rule('└', '─', '┴', '┘')].join('\n');
}

/** The lines of one row; `bottom` puts shorter texts at its end. */
function cells(
  columns: readonly Column[], texts: readonly string[], border: string, bottom = false,
): string[] {
  const parts = texts.map((text, i) => wrap(text, columns[i].width - 2));
  const height = Math.max(...parts.map((lines) => lines.length));
  const wrapped = parts.map((lines) =>
    (bottom ? [...Array.from({ length: height - lines.length }, () => ''), ...lines] : lines));
  return Array.from({ length: height }, (_, line) => border + columns.map(({ width, align }, i) =>
    ` ${pad(wrapped[i][line] ?? '', width - 2, align)} `).join(border) + border);
}

function pad(text: string, width: number, align: Align): string {
  if (align === 'left') return text.padEnd(width);
  if (align === 'right') return text.padStart(width);
  return text.padStart(Math.floor((width + text.length) / 2)).padEnd(width);
}

/** Breaks at spaces; a word longer than a line ends in an ellipsis. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.match(/\s*\S+/g) ?? ['']) {
    if ((line + word).length <= width) line += word;
    else {
      if (line) lines.push(line);
      line = line ? word.trimStart() : word;
    }
  }
  return [...lines, line].map((part) => (part.length > width ? `${part.slice(0, width - 1)}…` : part));
}

const count = (variables: readonly Variable[]): number => variables.reduce((n, v) => n + v.size, 0);
const bytes = (variables: readonly Variable[]): number =>
  variables.reduce((n, v) => n + v.size * bytesPerElement(v.dtype), 0);

function totals(model: Model): string {
  const optimizer = model.compiled && model.optimizer?.built ? model.optimizer.variables : undefined;
  const all = [...model.weights, ...(optimizer ?? [])];
  const line = (label: string, variables: readonly Variable[]): string =>
    ` ${label} params: ${count(variables).toLocaleString('en-US')} (${readableSize(bytes(variables))})`;
  return [line('Total', all), line('Trainable', model.trainable_weights),
    line('Non-trainable', model.non_trainable_weights),
    ...(optimizer ? [line('Optimizer', optimizer)] : [])].join('\n');
}

function readableSize(size: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let unit = 0;
  let value = size;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value.toFixed(2)} ${units[unit]}`;
}

