/** docs/PARITY.md: written from rows, and read again to see what has fallen back. */
import { readFileSync, writeFileSync } from 'node:fs';
import { readApi } from './api.js';
import { STATES, type Row, type State } from './compare.js';

const FILE = new URL('../../docs/PARITY.md', import.meta.url);

/** `yes` of all symbols that are not left out. */
export function counts(rows: readonly Row[]): Record<State, number> {
  return Object.fromEntries(STATES.map((state) => [state, rows.filter((row) => row.state === state).length])) as Record<State, number>;
}

export function summaryOf(rows: readonly Row[]): string {
  const { yes, partly, no, 'left out': leftOut } = counts(rows);
  return `${yes} of ${rows.length} symbols as in Keras, ${partly} partly, ${no} missing, ${leftOut} left out`;
}

export function writeReport(rows: readonly Row[]): void {
  const escaped = (text: string): string => text.replaceAll('|', '\\|');
  writeFileSync(FILE, `# Parity with Keras

Made by \`npm run parity\` from the built package; do not edit. It compares every public symbol of Keras ${readApi().keras}
with this package: that it is there, its arguments by name and order, members of classes, and defaults (of functions where
they are literals, of classes where a config shows them). \`yes\` with a remark is a symbol of which a part is left out for the
reason given (\`scripts/parity/api.ts\`). What a symbol computes is compared by the tests, with numbers
from Python.

**${summaryOf(rows)}.** The tests fail when a row falls back.

| symbol | here | remarks |
| --- | --- | --- |
${rows.map(({ symbol, state, remarks }) => `| ${symbol} | ${state} | ${escaped(remarks.join('; '))} |`).join('\n')}
`);
}

/** The states that the report in the repository has. */
export function readReport(): Map<string, State> {
  const rows = readFileSync(FILE, 'utf8').matchAll(/^\| (keras\.[\w.]+) \| ([\w ]+) \|/gm);
  return new Map([...rows].map(([, symbol, state]) => [symbol, state as State]));
}

/** Rows whose state is worse than that in the report. */
export function fallenBack(rows: readonly Row[], before: ReadonlyMap<string, State>): Row[] {
  return rows.filter(({ symbol, state }) => STATES.indexOf(state) < STATES.indexOf(before.get(symbol) ?? 'no'));
}
