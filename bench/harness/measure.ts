/** Runs the contenders of one workload in turn, so that changes of the machine's speed fall on all of them. */
import type { Contender } from './contenders.js';
import { probe, QUIET_CORES, waitForQuiet, watchOthers } from './machine.js';
import { summarize, type Summary } from './statistics.js';
import { WorkerError, WorkerProcess, type Values } from './worker-process.js';
import type { Workload } from './workloads.js';

/** State of the machine around one turn. */
export interface Turn {
  /** Milliseconds of the probe, before and after. */
  probes: readonly [number, number];
  /** Cores that other processes kept busy. */
  others: number;
}

export interface Result {
  workload: string;
  rounds: number;
  /** Samples by contender and metric. */
  contenders: Record<string, Record<string, Summary>>;
  /** Versions, numbers of parameters and the like, by contender. */
  meta: Record<string, Values>;
  turns: Record<string, readonly Turn[]>;
  /** Contenders that gave up, and why. */
  failed: Record<string, string>;
}

export interface MeasureOptions {
  rounds: number;
  /** Seconds to wait for a quiet machine before each turn. */
  patience: number;
  log(line: string): void;
}

/** Measures a workload. The order of the contenders moves on by one each round. */
export async function measure(
  workload: Workload, contenders: readonly Contender[], options: MeasureOptions,
): Promise<Result> {
  const samples = new Map<string, Map<string, number[]>>();
  const turns: Record<string, Turn[]> = {};
  const result: Result = { workload: workload.name, rounds: options.rounds, contenders: {}, meta: {}, turns, failed: {} };
  const workers = new Map<string, WorkerProcess>();
  const alive = (): Contender[] => contenders.filter(({ name }) => !(name in result.failed));

  const guarded = async (name: string, work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof WorkerError)) throw error;
      result.failed[name] = error.message;
      workers.get(name)?.kill();
      workers.delete(name);
    }
  };

  const turn = async ({ name, command, env }: Contender): Promise<Values> => {
    const worker = workers.get(name);
    if (worker) return worker.round();
    const once = new WorkerProcess(command, env);
    const { meta, ...values } = await once.waitFor('RESULT');
    if (workload.name === 'startup') values['start to first step s'] = once.age;
    await once.exit();
    result.meta[name] = meta as Values;
    return values;
  };

  try {
    if (workload.style === 'rounds') {
      for (const { name, command, env } of contenders) {
        await guarded(name, async () => {
          const worker = new WorkerProcess(command, env);
          workers.set(name, worker);
          result.meta[name] = await worker.waitFor('READY');
          // One round that does not count: caches, compilation, memory.
          await worker.round();
        });
      }
    }
    for (let round = 0; round < options.rounds; round++) {
      const present = alive();
      const first = round % Math.max(1, present.length);
      for (const contender of [...present.slice(first), ...present.slice(0, first)]) {
        const { name } = contender;
        options.log(`${workload.name}: round ${round + 1} of ${options.rounds}, ${name}`);
        await guarded(name, async () => {
          const pids = [...workers.values()].map(({ pid }) => pid);
          await waitForQuiet(pids, options.patience);
          const before = probe();
          // A one-shot worker starts and ends in its turn, so it cannot be told from the others.
          const others = workload.style === 'rounds' ? watchOthers(pids) : () => 0;
          const values = await turn(contender);
          const busy = others();
          (turns[name] ??= []).push({ probes: [before, probe()], others: busy });
          if (!samples.has(name)) samples.set(name, new Map());
          for (const [metric, value] of Object.entries(values)) {
            const list = samples.get(name)!.get(metric) ?? [];
            samples.get(name)!.set(metric, [...list, value as number]);
          }
        });
      }
    }
    for (const [name, worker] of workers) {
      await guarded(name, async () => {
        Object.assign(result.meta[name], await worker.finish());
        workers.delete(name);
      });
    }
  } finally {
    for (const worker of workers.values()) worker.kill();
  }
  for (const [name, metrics] of samples) {
    result.contenders[name] = Object.fromEntries([...metrics].map(([metric, values]) => [metric, summarize(values)]));
  }
  return result;
}

/** How many turns ran on a machine at its best speed, with the others quiet. */
export function quietTurns(result: Result): { quiet: number; all: number; best: number; worst: number } {
  const all = Object.values(result.turns).flat();
  const probes = all.flatMap((turn) => turn.probes);
  const best = Math.min(...probes);
  const quiet = all.filter((turn) => Math.max(...turn.probes) <= 1.25 * best && turn.others < QUIET_CORES);
  return { quiet: quiet.length, all: all.length, best, worst: Math.max(...probes) };
}
