/** How commands are written: the common fields filled in. */
import type { Command, EditorContext } from '../types.ts';

/** Fills in what most commands share: canvas scope, no key repeat. `keys` is a list of chords separated by spaces. */
export function defineCommand(command: {
  id: string;
  keys: string;
  canRepeat?: boolean;
  isViewOnly?: boolean;
  canRun?: (context: EditorContext) => boolean;
  run: (context: EditorContext) => void;
  release?: (context: EditorContext) => void;
}): Command {
  const { keys, ...rest } = command;
  return {
    scope: 'canvas',
    canRepeat: false,
    isViewOnly: false,
    ...rest,
    keys: keys.split(' ').filter(Boolean),
  };
}

/** Runs `write` as one gesture. */
export function asGesture(context: EditorContext, label: string, write: () => void): void {
  context.begin(label);
  write();
  context.commit();
}
