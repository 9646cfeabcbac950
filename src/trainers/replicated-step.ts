/** Steps of several processes that compute together, each on its share of a batch. */
import type { ProcessGroup } from '../backend/backend.js';
import { isFloat } from '../engine/dtype.js';
import { Replica, shareFromText } from '../engine/replica.js';
import { isPlainObject, mapStructure } from '../engine/structure.js';
import { Tensor } from '../engine/tensor.js';
import type { Kind } from './compilable.js';
import type { StepResult } from './logs.js';
import type { StepData } from './step-function.js';

/**
 * A step that computes this process's part. The results are those of the whole batch, and equal in all processes: losses
 * and metrics of all, outputs of all.
 */
export function replicatedStep(
  group: ProcessGroup, kind: Kind, step: (data: StepData) => unknown, metricsResult: () => StepResult,
): (data: StepData, share: string) => unknown {
  return (data, share) => {
    const replica = new Replica(group, shareFromText(share));
    return replica.run(() => {
      const result = step(data);
      if (kind === 'predict') return mapStructure((leaf) => (leaf instanceof Tensor ? replica.gather(leaf) : leaf), result);
      return wholeLogs(replica, result, metricsResult);
    });
  };
}

/** The step computed its logs of what this process knew; now that all is added up, they are those of all. */
function wholeLogs(replica: Replica, result: unknown, metricsResult: () => StepResult): unknown {
  if (!isPlainObject(result)) return result;
  const ofMetrics = Object.keys(metricsResult());
  const others = Object.entries(result).filter((entry): entry is [string, Tensor] =>
    !ofMetrics.includes(entry[0]) && entry[1] instanceof Tensor && isFloat(entry[1].dtype));
  const means = replica.reduce(others.map(([, value]) => value));
  return replica.shared(() => {
    const whole = metricsResult();
    const metrics = ofMetrics.filter((name) => name in result).map((name) => [name, whole[name]]);
    return { ...result, ...Object.fromEntries([...others.map(([name], i) => [name, means[i]]), ...metrics]) };
  });
}
