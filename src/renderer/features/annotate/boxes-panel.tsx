/** The boxes of this image and the suggestions that wait, as lists: select, delete, accept, reject. */
import { type MouseEvent, memo, type ReactElement, useMemo } from 'react';
import type { BoxRecord, ClassRecord, PredictionRecord } from '../../../core/records.ts';
import type { Editor } from '../../../editor/types.ts';
import { useSettledValue } from '../../canvas/use-editor-value.ts';
import { keyOf } from '../../ui/editor-button.tsx';
import { formatCount, formatScore } from '../../ui/format-numbers.ts';
import { Icon } from '../../ui/icons.tsx';
import layout from '../../ui/layout.module.css';
import { t } from '../../ui/messages.ts';
import { RowButton } from '../../ui/row-button.tsx';
import { ClassName } from '../../ui/states.tsx';
import { useGrowingRows } from '../../ui/use-growing-rows.ts';
import styles from './annotate.module.css';

/** A few more than are in sight: each row costs every layout of the window. The others come when the list is scrolled. */
const firstRows = 24;

export function BoxesPanel({ editor }: { editor: Editor }): ReactElement {
  const boxes = useSettledValue(editor, (snapshot) => snapshot.boxes);
  const classes = useClassesById(editor);
  const selectedIds = useSettledValue(editor, (snapshot) => snapshot.selectedBoxIds);
  const selected = useMemo(() => new Set(selectedIds), [selectedIds]);
  const imageId = useSettledValue(editor, ({ image }) => image?.id);
  const { rows, list } = useGrowingRows(boxes.length, firstRows, imageId);
  const deleteKey = keyOf(editor, 'box.delete');
  return (
    <section className={styles.panel} aria-label={t('box.all')}>
      <div className={layout.head}>
        <h2>{t('box.all')}</h2>
        <span>{formatCount(boxes.length)}</span>
      </div>
      {boxes.length === 0 ? <p className={styles.panelText}>{t('box.none')}</p> : null}
      <ul className={styles.rowsScroll} ref={list}>
        {boxes.slice(0, rows).map((box) => (
          <BoxRow
            key={box.id}
            editor={editor}
            box={box}
            record={classes.get(box.classId)}
            isSelected={selected.has(box.id)}
            deleteKey={deleteKey}
          />
        ))}
      </ul>
    </section>
  );
}

/** Drawn anew only when something of its own has changed: the list is as long as the image is full. */
const BoxRow = memo(function BoxRow(props: {
  editor: Editor;
  box: BoxRecord;
  record: ClassRecord | undefined;
  isSelected: boolean;
  deleteKey: string | undefined;
}): ReactElement {
  const { editor, box, record, isSelected, deleteKey } = props;
  /** With Shift, Ctrl or Cmd beside what is selected, or out of it. */
  const choose = ({ shiftKey, ctrlKey, metaKey }: MouseEvent): void => {
    const { selectedBoxIds } = editor.getSnapshot();
    if (!shiftKey && !ctrlKey && !metaKey) editor.select([box.id]);
    else if (isSelected) editor.select(selectedBoxIds.filter((other) => other !== box.id));
    else editor.select([...selectedBoxIds, box.id]);
  };
  const remove = (): void => {
    editor.select([box.id]);
    editor.run('box.delete');
  };
  return (
    <li className={styles.boxLine}>
      <button type="button" className={styles.boxRow} aria-pressed={isSelected} onClick={choose}>
        <ClassName record={record} />
        {box.locked === true ? (
          <span className={styles.lock} title={t('box.locked')}>
            <Icon name="lock" size={12} />
            <span className={layout.visuallyHidden}>{t('box.locked')}</span>
          </span>
        ) : null}
        <span className={styles.boxSize} title={describe(box)}>
          {t('box.size', { w: String(Math.round(box.w)), h: String(Math.round(box.h)) })}
        </span>
      </button>
      <span className={styles.boxActions}>
        <RowButton icon="trash" label={t('box.delete')} keys={deleteKey} onClick={remove} />
      </span>
    </li>
  );
});

function useClassesById(editor: Editor): ReadonlyMap<string, ClassRecord> {
  const classes = useSettledValue(editor, (snapshot) => snapshot.classes);
  return useMemo(() => new Map(classes.map((record) => [record.id, record])), [classes]);
}

function describe(box: BoxRecord): string {
  const source = t(`box.source.${box.source}`);
  return box.score === null ? source : t('box.sourceScore', { source, score: formatScore(box.score) });
}

export function SuggestionsPanel({ editor }: { editor: Editor }): ReactElement | null {
  const open = useSettledValue(editor, (snapshot) => snapshot.openPredictions);
  const classes = useClassesById(editor);
  const selected = useSettledValue(editor, (snapshot) => snapshot.selectedPredictionId);
  const imageId = useSettledValue(editor, ({ image }) => image?.id);
  const { rows, list } = useGrowingRows(open.length, firstRows, imageId);
  if (open.length === 0) return null;
  return (
    <section className={styles.panel} aria-label={t('suggestion.all')}>
      <div className={layout.head}>
        <h2>{t('suggestion.all')}</h2>
        <span>{formatCount(open.length)}</span>
      </div>
      <ul className={styles.rowsScroll} ref={list}>
        {open.slice(0, rows).map((prediction) => (
          <SuggestionRow
            key={prediction.id}
            editor={editor}
            prediction={prediction}
            record={classes.get(prediction.classId)}
            isSelected={prediction.id === selected}
          />
        ))}
      </ul>
    </section>
  );
}

const SuggestionRow = memo(function SuggestionRow(props: {
  editor: Editor;
  prediction: PredictionRecord;
  record: ClassRecord | undefined;
  isSelected: boolean;
}): ReactElement {
  const { editor, prediction, record, isSelected } = props;
  const answer = (command: string): void => {
    editor.selectPrediction(prediction.id);
    editor.run(command);
  };
  return (
    <li className={styles.boxLine}>
      <button
        type="button"
        className={styles.boxRow}
        aria-pressed={isSelected}
        onClick={() => editor.selectPrediction(prediction.id)}
      >
        <ClassName record={record} />
        <span className={styles.boxSize}>{formatScore(prediction.score)}</span>
      </button>
      <span className={styles.boxActions}>
        <RowButton
          icon="check"
          label={t('suggestion.accept')}
          keys="Enter"
          onClick={() => answer('prediction.accept')}
        />
        <RowButton
          icon="cross"
          label={t('suggestion.reject')}
          keys="X"
          onClick={() => answer('prediction.reject')}
        />
      </span>
    </li>
  );
});
