/** `demo`: plays the whole loop on the drawn sample and prints what happened. */

import type { CliCommand } from '../command.ts';

export const demoCommand: CliCommand = {
  name: 'demo',
  summary: 'play the whole loop on the sample project and print what happened',
  define: (command) =>
    command.option('--out <dir>', 'folder for the sample and the exports; a temporary one when left out'),
  run: async (context, _args, options) => {
    const { demonstrate } = await import('../demo/demonstrate.ts');
    return demonstrate(context, typeof options.out === 'string' ? options.out : undefined);
  },
};
