/** The boxes of this image and the suggestions that wait, as lists: select, delete, accept, reject. */
import type { MouseEvent, ReactElement } from 'react';
import type { BoxRecord, ClassRecord, PredictionRecord } from '../../../core/records.ts';
import type { Editor } from '../../../editor/types.ts';
import { useEditorValue } from '../../canvas/use-editor-value.ts';
import { keyOf } from '../../ui/editor-button.tsx';
import { formatScore } from '../../ui/format-numbers.ts';
import { IconButton } from '../../ui/icon-button.tsx';
import { Icon } from '../../ui/icons.tsx';
import layout from '../../ui/layout.module.css';
import { t } from '../../ui/messages.ts';
import { ClassName } from '../../ui/states.tsx';
import styles from './annotate.module.css';

/** A side panel with thousands of rows would be as slow as it is useless: the canvas shows the rest. */
const shownRows = 200;

export function BoxesPanel({ editor }: { editor: Editor }): ReactElement {
  const boxes = useEditorValue(editor, (snapshot) => snapshot.boxes);
  const classes = useEditorValue(editor, (snapshot) => snapshot.classes);
  const selected = useEditorValue(editor, (snapshot) => snapshot.selectedBoxIds);
  /** With Shift, Ctrl or Cmd beside what is selected, or out of it. */
  const choose = (id: string, { shiftKey, ctrlKey, metaKey }: MouseEvent): void => {
    if (!shiftKey && !ctrlKey && !metaKey) editor.select([id]);
    else editor.select(selected.includes(id) ? selected.filter((other) => other !== id) : [...selected, id]);
  };
  const remove = (id: string): void => {
    editor.select([id]);
    editor.run('box.delete');
  };
  return (
    <section className={styles.panel} aria-label={t('box.all')}>
      <div className={layout.head}>
        <h2>{t('box.all')}</h2>
        <span>{boxes.length}</span>
      </div>
      {boxes.length === 0 ? <p className={styles.panelText}>{t('box.none')}</p> : null}
      <ul className={styles.rowsScroll}>
        {boxes.slice(0, shownRows).map((box) => (
          <li key={box.id} className={styles.boxLine}>
            <button
              type="button"
              className={styles.boxRow}
              aria-pressed={selected.includes(box.id)}
              onClick={(event) => choose(box.id, event)}
            >
              <ClassName record={find(classes, box.classId)} />
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
              <IconButton
                icon="trash"
                size={24}
                label={t('box.delete')}
                keys={keyOf(editor, 'box.delete')}
                onClick={() => remove(box.id)}
              />
            </span>
          </li>
        ))}
      </ul>
      {boxes.length > shownRows ? (
        <p className={styles.panelText}>{t('box.more', { n: boxes.length - shownRows })}</p>
      ) : null}
    </section>
  );
}

function describe(box: BoxRecord): string {
  const source = t(`box.source.${box.source}`);
  return box.score === null ? source : t('box.sourceScore', { source, score: formatScore(box.score) });
}

export function SuggestionsPanel({ editor }: { editor: Editor }): ReactElement | null {
  const open = useEditorValue(editor, (snapshot) => snapshot.openPredictions);
  const classes = useEditorValue(editor, (snapshot) => snapshot.classes);
  const selected = useEditorValue(editor, (snapshot) => snapshot.selectedPredictionId);
  if (open.length === 0) return null;
  const answer = (prediction: PredictionRecord, command: string): void => {
    editor.selectPrediction(prediction.id);
    editor.run(command);
  };
  return (
    <section className={styles.panel} aria-label={t('suggestion.all')}>
      <div className={layout.head}>
        <h2>{t('suggestion.all')}</h2>
        <span>{open.length}</span>
      </div>
      <ul className={styles.rowsScroll}>
        {open.slice(0, shownRows).map((prediction) => (
          <li key={prediction.id} className={styles.boxLine}>
            <button
              type="button"
              className={styles.boxRow}
              aria-pressed={prediction.id === selected}
              onClick={() => editor.selectPrediction(prediction.id)}
            >
              <ClassName record={find(classes, prediction.classId)} />
              <span className={styles.boxSize}>{formatScore(prediction.score)}</span>
            </button>
            <span className={styles.boxActions}>
              <IconButton
                icon="check"
                size={24}
                label={t('suggestion.accept')}
                keys="Enter"
                onClick={() => answer(prediction, 'prediction.accept')}
              />
              <IconButton
                icon="cross"
                size={24}
                label={t('suggestion.reject')}
                keys="X"
                onClick={() => answer(prediction, 'prediction.reject')}
              />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

const find = (classes: readonly ClassRecord[], id: string): ClassRecord | undefined =>
  classes.find((record) => record.id === id);
