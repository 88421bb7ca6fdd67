/** A button that is an icon: always with a label for screen readers and a tooltip that shows its key. */
import { ActionIcon, Kbd, Tooltip } from '@mantine/core';
import type { MouseEvent, ReactElement, Ref } from 'react';
import { formatChord } from './chords.ts';
import { Icon, type IconName } from './icons.tsx';

export interface IconButtonProps {
  readonly icon: IconName;
  readonly label: string;
  /** As shown on the keyboard: `Ctrl+Z`. */
  readonly keys?: string | undefined;
  readonly onClick: (event: MouseEvent<HTMLButtonElement>) => void;
  /** For buttons that stay in. */
  readonly pressed?: boolean;
  readonly disabled?: boolean;
  readonly size?: number;
  /** What a menu or panel that opens from the button adds to it: its place, `aria-expanded` and the like. */
  readonly ref?: Ref<HTMLButtonElement>;
}

export function IconButton({
  icon,
  label,
  keys,
  onClick,
  pressed,
  disabled,
  size = 28,
  ...opener
}: IconButtonProps): ReactElement {
  return (
    <Tooltip label={<KeyedLabel label={label} keys={keys} />}>
      <ActionIcon
        {...opener}
        variant={pressed === true ? 'light' : 'subtle'}
        color={pressed === true ? 'teal' : 'gray'}
        size={size}
        aria-label={label}
        {...(pressed === undefined ? {} : { 'aria-pressed': pressed })}
        {...(keys === undefined ? {} : { 'aria-keyshortcuts': keys.replaceAll('Ctrl', 'Control') })}
        onClick={onClick}
        // Not `disabled`: a disabled button shows no tooltip and drops the focus.
        {...(disabled === true ? { 'data-disabled': true, 'aria-disabled': true } : {})}
      >
        <Icon name={icon} />
      </ActionIcon>
    </Tooltip>
  );
}

/** A label followed by its key, as tooltips and menus show it. */
export function KeyedLabel({ label, keys }: { label: string; keys?: string | undefined }): ReactElement {
  return (
    <span style={{ display: 'inline-flex', gap: 8, alignItems: 'center' }}>
      {label}
      {keys === undefined ? null : <Kbd>{formatChord(keys)}</Kbd>}
    </span>
  );
}
