/** What a layer owns, found among its attributes: sublayers, variables, seed generators, metrics. */
import { isPlainObject } from '../engine/structure.js';
import { Variable } from '../engine/variable.js';
import type { Metric } from '../metrics/metric.js';
import { SeedGenerator } from '../random/seed-generator.js';
import { Operation } from '../ops/operation.js';
import type { Layer } from './layer.js';
import type { LayerState } from './layer-state.js';

export interface Owned {
  layers: Layer[];
  variables: Variable[];
  seedGenerators: SeedGenerator[];
  metrics: Metric[];
}

/** Told by its methods: layer.ts imports this file. */
const isLayer = (value: object): value is Layer => value instanceof Operation && 'add_weight' in value;
/** Told by its methods too: layers do without the metrics. */
const isMetric = (value: object): value is Metric =>
  'update_state' in value && 'reset_state' in value && 'result' in value;

/**
 * Attributes are read in the order in which they were set, nested arrays, objects, maps and sets included. A
 * layer in a `#private` field cannot be seen: keep sublayers in ordinary fields.
 */
export function ownedBy(layer: LayerState): Owned {
  const owned: Owned = { layers: [], variables: [], seedGenerators: [], metrics: [] };
  const seen = new Set<unknown>([layer]);
  const visit = (value: unknown): void => {
    if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return;
    if (seen.has(value)) return;
    seen.add(value);
    if (isLayer(value)) owned.layers.push(value);
    else if (value instanceof Variable) owned.variables.push(value);
    else if (value instanceof SeedGenerator) owned.seedGenerators.push(value);
    else if (isMetric(value)) owned.metrics.push(value);
    else if (Array.isArray(value) && typeof value[0] === 'number') return; // data, perhaps much of it
    else if (Array.isArray(value) || value instanceof Set) for (const item of value) visit(item);
    else if (value instanceof Map) for (const item of value.values()) visit(item);
    else if (isPlainObject(value)) for (const item of Object.values(value)) visit(item);
  };
  for (const key of Object.keys(layer)) {
    if (!layer.untrackedAttributes().has(key)) visit((layer as unknown as Record<string, unknown>)[key]);
  }
  return owned;
}
