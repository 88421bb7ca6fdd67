/** A class merged into another, or another split off it, everywhere in the project at once. */
import { Button, Select, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import { findClassNamed, makeClass } from '../../../core/class-edits.ts';
import type { RecordDiff } from '../../../core/diffs.ts';
import type { ClassRecord } from '../../../core/records.ts';
import { api } from '../../api/client.ts';
import { keys } from '../../api/keys.ts';
import { type LabelSession, newId } from '../../app/label-session.ts';
import { useEditorValue } from '../../canvas/use-editor-value.ts';
import { t } from '../../ui/messages.ts';
import styles from './class-dialog.module.css';

export function ClassMerge(props: {
  session: LabelSession;
  classes: readonly ClassRecord[];
  record: ClassRecord;
  boxes: number;
  onDone: () => void;
}): ReactElement | null {
  const { session, classes, record, boxes, onDone } = props;
  const [into, setInto] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  if (classes.length < 2) return null;
  const merge = async (): Promise<void> => {
    if (into === null) return;
    setBusy(true);
    const isDone = await session.commitOnHost((gestureId) =>
      api.mergeClasses.mutate({ gestureId, from: record.id, into }),
    );
    setBusy(false);
    if (isDone) onDone();
  };
  return (
    <section className={styles.part} aria-label={t('class.merge')}>
      <h3>{t('class.merge')}</h3>
      <p className={styles.dim}>{t('class.mergeText', { n: boxes })}</p>
      <div className={styles.row}>
        <Select
          className={styles.grow ?? ''}
          label={t('class.mergeInto')}
          searchable
          data={classes
            .filter(({ id }) => id !== record.id)
            .map(({ id, name }) => ({ value: id, label: name }))}
          value={into}
          onChange={setInto}
        />
        <Button variant="default" disabled={into === null} loading={isBusy} onClick={() => void merge()}>
          {t('class.mergeDo')}
        </Button>
      </div>
    </section>
  );
}

export function ClassSplit({
  session,
  classes,
  record,
}: {
  session: LabelSession;
  classes: readonly ClassRecord[];
  record: ClassRecord;
}): ReactElement {
  const { editor } = session;
  const [name, setName] = useState('');
  const [source, setSource] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const values = useQuery({
    queryKey: keys.attributeValues(record.id),
    queryFn: () => api.listAttributeValues.query({ classId: record.id }),
  });
  const boxes = useEditorValue(editor, (snapshot) => snapshot.boxes);
  const selectedIds = useEditorValue(editor, (snapshot) => snapshot.selectedBoxIds);
  const chosen = boxes.filter((box) => box.classId === record.id && selectedIds.includes(box.id));
  const sources = [
    ...(chosen.length === 0 ? [] : [{ value: '', label: t('class.splitSelected', { n: chosen.length }) }]),
    ...(values.data ?? []).map(({ attribute, value, boxes: n }, index) => ({
      value: String(index),
      label: t('class.splitValue', { attribute, value: String(value), n }),
    })),
  ];
  const canSplit = source !== null && name.trim() !== '' && findClassNamed(classes, name) === undefined;
  const split = async (): Promise<void> => {
    if (!canSplit) return;
    if (source === '') {
      const made: ClassRecord = {
        ...makeClass(classes, newId(), name),
        ...(record.attributes === undefined ? {} : { attributes: record.attributes }),
      };
      const diffs: RecordDiff[] = [
        { table: 'classes', id: made.id, before: null, after: made },
        ...chosen.map(
          (box): RecordDiff => ({
            ...{ table: 'boxes', id: box.id, before: box },
            after: { ...box, classId: made.id },
          }),
        ),
      ];
      const label = t('class.splitLabel', { name: made.name, from: record.name });
      session.commit({ label, imageId: chosen[0]?.imageId ?? null, diffs });
    } else {
      const value = values.data?.[Number(source)];
      if (value === undefined) return;
      setBusy(true);
      const isDone = await session.commitOnHost((gestureId) =>
        api.splitClass.mutate({
          ...{ gestureId, classId: record.id, name: name.trim() },
          ...{ attribute: value.attribute, value: value.value },
        }),
      );
      setBusy(false);
      if (!isDone) return;
    }
    setName('');
    setSource(null);
  };
  return (
    <section className={styles.part} aria-label={t('class.split')}>
      <h3>{t('class.split')}</h3>
      {sources.length === 0 ? <p className={styles.dim}>{t('class.splitNothing')}</p> : null}
      {sources.length === 0 ? null : (
        <div className={styles.row}>
          <Select
            className={styles.grow ?? ''}
            label={t('class.splitOff')}
            searchable
            data={sources}
            value={source}
            onChange={setSource}
          />
          <TextInput
            className={styles.grow ?? ''}
            label={t('class.splitName')}
            value={name}
            error={
              name.trim() !== '' && findClassNamed(classes, name) !== undefined
                ? t('class.twin', { name: name.trim() })
                : null
            }
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Button variant="default" disabled={!canSplit} loading={isBusy} onClick={() => void split()}>
            {t('class.splitDo')}
          </Button>
        </div>
      )}
    </section>
  );
}
