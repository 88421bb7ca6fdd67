/** What a format can be told and what it cannot say, for both directions. */
import type { ReactElement } from 'react';
import type { FormatInfo } from '../../../contract/transfer.ts';
import { usePathPicker } from '../../app/path-picker.tsx';
import { CodeText } from '../../ui/code-text.tsx';
import { hostText } from '../../ui/host-words.ts';
import { JsonForm } from '../../ui/json-form.tsx';
import { readFields } from '../../ui/json-schema.ts';
import layout from '../../ui/layout.module.css';
import { t } from '../../ui/messages.ts';
import { Remark } from '../../ui/notes.tsx';
import styles from './export.module.css';

/** The options of a format, where it has any. */
export function Options(props: {
  schema: Record<string, unknown>;
  values: Record<string, unknown>;
  onChange: (values: Record<string, unknown>) => void;
}): ReactElement | null {
  const picker = usePathPicker();
  if (readFields(props.schema).length === 0) return null;
  return (
    <>
      <JsonForm
        {...props}
        onPickFile={({ title }, take) =>
          picker.ask({
            title: t('form.pick', { name: hostText(title) }),
            kind: 'file-or-folder',
            onPick: take,
          })
        }
      />
      {picker.dialog}
    </>
  );
}

export function Losses({ format }: { format: FormatInfo }): ReactElement {
  if (format.loses.length === 0) return <p className={layout.dim}>{t('export.losesNothing')}</p>;
  return (
    <Remark kind="info">
      <strong className={styles.losesTitle}>{t('export.loses')}</strong>
      <ul className={styles.loses}>
        {format.loses.map((loss) => (
          <li key={loss}>
            <CodeText text={hostText(loss)} />
          </li>
        ))}
      </ul>
    </Remark>
  );
}
