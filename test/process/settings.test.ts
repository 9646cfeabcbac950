/** What TensorFlow writes to stderr, and how many threads it takes. */
import { expect } from 'chai';
import * as keras from '../../src/index.js';
import { threads } from '../../src/backend/threads.js';
import { ArgumentError } from '../../src/utils/checks.js';
import { UnknownArgumentError } from '../../src/utils/arguments.js';
import { backendNamed } from '../support/backends.js';
import { run } from './child.js';

describe('a process with TensorFlow', () => {
  before(function () {
    if (!backendNamed('tensorflow')) this.skip();
  });

  describe('keeps its log lines to itself', () => {
    for (const where of ['main thread', 'worker'] as const) {
      it(`in the ${where}`, async () => {
        const { code, stdout, stderr } = await run('quiet.ts', [where]);
        expect(code, stderr).to.equal(0);
        expect(stdout.trim()).to.equal('1 3');
        expect(stderr.trim()).to.equal('Using TensorFlow backend.');
      });
    }

    for (const [name, value] of [['TF_CPP_MIN_LOG_LEVEL', '0'], ['KERAS_NODE_DEBUG', '1']]) {
      it(`unless ${name} is ${value}`, async () => {
        const { code, stderr } = await run('quiet.ts', [], { [name]: value });
        expect(code, stderr).to.equal(0);
        expect(stderr).to.match(/oneDNN/).and.match(/XLA/);
      });
    }
  });

  describe('computes with oneDNN', () => {
    const notice = async (env: NodeJS.ProcessEnv): Promise<string> => {
      // The tests' own process may have set it.
      const { code, stderr } = await run('quiet.ts', [], { TF_ENABLE_ONEDNN_OPTS: undefined, TF_CPP_MIN_LOG_LEVEL: '0', ...env });
      expect(code, stderr).to.equal(0);
      return stderr;
    };

    it('unless told not to', async function () {
      if (process.arch !== 'x64') this.skip();
      expect(await notice({})).to.match(/oneDNN custom operations are on/);
      expect(await notice({ TF_ENABLE_ONEDNN_OPTS: '0' })).not.to.match(/oneDNN custom operations are on/);
    });
  });

  describe('computes with the threads that were asked for', () => {
    interface Found {
      asked: { intra_op: number | null; inter_op: number | null };
      compute: number;
      all: number;
      refusal: string;
    }
    const found = async (wanted: object | undefined, env: NodeJS.ProcessEnv = {}): Promise<Found> => {
      const { code, stdout, stderr } = await run('settings.ts', wanted ? [JSON.stringify(wanted)] : [], env);
      expect(code, stderr).to.equal(0);
      return JSON.parse(stdout) as Found;
    };

    before(function () {
      // Threads are counted in /proc.
      if (process.platform !== 'linux') this.skip();
    });

    it('by set_threads, before the first op only', async () => {
      const few = await found({ intra_op: 1, inter_op: 1 });
      const many = await found({ intra_op: 6, inter_op: 5 });
      expect([few.asked, few.compute]).to.deep.equal([{ intra_op: 1, inter_op: 1 }, 1]);
      expect([many.asked, many.compute]).to.deep.equal([{ intra_op: 6, inter_op: 5 }, 5]);
      expect(many.all - few.all).to.be.at.least(5 + 4);
      expect(few.refusal).to.match(/ConfigError: set_threads\(\): TensorFlow is running.*before the first op/);
    });

    it('by the environment', async () => {
      const { asked, compute } = await found(undefined, { TF_NUM_INTEROP_THREADS: '3', TF_NUM_INTRAOP_THREADS: '2' });
      expect([asked, compute]).to.deep.equal([{ intra_op: null, inter_op: null }, 3]);
    });
  });
});

describe('set_threads', () => {
  it('refuses what is no number of threads', () => {
    const { set_threads } = keras.config;
    for (const wrong of [0, -1, 1.5, NaN, '2']) {
      expect(() => set_threads(wrong as number)).to.throw(ArgumentError, /'intra_op' must be a positive integer/);
      expect(() => set_threads({ inter_op: wrong as number })).to.throw(ArgumentError, /'inter_op' must be/);
    }
    expect(() => set_threads({ intra: 2 } as object)).to.throw(UnknownArgumentError, /no argument 'intra'.*intra_op, inter_op/);
    expect(threads()).to.deep.equal({ intra_op: null, inter_op: null });
  });
});
