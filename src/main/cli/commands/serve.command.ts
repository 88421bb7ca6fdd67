/** `serve [PROJECT]`: the studio in a browser, on loopback, until Ctrl+C. */
import { once } from 'node:events';
import { z } from 'zod';
import type { CliCommand } from '../command.ts';
import { openBrowser } from '../open-browser.ts';
import { projectPath } from '../open-host.ts';

const optionsSchema = z.object({
  port: z.coerce.number().int().min(0).max(65_535).default(0),
  open: z.boolean().default(false),
  sample: z.boolean().default(false),
});

export const serveCommand: CliCommand = {
  name: 'serve',
  summary: 'serve the studio to a browser on this machine',
  define: (command) =>
    command
      .argument('[project]', 'project to open')
      .option('--port <n>', 'port on 127.0.0.1; a free one when left out', '0')
      .option('--open', 'open the browser')
      .option('--sample', 'open the sample project when there is no recent one'),
  run: async (context, [project], options) => {
    const { port, open, sample } = optionsSchema.parse(options);
    const { createHost } = await import('../../host/host.ts');
    const host = await createHost({ shell: 'serve' });
    try {
      if (project !== undefined) await host.api.openProject({ path: projectPath(project) });
      else if (sample && (await host.api.recentProjects()).length === 0) await host.api.openSample();
      const listener = await host.listen({ port });
      const address = `${listener.address}/?token=${host.token}`;
      context.output.say(`Catchlight is at ${address}`);
      context.output.say('The address holds this start’s key: keep it to yourself. Ctrl+C ends the studio.');
      if (open) openBrowser(address);
      if (!context.signal.aborted) await once(context.signal, 'abort');
      return { address: listener.address };
    } finally {
      await host.close();
    }
  },
};
