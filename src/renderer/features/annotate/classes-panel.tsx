/** The classes of the project: colour, name, key, how many here; press to choose, type to add one. */
import { Button, Kbd, TextInput } from '@mantine/core';
import { type FormEvent, type ReactElement, useMemo, useState } from 'react';
import { classColorAt, classKeyAt, classNameKey } from '../../../core/class-colors.ts';
import type { ClassRecord } from '../../../core/records.ts';
import { useClasses } from '../../api/queries.ts';
import { type LabelSession, newId } from '../../app/label-session.ts';
import { useEditorValue } from '../../canvas/use-editor-value.ts';
import { formatCount } from '../../ui/format-numbers.ts';
import layout from '../../ui/layout.module.css';
import { t } from '../../ui/messages.ts';
import { ClassName } from '../../ui/states.tsx';
import styles from './annotate.module.css';

export function ClassesPanel({ session }: { session: LabelSession }): ReactElement {
  const { editor } = session;
  const classes = useClasses().data ?? [];
  const boxes = useEditorValue(editor, (snapshot) => snapshot.boxes);
  const selected = useEditorValue(editor, (snapshot) => snapshot.selectedBoxIds);
  const active = useEditorValue(editor, (snapshot) => snapshot.activeClassId);
  const counts = useMemo(() => {
    const byClass = new Map<string, number>();
    for (const { classId } of boxes) byClass.set(classId, (byClass.get(classId) ?? 0) + 1);
    return byClass;
  }, [boxes]);
  const selectedBox = boxes.find(({ id }) => id === selected[0]);
  const shown = selectedBox?.classId ?? active;
  return (
    <section className={styles.panel} aria-label={t('class.all')}>
      <div className={layout.head}>
        <h2>{t('class.all')}</h2>
        <span>{selected.length > 0 ? t('class.ofSelected') : t('class.ofNext')}</span>
      </div>
      {classes.length === 0 ? <p className={styles.panelText}>{t('class.none')}</p> : null}
      <ul className={styles.rowsScroll}>
        {classes.map((record) => (
          <li key={record.id}>
            <button
              type="button"
              className={styles.classRow}
              aria-pressed={record.id === shown}
              onClick={() => editor.setClass(record.id)}
            >
              <ClassName record={record} />
              {record.key === null ? null : <Kbd>{record.key}</Kbd>}
              <span className={styles.classCount}>{formatCount(counts.get(record.id) ?? 0)}</span>
            </button>
          </li>
        ))}
      </ul>
      <AddClass session={session} classes={classes} />
    </section>
  );
}

function AddClass({
  session,
  classes,
}: {
  session: LabelSession;
  classes: readonly ClassRecord[];
}): ReactElement {
  const [name, setName] = useState('');
  const twin = classes.find((record) => classNameKey(record.name) === classNameKey(name));
  const add = (event: FormEvent): void => {
    event.preventDefault();
    if (name.trim() === '' || twin !== undefined) return;
    const position = classes.length;
    const record: ClassRecord = {
      id: newId(),
      name: name.trim(),
      color: classColorAt(position),
      key: classKeyAt(position),
      scientificName: null,
      position,
    };
    session.commit({
      label: t('class.addLabel', { name: record.name }),
      imageId: null,
      diffs: [{ table: 'classes', id: record.id, before: null, after: record }],
    });
    setName('');
  };
  return (
    <form className={styles.add} onSubmit={add}>
      <TextInput
        aria-label={t('class.new')}
        placeholder={t('class.new')}
        value={name}
        error={twin === undefined || name.trim() === '' ? null : t('class.twin', { name: twin.name })}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Button type="submit" variant="default" disabled={name.trim() === '' || twin !== undefined}>
        {t('class.add')}
      </Button>
    </form>
  );
}
