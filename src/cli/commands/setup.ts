/** `keras-node setup` */
import { Option } from 'commander';
import { interruptible } from '../../setup/interrupt.js';
import { createReporter } from '../../setup/reporter.js';
import type { RegisterCommand } from '../program.js';

interface Flags {
  gpu?: true;
  cpu?: true;
  force?: true;
  quiet?: true;
}

export const registerSetup: RegisterCommand = (program, context) => {
  program
    .command('setup')
    .description('fetch TensorFlow and build the native binding (once per user)')
    .addOption(new Option('--gpu', 'the build with CUDA (3.4 GB to fetch)').conflicts('cpu'))
    .addOption(new Option('--cpu', 'the build without CUDA (0.3 GB to fetch)').conflicts('gpu'))
    .option('--force', 'check every file that is there, and build again')
    .option('--quiet', 'print warnings and errors only')
    .addHelpText('after', '\nWithout --gpu or --cpu: with CUDA where an NVIDIA driver is present.')
    .action(async (flags: Flags) => {
      const { setup } = await import('../../setup/setup.js');
      const reporter = createReporter(process.stdout, process.stderr, flags.quiet);
      const kind = flags.gpu ? 'gpu' : flags.cpu ? 'cpu' : undefined;
      const { runtime, alreadyDone } = await interruptible((signal) =>
        setup({ kind, force: flags.force, reporter, signal, ...context.setup }),
      );
      const state = alreadyDone ? 'is already set up' : 'is ready';
      reporter.say(`TensorFlow ${runtime.version} (${runtime.kind}) ${state}: ${runtime.binding}`);
    });
};
