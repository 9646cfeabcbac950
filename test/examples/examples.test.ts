/** The examples as they are, on less data: they learn. */
import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import * as addition from '../../examples/addition.js';
import * as distillation from '../../examples/distillation.js';
import * as distributed from '../../examples/distributed.js';
import * as gan from '../../examples/gan.js';
import * as multiOutput from '../../examples/multi-output.js';
import type { Outcome } from '../../examples/program.js';
import * as statelessLoop from '../../examples/stateless-loop.js';
import * as textTransformer from '../../examples/text-transformer.js';
import * as vae from '../../examples/vae.js';
import { bundled } from '../support/bundled.js';
import { captured } from '../support/capture.js';

describe('Examples', () => {
  async function outcomeOf<O extends Outcome>(run: () => Promise<O>): Promise<O> {
    let outcome: O | undefined;
    await captured('stdout', async () => {
      outcome = await run();
    });
    return outcome!;
  }

  it('gan: made digits come to look like real ones', async () => {
    const { first, last } = await outcomeOf(() => gan.main({ epochs: 15, samples: 1000, latent: 8, seed: 1 }));
    expect(last).to.be.below(first / 3);
  });

  it('vae: the loss falls', async () => {
    const { first, last } = await outcomeOf(() => vae.main({ epochs: 6, samples: 512, latent: 2, seed: 1 }));
    expect(last).to.be.below(0.75 * first);
  });

  it('distillation: the student comes nearer to the teacher', async () => {
    const { first, last, accuracy } = await outcomeOf(() => distillation.main({ epochs: 6, samples: 1000, temperature: 3, seed: 1 }));
    expect(last).to.be.below(first);
    expect(accuracy).to.be.above(0.3);
  });

  it('distributed, in one process: the loss falls', async () => {
    const { first, last } = await outcomeOf(() => distributed.main({ epochs: 3, samples: 400, batch: 64, seed: 1 }));
    expect(last).to.be.below(0.8 * first);
  });

  it('stateless-loop: the loss falls', async () => {
    const { first, last } = await outcomeOf(() => statelessLoop.main({ epochs: 4, samples: 512, batch_size: 32, seed: 1 }));
    expect(last).to.be.below(first / 3);
  });

  it('text-transformer: sentences it has not seen are told apart', async () => {
    const { first, last, accuracy } = await outcomeOf(() => textTransformer.main({ epochs: 5, samples: 600, seed: 1 }));
    expect(last).to.be.below(first / 2);
    expect(accuracy).to.be.above(0.9);
  });

  it('addition: characters of sums it has not seen are right', async () => {
    const { first, last, accuracy } = await outcomeOf(() => addition.main({ epochs: 20, samples: 3000, digits: 2, units: 64, seed: 1 }));
    expect(last).to.be.below(first / 3);
    expect(accuracy).to.be.above(0.75);
  });

  it('multi-output: both outputs are learned', async () => {
    const { first, last, accuracy } = await outcomeOf(() => multiOutput.main({ epochs: 8, samples: 400, seed: 1 }));
    expect(last).to.be.below(first / 2);
    expect(accuracy).to.be.above(0.7);
  });

  it('take flags from the command line', () => {
    const run = (name: string, ...args: string[]): ReturnType<typeof spawnSync> => {
      const example = fileURLToPath(new URL(`../../examples/${name}.ts`, import.meta.url));
      return spawnSync(process.execPath, [bundled(example), ...args], { encoding: 'utf8' });
    };
    for (const [name, ...parts] of [
      ['gan', 'Trains a GAN on 8x8 digits', '--epochs', '--latent', 'default: 40'],
      ['digits', 'Trains a convolutional network', '--epochs', '--batch_size', '--show', 'default: 15'],
    ]) {
      const { status, stdout } = run(name, '--help');
      expect(status).to.equal(0);
      for (const part of parts) expect(stdout).to.include(part);
    }
    const { status, stderr } = run('gan', '--epochs', 'many');
    expect(status).to.equal(1);
    expect(stderr).to.match(/--epochs is a number\.\n$/);
  });
});
