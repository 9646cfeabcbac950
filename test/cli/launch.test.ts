import { expect } from 'chai';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Launcher } from '../../src/cli/launcher.js';
import { runCli } from '../../src/cli/program.js';
import { captured } from '../support/capture.js';

describe('keras-node launch', function launchTests() {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), 'keras-node-launch-'));
  after(() => rmSync(folder, { recursive: true }));

  /** Runs a small program; gives the exit code and all lines. */
  async function run(program: string, workers: number, { restart = 0, args = [] as string[] } = {}): Promise<{ code: number; lines: string[] }> {
    const script = join(folder, 'script.cjs');
    writeFileSync(script, `const { env, argv } = process; const id = Number(env.KERAS_DISTRIBUTION_PROCESS_ID);\n${program}`);
    const lines: string[] = [];
    const code = await new Launcher({ workers, restart, script, args, print: (stream, line) => lines.push(`${stream} ${line}`) }).run();
    return { code, lines: lines.toSorted() };
  }

  it('tells each process what it is, and puts its number before what it prints', async () => {
    const { code, lines } = await run('console.log(env.KERAS_DISTRIBUTION_JOB_ADDRESSES, argv.slice(2).join());' +
      'process.stderr.write("last, without an end")', 2, { args: ['--epochs', '3'] });
    expect(code).to.equal(0);
    const [first, second] = lines.filter((line) => line.startsWith('stderr'));
    expect([first, second]).to.deep.equal(['stderr [0] last, without an end', 'stderr [1] last, without an end']);
    const addresses = lines.filter((line) => line.startsWith('stdout')).map((line) =>
      /^stdout \[\d\] (127\.0\.0\.1:\d+),(127\.0\.0\.1:\d+) --epochs,3$/.exec(line)!.slice(1, 3));
    expect(addresses[0]).to.deep.equal(addresses[1]);
    expect(new Set(addresses[0]).size).to.equal(2);
  });

  it('ends all when one fails, also those that do not want to; its exit code is that of the first', async () => {
    const { code, lines } = await run('if (id === 1) process.exit(7);' +
      'process.on("SIGTERM", () => console.log("no")); setInterval(() => {}, 1000);', 3);
    expect(code).to.equal(7);
    expect(lines).to.include('stderr keras-node launch: worker 1 ended with exit code 7');
    expect(lines.filter((line) => line.endsWith('] no'))).to.have.length(2);
  });

  it('starts all again, so often as it may', async () => {
    const program = 'console.log(`attempt ${env.KERAS_DISTRIBUTION_ATTEMPT}`);';
    const healed = await run(`${program} if (id === 0 && env.KERAS_DISTRIBUTION_ATTEMPT === '0') process.exit(3);`, 2, { restart: 2 });
    expect(healed.code).to.equal(0);
    expect(healed.lines.filter((line) => line.includes('attempt'))).to.deep.equal(
      ['stdout [0] attempt 0', 'stdout [0] attempt 1', 'stdout [1] attempt 0', 'stdout [1] attempt 1']);
    const hopeless = await run(`${program} process.exit(3);`, 1, { restart: 1 });
    expect(hopeless.code).to.equal(3);
    expect(hopeless.lines.filter((line) => line.includes('attempt'))).to.deep.equal(['stdout [0] attempt 0', 'stdout [0] attempt 1']);
  });

  for (const [args, message] of [
    [['launch'], /required option '--workers <n>' not specified/],
    [['launch', '--workers', '0', 'x.js'], /whole number of at least 1/],
    [['launch', '--workers', '2', '/nowhere/x.js'], /There is no such file/],
  ] as const) {
    it(`keras-node ${args.join(' ')}`, async () => {
      let code: number | undefined;
      const text = await captured('stderr', async () => void (code = await runCli(args)));
      expect(code).to.equal(2);
      expect(text).to.match(message);
    });
  }
});
