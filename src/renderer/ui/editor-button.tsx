/** A button that runs a command of the editor and shows its key, so that menus teach the keyboard. */
import { memo, type ReactElement } from 'react';
import type { Editor } from '../../editor/types.ts';
import { useLateValue } from '../canvas/use-editor-value.ts';
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

/** Drawn anew only when it says something else, or when its key has changed. */
export const EditorButton = memo(function EditorButton({
  editor,
  command,
  icon,
  label,
  ...rest
}: EditorButtonProps): ReactElement {
  const title = label ?? commandTitle(command);
  const commands = useLateValue(editor, () => editor.commands);
  return (
    <IconButton
      {...rest}
      icon={icon}
      label={title}
      keys={commands.find(({ id }) => id === command)?.keys[0]}
      onClick={() => {
        if (rest.disabled !== true) editor.run(command);
      }}
    />
  );
});
