/** A path that can be typed or picked. */
import { Button, TextInput } from '@mantine/core';
import type { ReactElement } from 'react';
import { type PathQuestion, usePathPicker } from '../../app/path-picker.tsx';
import { Icon } from '../../ui/icons.tsx';
import { t } from '../../ui/messages.ts';
import styles from './export.module.css';

export interface PathFieldProps {
  readonly label: string;
  readonly description: string;
  readonly value: string;
  readonly onType: (path: string) => void;
  /** What is asked when a person would rather pick. */
  readonly question: PathQuestion;
}

export function PathField({ label, description, value, onType, question }: PathFieldProps): ReactElement {
  const picker = usePathPicker();
  return (
    <div className={styles.field}>
      <TextInput
        label={label}
        description={description}
        value={value}
        onChange={(event) => onType(event.currentTarget.value)}
      />
      <Button variant="default" leftSection={<Icon name="folder" />} onClick={() => picker.ask(question)}>
        {t('export.browse')}
      </Button>
      {picker.dialog}
    </div>
  );
}
