/** Tables of results, in Markdown, and how they compare with the goals. */
import { OURS } from './contenders.js';
import { quietTurns, type Result } from './measure.js';
import type { Summary } from './statistics.js';
import { GOALS, type Goal } from './workloads.js';

/** 'undecided': the medians say one thing and the best rounds another. */
export type Verdict = 'met' | 'missed' | 'undecided';

/** A number with three digits that count. */
export function short(value: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  return size >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

const cell = ({ median, min }: Summary): string => `${short(median)} (${short(min)})`;

/** Rows as a Markdown table whose columns line up. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((text, i) => (i === 0 ? text.padEnd(widths[i]) : text.padStart(widths[i]))).join(' | ')} |`;
  const rule = `|${widths.map((width, i) => (i === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  return [line(rows[0]), rule, ...rows.slice(1).map(line)].join('\n');
}

/** The goal for a figure by itself. */
const limitFor = (workload: string, metric: string): number | undefined =>
  GOALS.find((goal) => goal.workload === workload && goal.metric === metric && !goal.rival)?.atMost;

/** Whether the medians and the minima, both taken for themselves, are within a limit. */
export function verdict(byMedian: number, byMin: number, limit: number): Verdict {
  const [median, min] = [byMedian <= limit, byMin <= limit];
  return median && min ? 'met' : median || min ? 'undecided' : 'missed';
}

/** One goal and what came out. */
export interface Outcome {
  goal: Goal;
  byMedian: number;
  byMin: number;
  verdict: Verdict;
}

/** The goals that these results can tell about. */
export function outcomes(results: readonly Result[]): Outcome[] {
  return results.flatMap(({ workload, contenders }) => GOALS.filter((goal) => goal.workload === workload).flatMap((goal) => {
    const ours = contenders[OURS]?.[goal.metric];
    const bases = goal.rival
      ? goal.rival.peers.flatMap((peer) => contenders[peer]?.[goal.metric] ?? []) : [{ median: 1, min: 1 }];
    if (!ours || bases.length === 0) return [];
    const fastest = (figure: 'median' | 'min'): number => Math.min(...bases.map((base) => base[figure]));
    const [byMedian, byMin] = [ours.median / fastest('median'), ours.min / fastest('min')];
    return [{ goal, byMedian, byMin, verdict: verdict(byMedian, byMin, goal.atMost) }];
  }));
}

/** The text for one workload: times, ratios, noise, versions. */
export function workloadReport(result: Result): string {
  const { workload, contenders, rounds, meta, failed } = result;
  const names = Object.keys(contenders);
  if (names.length === 0) return [`\n## ${workload}`, ...failures(failed)].join('\n');
  const peers = names.filter((name) => name !== OURS);
  const metrics = [...new Set(names.flatMap((name) => Object.keys(contenders[name])))];
  const rows = metrics.map((metric) => {
    const own = contenders[OURS]?.[metric];
    const limit = limitFor(workload, metric);
    const cells = names.map((name) => {
      const summary = contenders[name][metric];
      if (!summary) return '';
      return name === OURS && limit !== undefined ? `${cell(summary)}, goal ${short(limit)}` : cell(summary);
    });
    const ratios = peers.map((name) => {
      const theirs = contenders[name][metric];
      if (!own || !theirs || !/ (us|ms|s)$/.test(metric)) return '';
      return `${short(own.median / theirs.median)} (${short(own.min / theirs.min)})`;
    });
    return [metric, ...cells, ...ratios];
  });
  const heading = ['metric', ...names, ...(OURS in contenders ? peers.map((name) => `ours / ${name}`) : [])];
  const width = heading.length;
  const { quiet, all, best, worst } = quietTurns(result);
  return [
    `\n## ${workload}`,
    `median (min) of ${rounds} round${rounds === 1 ? '' : 's'}; ratios of the medians (of the minima)\n`,
    table([heading, ...rows.map((row) => row.slice(0, width))]),
    `\nNoise: ${quiet} of ${all} turns quiet; probe ${short(best)} to ${short(worst)} ms.`,
    ...parameterLine(meta),
    ...names.filter((name) => meta[name]?.versions).map((name) => `${name}: ${facts(meta[name])}`),
    ...failures(failed),
  ].join('\n');
}

const failures = (failed: Record<string, string>): string[] =>
  Object.entries(failed).map(([name, reason]) => `FAILED ${name}: ${reason}`);

function facts(meta: Record<string, unknown>): string {
  const { versions, ...more } = meta;
  const entries = [...Object.entries(versions as object), ...Object.entries(more)];
  return entries.map(([name, value]) => `${name} ${typeof value === 'number' ? short(value) : String(value)}`).join(', ');
}

/** The work is the same only if the models are: a difference in size is worth a line of its own. */
function parameterLine(meta: Result['meta']): string[] {
  const counts = new Set(Object.values(meta).map(({ params }) => params).filter((count) => count !== undefined));
  return counts.size > 1 ? [`WARNING: the models differ in their number of parameters: ${[...counts].join(', ')}.`] : [];
}

/** The table of goals. */
export function goalsReport(found: readonly Outcome[]): string {
  const rows = found.map(({ goal, byMedian, byMin, verdict: word }) => [
    `${goal.workload}: ${goal.metric}`, goal.rival ? `ours / ${goal.rival.name}` : 'ours',
    short(goal.atMost), short(byMedian), short(byMin), word]);
  return `\n## Goals\n\n${table([['goal', 'measure', 'at most', 'by medians', 'by minima', ''], ...rows])}`;
}
