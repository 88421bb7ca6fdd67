/** A button that runs a command of the editor and shows its key, so that menus teach the keyboard. */
import type { ReactElement } from 'react';
import type { Editor } from '../../editor/types.ts';
import { commandTitle } from './editor-text.ts';
import { IconButton } from './icon-button.tsx';
import type { IconName } from './icons.tsx';

/** The first key of a command as people write it, or undefined. */
export function keyOf(editor: Editor, commandId: string): string | undefined {
  return editor.commands.find(({ id }) => id === commandId)?.keys[0];
}

export interface EditorButtonProps {
  readonly editor: Editor;
  readonly command: string;
  readonly icon: IconName;
  /** Said instead of the command's own name. */
  readonly label?: string;
  readonly pressed?: boolean;
  readonly disabled?: boolean;
}

export function EditorButton({ editor, command, icon, label, ...rest }: EditorButtonProps): ReactElement {
  const title = label ?? commandTitle(command);
  return (
    <IconButton
      {...rest}
      icon={icon}
      label={title}
      keys={keyOf(editor, command)}
      onClick={() => {
        if (rest.disabled !== true) editor.run(command);
      }}
    />
  );
}
