/** Random calls of the native addon must end in results or errors, and leave it working. */
import { expect } from 'chai';
import { addonPath, runChild } from './addon.js';

const SEED = Number(process.env.KERAS_NODE_FUZZ_SEED ?? 20_260);
const CALLS = Number(process.env.KERAS_NODE_FUZZ_CALLS ?? 20_000);

describe('native addon, random calls', () => {
  for (const seed of [SEED, SEED + 1]) {
    it(`survives ${CALLS} calls (seed ${seed})`, async function () {
      const path = addonPath();
      if (path === undefined) this.skip();
      const { code, signal, stdout, stderr } = await runChild('fuzz-child.ts', [
        path,
        String(seed),
        String(CALLS),
      ]);
      const end = stderr.slice(-2000);
      expect(signal, `crashed; KERAS_NODE_FUZZ_TRACE=1 lists the calls\n${end}`).to.equal(null);
      expect(code, end).to.equal(0);
      const { sum, executed, failures } = JSON.parse(stdout) as Record<string, unknown>;
      expect(sum).to.equal(3);
      // Calls that all fail, or all succeed, would test little.
      expect(executed).to.be.greaterThan(CALLS / 100);
      expect(failures).to.include.keys('INVALID_ARGUMENT', 'NOT_FOUND', 'FAILED_PRECONDITION');
    });
  }
});
