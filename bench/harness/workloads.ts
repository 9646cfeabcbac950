/** What is measured, and what we want of it. */

/** How a workload runs: turns of one living worker, or a new process for each turn. */
export type Style = 'rounds' | 'one-shot';

export interface Workload {
  readonly name: string;
  readonly style: Style;
  readonly about: string;
  /** Peers that can do it. */
  readonly peers: readonly PeerKind[];
}

export type PeerKind = 'keras-tf' | 'keras-jax' | 'tfjs';

/** A goal: at most `ratio` times what the peer needs, or at most so many units. Less is better in every metric. */
export interface Goal {
  readonly workload: string;
  readonly metric: string;
  readonly peer?: PeerKind;
  readonly atMost: number;
}

const ALL = ['keras-tf', 'keras-jax', 'tfjs'] as const;

export const WORKLOADS: readonly Workload[] = [
  { name: 'mlp-train', style: 'rounds', peers: ALL, about: 'MLP 784-64-64-10, batch 32, adam, accuracy' },
  { name: 'cnn-train', style: 'rounds', peers: ALL, about: 'CNN of 2 convolutions and Dense 1024 with dropout, batch 128' },
  { name: 'eager-op', style: 'rounds', peers: ALL, about: 'one op on small tensors, not compiled' },
  { name: 'mlp-predict', style: 'rounds', peers: ALL, about: 'the MLP on 1 row and on 10,000 rows' },
  { name: 'event-loop', style: 'rounds', peers: ['tfjs'], about: 'gaps between the ticks of a 5 ms timer while the CNN trains' },
  { name: 'startup', style: 'one-shot', peers: ALL, about: 'start of the process to the end of the first step of the MLP' },
  { name: 'save-load', style: 'one-shot', peers: ALL, about: 'a model of 25 million weights (101 MB) to a file and back' },
  { name: 'memory', style: 'one-shot', peers: ALL, about: 'growth over 10,000 steps, with nothing disposed' },
];

export const GOALS: readonly Goal[] = [
  { workload: 'mlp-train', metric: 'fit step ms', peer: 'keras-tf', atMost: 0.45 },
  { workload: 'cnn-train', metric: 'fit step ms', peer: 'keras-tf', atMost: 0.9 },
  { workload: 'cnn-train', metric: 'fit step ms', peer: 'tfjs', atMost: 0.4 },
  { workload: 'eager-op', metric: 'ops.add us', atMost: 8 },
  { workload: 'event-loop', metric: 'worst gap ms', atMost: 100 },
  ...['fit', 'predict', 'custom loop'].flatMap((loop) => [
    // Allocators breathe by a few MB; a leak of 1 kB a turn is 8 MB over what is measured.
    { workload: 'memory', metric: `${loop} RSS growth MB`, atMost: 10 },
    { workload: 'memory', metric: `${loop} backend growth MB`, atMost: 0 },
    { workload: 'memory', metric: `${loop} tensors more`, atMost: 0 },
  ]),
];
