/** The classes of the project: colour, name, key, how many boxes here and in all; one field finds and adds. */
import { Button, Kbd, TextInput } from '@mantine/core';
import { type KeyboardEvent, memo, type ReactElement, useEffect, useMemo, useRef, useState } from 'react';
import { classNameKey } from '../../../core/class-colors.ts';
import { findClassNamed, makeClass } from '../../../core/class-edits.ts';
import type { ClassRecord } from '../../../core/records.ts';
import type { Editor } from '../../../editor/types.ts';
import { useClassCounts, useClasses } from '../../api/queries.ts';
import { type LabelSession, newId } from '../../app/label-session.ts';
import { useEditorValue, useSettledValue } from '../../canvas/use-editor-value.ts';
import { keyOf } from '../../ui/editor-button.tsx';
import { formatCount } from '../../ui/format-numbers.ts';
import layout from '../../ui/layout.module.css';
import { t } from '../../ui/messages.ts';
import { RowButton, RowKey } from '../../ui/row-button.tsx';
import { ClassName } from '../../ui/states.tsx';
import { useGrowingRows } from '../../ui/use-growing-rows.ts';
import styles from './annotate.module.css';
import { ClassDialog } from './class-dialog.tsx';

/** A few more than are in sight: with a thousand classes the list would be as slow as it is long. The others come when it is scrolled. */
const firstRows = 12;
const noClasses: readonly ClassRecord[] = [];

export function ClassesPanel({ session }: { session: LabelSession }): ReactElement {
  const { editor } = session;
  const classes = useClasses().data ?? noClasses;
  const totals = useClassCounts().data;
  const boxes = useSettledValue(editor, (snapshot) => snapshot.boxes);
  const selected = useSettledValue(editor, (snapshot) => snapshot.selectedBoxIds);
  const active = useSettledValue(editor, (snapshot) => snapshot.activeClassId);
  const [text, setText] = useState('');
  const [editedId, setEditedId] = useState<string | null>(null);
  const counts = useMemo(() => {
    const byClass = new Map<string, number>();
    for (const { classId } of boxes) byClass.set(classId, (byClass.get(classId) ?? 0) + 1);
    return byClass;
  }, [boxes]);
  const found = useMemo(() => findClasses(classes, text), [classes, text]);
  const { rows, list } = useGrowingRows(found.length, firstRows, text);
  const [firstId] = selected;
  const selectedBox = firstId === undefined ? undefined : boxes.find(({ id }) => id === firstId);
  const shown = selectedBox?.classId ?? active;
  const edited = classes.find(({ id }) => id === editedId);
  return (
    <section className={styles.panel} aria-label={t('class.all')}>
      <div className={layout.head}>
        <h2>{t('class.all')}</h2>
        <span>{selected.length > 0 ? t('class.ofSelected') : t('class.ofNext')}</span>
      </div>
      {classes.length === 0 ? <p className={styles.panelText}>{t('class.none')}</p> : null}
      <ul className={styles.rowsScroll} ref={list}>
        {found.slice(0, rows).map((record, index) => (
          <ClassRow
            key={record.id}
            editor={editor}
            record={record}
            isShown={record.id === shown}
            here={counts.get(record.id) ?? 0}
            all={totals?.get(record.id)}
            place={index + 1}
            of={found.length}
            onEdit={setEditedId}
          />
        ))}
      </ul>
      {found.length > firstRows && text.trim() === '' ? (
        <p className={styles.panelText}>{t('class.many', { n: found.length })}</p>
      ) : null}
      <FindOrAdd session={session} classes={classes} found={found} text={text} onText={setText} />
      {edited === undefined ? null : (
        <ClassDialog
          key={edited.id}
          session={session}
          classes={classes}
          record={edited}
          boxes={totals?.get(edited.id) ?? 0}
          onClose={() => setEditedId(null)}
        />
      )}
    </section>
  );
}

/** Drawn anew only when something of its own has changed. */
const ClassRow = memo(function ClassRow(props: {
  editor: Editor;
  record: ClassRecord;
  isShown: boolean;
  here: number;
  all: number | undefined;
  place: number;
  of: number;
  onEdit: (classId: string) => void;
}): ReactElement {
  const { editor, record, isShown, here, all, place, of, onEdit } = props;
  return (
    <li className={styles.boxLine} aria-setsize={of} aria-posinset={place}>
      <button
        type="button"
        className={styles.classRow}
        aria-pressed={isShown}
        onClick={() => editor.setClass(record.id)}
      >
        <ClassName record={record} />
        {record.key === null ? null : <RowKey text={record.key} />}
        <ClassCount here={here} all={all} />
      </button>
      <span className={styles.boxActions}>
        <RowButton
          icon="annotate"
          label={t('class.editThis', { name: record.name })}
          onClick={() => onEdit(record.id)}
        />
      </span>
    </li>
  );
});

const nameKeys = new WeakMap<ClassRecord, string>();

/** A name as it is compared, reckoned once: with a thousand classes each letter would do so a thousand times. */
function keyOfName(record: ClassRecord): string {
  const known = nameKeys.get(record) ?? classNameKey(record.name);
  nameKeys.set(record, known);
  return known;
}

/** Classes whose name has the text in it, those that begin with it first, in the order of the list. */
function findClasses(classes: readonly ClassRecord[], text: string): readonly ClassRecord[] {
  const wanted = classNameKey(text);
  if (wanted === '') return classes;
  const [begin, within]: [ClassRecord[], ClassRecord[]] = [[], []];
  for (const record of classes) {
    const at = keyOfName(record).indexOf(wanted);
    if (at >= 0) (at === 0 ? begin : within).push(record);
  }
  return [...begin, ...within];
}

function ClassCount({ here, all }: { here: number; all: number | undefined }): ReactElement {
  return (
    <span className={styles.classCount} title={t('class.counts', { here, all: all ?? 0 })}>
      {formatCount(here)}
      {all === undefined ? null : ` / ${formatCount(all)}`}
    </span>
  );
}

/** Type ahead: Enter takes the first class found, or adds one when none is; Escape goes back to the canvas. */
const FindOrAdd = memo(function FindOrAdd(props: {
  session: LabelSession;
  classes: readonly ClassRecord[];
  found: readonly ClassRecord[];
  text: string;
  onText: (text: string) => void;
}): ReactElement {
  const { session, classes, found, text, onText } = props;
  const { editor } = session;
  const input = useRef<HTMLInputElement>(null);
  const wish = useEditorValue(editor, (snapshot) => snapshot.wish);
  const seen = useRef(wish);
  useEffect(() => {
    if (wish === seen.current) return;
    seen.current = wish;
    if (wish?.name === 'class.find') input.current?.focus();
  }, [wish]);
  const isTyped = text.trim() !== '';
  const canAdd = isTyped && findClassNamed(classes, text) === undefined;
  const first = isTyped ? found[0] : undefined;
  const backToCanvas = (): void => {
    onText('');
    document.querySelector<HTMLElement>('#place [role=application]')?.focus({ preventScroll: true });
  };
  const add = (): void => {
    if (!canAdd) return;
    const record = makeClass(classes, newId(), text);
    session.commit({
      label: t('class.addLabel', { name: record.name }),
      imageId: null,
      diffs: [{ table: 'classes', id: record.id, before: null, after: record }],
    });
    editor.setClass(record.id);
    backToCanvas();
  };
  const press = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') {
      event.preventDefault();
      backToCanvas();
    } else if (event.key === 'Enter') {
      event.preventDefault();
      if (first === undefined) add();
      else {
        editor.setClass(first.id);
        backToCanvas();
      }
    }
  };
  return (
    <form className={styles.add} onSubmit={(event) => event.preventDefault()}>
      <TextInput
        ref={input}
        aria-label={t('class.findOrAdd')}
        aria-keyshortcuts={keyOf(editor, 'class.find')}
        placeholder={t('class.findShort')}
        value={text}
        description={
          isTyped ? (
            <span role="status">
              {first === undefined ? t('class.enterAdds') : t('class.enterTakes', { name: first.name })}
            </span>
          ) : null
        }
        inputWrapperOrder={['input', 'description']}
        rightSection={isTyped ? null : <Kbd>{keyOf(editor, 'class.find')}</Kbd>}
        onChange={(event) => onText(event.currentTarget.value)}
        onKeyDown={press}
      />
      <Button variant="default" disabled={!canAdd} onClick={add}>
        {t('class.add')}
      </Button>
    </form>
  );
});
