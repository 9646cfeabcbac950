/** Graphs in Graphviz's DOT language: what pydot's Dot and Cluster are to Keras in Python. */
import { extname } from 'node:path';
import { pathOf, writeContents, type FilePath } from '../../saving/files.js';
import { renderDot } from './render.js';

/** Attributes of a graph, node or edge. Text that begins with `<` and ends with `>` is one of HTML's tables. */
export type DotAttributes = Readonly<Record<string, string | number | boolean>>;

const KEYWORDS: ReadonlySet<string> = new Set(['node', 'edge', 'graph', 'digraph', 'subgraph', 'strict']);

/** A name or value as DOT has it: in quotes where it is no plain word or number. */
function quoted(value: string | number | boolean): string {
  const text = String(value);
  const isPlain = /^([a-z_]\w*|-?(\d+(\.\d*)?|\.\d+))$/i.test(text) && !KEYWORDS.has(text.toLowerCase());
  if (isPlain || /^<[^]*>$/.test(text)) return text;
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}

const listed = (attributes: DotAttributes): string[] => Object.entries(attributes).map(([key, value]) => `${key}=${quoted(value)}`);
const bracketed = (attributes: DotAttributes): string =>
  (Object.keys(attributes).length > 0 ? ` [${listed(attributes).join(', ')}]` : '');

/**
 * A directed graph, which `model_to_dot` gives: its text, and files with its picture.
 *
 * @example
 * const dot = keras.utils.model_to_dot(model);
 * dot.toString().startsWith('digraph'); // true
 * await dot.write('model.svg');
 */
export class DotGraph {
  /** Of a part of another graph, a cluster. */
  readonly name: string | undefined;
  readonly attributes: DotAttributes;
  readonly #statements: (string | DotGraph)[] = [];
  readonly #edges = new Set<string>();

  /** @param name makes it a cluster, a part of another graph with a frame around it */
  constructor(attributes: DotAttributes, name?: string) {
    this.attributes = attributes;
    this.name = name;
  }

  /** Attributes that all nodes behind this have. */
  setNodeDefaults(attributes: DotAttributes): void {
    this.#statements.push(`node${bracketed(attributes)};`);
  }

  addNode(id: string | number, attributes: DotAttributes): void {
    this.#statements.push(`${quoted(id)}${bracketed(attributes)};`);
  }

  /** Adds an edge, where there is none yet between the two. */
  addEdge(from: string | number, to: string | number, attributes: DotAttributes): void {
    const edge = `${quoted(from)} -> ${quoted(to)}`;
    if (this.#edges.has(edge)) return;
    this.#edges.add(edge);
    this.#statements.push(`${edge}${bracketed(attributes)};`);
  }

  addSubgraph(graph: DotGraph): void {
    this.#statements.push(graph);
  }

  /** The graph in the DOT language. */
  toString(): string {
    const head = this.name === undefined ? 'digraph G' : `subgraph ${quoted(`cluster_${this.name}`)}`;
    const attributes = listed(this.attributes).map((line) => `${line};`);
    return [`${head} {`, ...attributes, ...this.#statements.map((part) => part.toString().trimEnd()), '}', ''].join('\n');
  }

  /**
   * The picture, as a file holds it.
   * @param format `svg`, `json` or `dot`; or another one that an installed Graphviz can do, such as `png`
   * @throws DotError where that fails
   */
  create(format = 'svg'): Promise<Uint8Array> {
    return renderDot(this.#complete(), format);
  }

  /** Writes the picture to a file. @param format default: as its name ends */
  async write(path: FilePath, format?: string): Promise<void> {
    const name = pathOf(path);
    await writeContents(name, await this.create(format ?? formatOf(name)));
  }

  /** A cluster alone is no graph. */
  #complete(): string {
    return this.name === undefined ? this.toString() : `digraph G {\n${this.toString()}}\n`;
  }
}

/** The format that the name of a file asks for. */
export const formatOf = (path: string): string => extname(path).slice(1).toLowerCase() || 'svg';
