/** Runs the command line with the fake wheels of a sandbox: `run-cli.ts <overrides.json> <arguments...>`. */
import { readFileSync } from 'node:fs';
import { runCli } from '../../src/cli/program.js';
import type { Overrides } from './sandbox.js';

const { wheels, sources } = JSON.parse(readFileSync(process.argv[2], 'utf8')) as Overrides;
process.exitCode = await runCli(process.argv.slice(3), { wheels: (kind) => wheels[kind], sources });
