/** Pictures of graphs, drawn by Graphviz: its build in WebAssembly, or, for pixels, the program where it is installed. */
import { spawn } from 'node:child_process';

/** A graph cannot be drawn. */
export class DotError extends Error {
  override name = 'DotError';
}

/** Formats of text, which the build in WebAssembly writes. */
const TEXT_FORMATS = ['svg', 'json', 'plain'] as const;
const isTextFormat = (format: string): format is (typeof TEXT_FORMATS)[number] => (TEXT_FORMATS as readonly string[]).includes(format);

/**
 * Draws a graph.
 *
 * @param text in the DOT language
 * @param format `svg`, `json` or `plain`; `dot` or `gv`: the text itself; any other: one that an installed Graphviz can do
 * @throws DotError when the format needs Graphviz's own program, which is not there, or drawing fails
 */
export async function renderDot(text: string, format: string): Promise<Uint8Array> {
  if (format === 'dot' || format === 'gv') return Buffer.from(text);
  if (!isTextFormat(format)) return byProgram(text, format);
  const { Graphviz } = await import('@hpcc-js/wasm-graphviz');
  const graphviz = await Graphviz.load();
  try {
    return Buffer.from(graphviz.layout(text, format, 'dot'));
  } catch (cause) {
    // Its memory may be in disorder: the next graph gets a new one.
    Graphviz.unload();
    throw new DotError(`Graphviz could not draw the graph: ${messageOf(cause)}. ` +
      'Where the edges are the reason, {splines: \'spline\'} draws them otherwise.', { cause });
  }
}

const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause)).replace(/\.$/, '');

function byProgram(text: string, format: string): Promise<Uint8Array> {
  if (!/^[a-z0-9]+$/.test(format)) throw new DotError(`'${format}' is no format of pictures. Choose 'svg'.`);
  return new Promise((resolve, reject) => {
    const child = spawn('dot', [`-T${format}`], { stdio: ['pipe', 'pipe', 'pipe'] });
    const [out, errors]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
    // A program that ends before it has read all says why on stderr.
    child.stdin.on('error', () => undefined);
    child.on('error', (cause: NodeJS.ErrnoException) => {
      const why = cause.code === 'ENOENT' ? 'which is not installed' : `which does not start: ${cause.message}`;
      reject(new DotError(`Pictures in the format '${format}' are drawn by Graphviz's program dot, ${why}. ` +
        'Install Graphviz (https://graphviz.org/download), or let the name of the file end in .svg.', { cause }));
    });
    child.on('close', (code) => {
      if (code === 0) resolve(Buffer.concat(out));
      else reject(new DotError(`Graphviz's program dot failed: ${Buffer.concat(errors).toString().trim() || `code ${code}`}`));
    });
    child.stdin.end(text);
  });
}
