/**
 * Loads a binding in a process of its own and asks it for its version and devices. A library that crashes the
 * process on loading (a foreign processor, a damaged file) then is an answer, too.
 */
import { run } from './process.js';

/** What a binding that loads says of itself. */
export interface ProbeResult {
  version: string;
  devices: { name: string; type: string }[];
  milliseconds: number;
}

/** Runs in the child, where nothing of this package is loaded. */
const SCRIPT = `
  const addon = { exports: {} };
  process.dlopen(addon, process.argv[1], require('os').constants.dlopen.RTLD_NOW);
  addon.exports.initialize();
  const answer = { version: addon.exports.version(), devices: addon.exports.devices() };
  process.stdout.write('\\nprobe ' + JSON.stringify(answer) + '\\n', () => process.exit(0));
`;

const TIMEOUT_MS = 120_000;

/** The answer of a binding (a `.node` file), or the lines that say why it does not load. */
export async function probe(
  binding: string,
  signal?: AbortSignal,
): Promise<ProbeResult | { failed: string; details: string[] }> {
  const began = performance.now();
  const { status, stdout, tail } = await run(process.execPath, ['-e', SCRIPT, binding], {
    signal,
    timeout: TIMEOUT_MS,
    // The log of TensorFlow is for errors only here; NODE_OPTIONS of a test runner has no place in the child.
    env: { TF_CPP_MIN_LOG_LEVEL: '2', ...process.env, NODE_OPTIONS: '' },
  });
  const answer = /^probe (\{.*\})$/m.exec(stdout)?.[1];
  if (status === 0 && answer !== undefined) {
    const { version, devices } = JSON.parse(answer) as Omit<ProbeResult, 'milliseconds'>;
    return { version, devices, milliseconds: Math.round(performance.now() - began) };
  }
  const reason = tail.find((line) => /^(\w*Error|Error): /.test(line.trim()))?.trim();
  return {
    failed: reason ?? (status > 128 ? `signal ${status - 128} ended the process.` : `exit status ${status}.`),
    details: tail,
  };
}
