/** `doctor`: what this machine can do, and why not more. */
import type { CliCommand } from '../command.ts';
import { withHost } from '../open-host.ts';

export const doctorCommand: CliCommand = {
  name: 'doctor',
  summary: 'say what this machine has and which engine is in use, with the reason',
  define: (command) => command,
  run: (context) =>
    withHost(undefined, async (host) => {
      const status = await host.engineStatus();
      const { output } = context;
      output.say(`Node ${status.node}`);
      output.say(`Training on: ${status.backend}`);
      for (const backend of status.backends)
        output.say(`  ${backend.available ? '✔' : '–'} ${backend.id}: ${backend.reason}`);
      output.say(`Features on: ${status.providers.join(', ')}`);
      output.say(
        status.backbone === null
          ? 'Backbone: none found'
          : `Backbone: ${status.backbone.id} ${status.backbone.version}, ${status.backbone.licence}`,
      );
      const others = (await host.listBackbones()).filter((backbone) => !backbone.embedded);
      for (const { id, error } of others)
        output.say(
          `  ${error === null ? '✔' : '–'} ${id}, added${error === null ? '' : `: ${error.message}`}`,
        );
      return { ...status, backbonesAdded: others.map(({ id }) => id) };
    }),
};
