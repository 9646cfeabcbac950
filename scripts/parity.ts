/** `npm run parity`: compares the built package with Keras's API and writes docs/PARITY.md. */
import { compare } from './parity/compare.js';
import { fallenBack, readReport, summaryOf, writeReport } from './parity/report.js';

const rows = await compare();
const worse = fallenBack(rows, readReport());
writeReport(rows);
console.log(summaryOf(rows));
for (const { symbol, state, remarks } of worse) console.log(`fallen back: ${symbol} is '${state}' ${remarks.join('; ')}`);
if (worse.length > 0) process.exitCode = 1;
