/** `engine install` and `engine uninstall`: native TensorFlow in the user's cache folder. */
import { z } from 'zod';
import type { CliCommand } from '../command.ts';
import { withHost } from '../open-host.ts';
import { runJob } from '../run-job.ts';

const optionsSchema = z.object({ variant: z.enum(['cpu', 'cuda']).default('cpu') });

export const engineInstallCommand: CliCommand = {
  name: 'engine install',
  summary: 'fetch native TensorFlow and build its binding: trains several times faster',
  define: (command) => command.option('--variant <name>', 'cpu or cuda', 'cpu'),
  run: (context, _args, options) => {
    const { variant } = optionsSchema.parse(options);
    return withHost(undefined, async (host) => {
      const result = await runJob(host, context, () => host.installEngine({ variant }));
      const status = await host.engineStatus();
      context.output.say(`Training now runs on: ${status.backend}`);
      return { ...result, backend: status.backend };
    });
  },
};

export const engineUninstallCommand: CliCommand = {
  name: 'engine uninstall',
  summary: 'remove native TensorFlow from the cache folder',
  define: (command) => command,
  run: (context) =>
    withHost(undefined, async (host) => {
      const result = await host.uninstallEngine();
      context.output.say(
        result.removed ? 'Native TensorFlow was removed.' : 'Native TensorFlow was not installed.',
      );
      return result;
    }),
};
