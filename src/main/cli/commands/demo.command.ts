/** `demo`: plays the whole loop on the drawn sample and prints what happened. */

import type { CliCommand } from '../command.ts';
import { demonstrate } from '../demo/demonstrate.ts';

export const demoCommand: CliCommand = {
  name: 'demo',
  summary: 'play the whole loop on the sample project and print what happened',
  define: (command) =>
    command.option('--out <dir>', 'folder for the sample and the exports; a temporary one when left out'),
  run: (context, _args, options) =>
    demonstrate(context, typeof options.out === 'string' ? options.out : undefined),
};
