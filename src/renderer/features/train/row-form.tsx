/** A form behind a button in a row of a table: its fields, what went wrong, and the button that sends it. */
import { Button } from '@mantine/core';
import type { ReactElement, ReactNode } from 'react';
import { readError } from '../../api/errors.ts';
import type { IconName } from '../../ui/icons.tsx';
import { ErrorNote } from '../../ui/notes.tsx';
import { RowPopover } from './row-popover.tsx';
import styles from './train.module.css';

/** What sends the form: a mutation as the window's hooks give it. */
interface Sending {
  readonly isPending: boolean;
  readonly error: unknown;
}

export function RowForm(props: {
  icon: IconName;
  label: string;
  widthPx: number;
  isOpen: boolean;
  onChange: (isOpen: boolean) => void;
  sending: Sending;
  submit: string;
  isRisky?: boolean;
  isDisabled?: boolean;
  onSubmit: () => void;
  children: ReactNode;
}): ReactElement {
  const { sending, submit, isRisky = false, isDisabled = false, onSubmit, children, ...popover } = props;
  return (
    <RowPopover {...popover}>
      <form
        className={styles.notes}
        onSubmit={(event) => {
          event.preventDefault();
          onSubmit();
        }}
      >
        {children}
        {sending.error === null ? null : <ErrorNote error={readError(sending.error)} />}
        <Button
          type="submit"
          loading={sending.isPending}
          disabled={isDisabled}
          {...(isRisky && { color: 'red' })}
        >
          {submit}
        </Button>
      </form>
    </RowPopover>
  );
}
