/** Every command of the editor with its default keys (preset "Studio"). */
import type { Command } from '../types.ts';
import { arrangeCommands } from './arrange.commands.ts';
import { copyCommands } from './copy.commands.ts';
import { editCommands } from './edit.commands.ts';
import { reviewCommands } from './review.commands.ts';
import { viewCommands } from './view.commands.ts';

export const commands: readonly Command[] = [
  ...viewCommands,
  ...editCommands,
  ...copyCommands,
  ...arrangeCommands,
  ...reviewCommands,
];
