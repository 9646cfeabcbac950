#!/usr/bin/env node
/** The program `keras-node`. */
import { runCli } from './program.js';

async function main(): Promise<void> {
  process.exitCode = await runCli(process.argv.slice(2));
}

void main();
