/** Whether this machine has an NVIDIA driver, found without starting a process. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram, systemLibraryFolders } from './paths.js';

/** How the driver was found, and its version where that is known. */
export interface NvidiaDriver {
  found: string;
  version?: string;
}

/** The NVIDIA driver of this machine, or `undefined` when there is none. Takes well under a millisecond. */
export function nvidiaDriver(env: NodeJS.ProcessEnv = process.env): NvidiaDriver | undefined {
  if (process.platform !== 'linux') return undefined;
  const procFile = '/proc/driver/nvidia/version';
  if (existsSync(procFile)) {
    // "NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54.15  Tue ..."
    const version = /Kernel Module.*?\s(\d+(?:\.\d+)+)\s/.exec(readFileSync(procFile, 'utf8'))?.[1];
    return { found: procFile, version };
  }
  // WSL and some containers have the library or the tool, and no file in /proc.
  for (const folder of systemLibraryFolders(env)) {
    const library = join(folder, 'libcuda.so.1');
    if (existsSync(library)) return { found: library };
  }
  const tool = findProgram('nvidia-smi', env);
  return tool === undefined ? undefined : { found: tool };
}
