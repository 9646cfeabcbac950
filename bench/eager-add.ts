/**
 * Time of one eager `ops.add` of two small float32 tensors, and of the parts it is made of.
 *
 *     npx tsx bench/eager-add.ts
 *
 * Processor time is what the process itself used; on a machine that is busy with other things it says more
 * than the time on the wall.
 */
import { set_backend } from '../src/backend/config.js';
import { apply } from '../src/engine/apply.js';
import { activeBackend } from '../src/engine/context.js';
import { tidy } from '../src/engine/scope.js';
import * as ops from '../src/ops/index.js';

set_backend(process.argv[2] ?? 'tensorflow');
const a = ops.array([1, 2, 3]);
const b = ops.array([4, 5, 6]);
const backend = activeBackend();
const aval = { shape: a.shape, dtype: a.dtype };

const cases: [string, () => void][] = [
  ['backend.execute + dispose', () => backend.dispose(backend.execute('add', [a, b], {}, [aval])[0])],
  ['apply + dispose', () => apply('add', [a, b]).dispose()],
  ['ops.add + dispose', () => ops.add(a, b).dispose()],
  ['ops.add, left to the collector', () => void ops.add(a, b)],
  ['ops.add in tidy (per op of 100)', () => tidy(() => {
    for (let i = 0; i < 100; i++) ops.add(a, b);
  })],
  ['ops.add with a number + dispose', () => ops.add(a, 1).dispose()],
  ['ops.mean + dispose', () => ops.mean(a).dispose()],
];

/**
 * Wall and processor time per call in microseconds: the best of several rounds, with turns for the collector.
 */
async function measure(fn: () => void, calls: number): Promise<{ wall: number; cpu: number }> {
  let [wall, cpu] = [Infinity, Infinity];
  for (let round = 0; round < 7; round++) {
    const usage = process.cpuUsage();
    const start = process.hrtime.bigint();
    for (let i = 0; i < calls; i++) fn();
    const used = process.cpuUsage(usage);
    wall = Math.min(wall, Number(process.hrtime.bigint() - start) / calls / 1000);
    cpu = Math.min(cpu, (used.user + used.system) / calls);
    await new Promise((resolve) => void setImmediate(resolve));
  }
  return { wall, cpu };
}

console.log(`${backend.name} on ${backend.device}: microseconds per op (best of 7 rounds)`);
for (const [name, fn] of cases) {
  const inner = name.includes('of 100') ? 100 : 1;
  const { wall, cpu } = await measure(fn, 20000 / inner);
  const [onWall, used] = [wall, cpu].map((time) => (time / inner).toFixed(2).padStart(7));
  console.log(`${name.padEnd(34)} wall ${onWall}   processor ${used}`);
}
