/** A button in a row of a table, and what opens below it. */
import { ActionIcon, Popover } from '@mantine/core';
import type { ReactElement, ReactNode } from 'react';
import { Icon, type IconName } from '../../ui/icons.tsx';

export function RowPopover(props: {
  icon: IconName;
  label: string;
  widthPx: number;
  isOpen: boolean;
  onChange: (isOpen: boolean) => void;
  children: ReactNode;
}): ReactElement {
  const { icon, label, widthPx, isOpen, onChange, children } = props;
  return (
    <Popover
      opened={isOpen}
      onChange={onChange}
      width={widthPx}
      shadow="md"
      trapFocus
      withArrow
      position="bottom-end"
    >
      <Popover.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={label} onClick={() => onChange(!isOpen)}>
          <Icon name={icon} />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown>{children}</Popover.Dropdown>
    </Popover>
  );
}
