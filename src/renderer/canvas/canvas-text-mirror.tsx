/** The boxes of the canvas as a list for screen readers: drawn nowhere, read everywhere. */
import { type JSX, memo, useRef } from 'react';
import type { PixelBox, Point } from '../../core/geometry.ts';
import type { BoxRecord, ClassRecord, PredictionRecord } from '../../core/records.ts';
import type { Editor } from '../../editor/types.ts';
import { t } from '../ui/messages.ts';
import styles from './annotation-canvas.module.css';
import { formatScore } from './palette.ts';
import { useSettledValue } from './use-editor-value.ts';

/** Reading out more than this helps nobody; the count before the list is complete. */
const ENTRIES_AT_MOST = 200;

/** A visually hidden list of labels and open suggestions, with class, place in pixels and what is selected. */
export const CanvasTextMirror = memo(function CanvasTextMirror({
  editor,
}: {
  readonly editor: Editor;
}): JSX.Element {
  const boxes = useSettledValue(editor, (snapshot) => snapshot.boxes);
  const classes = useSettledValue(editor, (snapshot) => snapshot.classes);
  const predictions = useSettledValue(editor, (snapshot) => snapshot.openPredictions);
  const selectedIds = useSettledValue(editor, (snapshot) => snapshot.selectedBoxIds);
  const selectedPredictionId = useSettledValue(editor, (snapshot) => snapshot.selectedPredictionId);
  const listed = useSameList(boxes.slice(0, ENTRIES_AT_MOST));
  const ids = new Set(selectedIds);
  const selected = useSameList(listed.filter(({ id }) => ids.has(id)));
  return (
    <section className={styles.mirror} aria-label={t('canvas.list')}>
      <p aria-live="polite">
        {t('canvas.counts', {
          labels: t('canvas.labels', { n: boxes.length }),
          suggestions: t('canvas.suggestions', { n: predictions.length }),
        })}
      </p>
      <ul>
        <Labels boxes={listed} selected={selected} classes={classes} />
        <Suggestions predictions={predictions} selectedId={selectedPredictionId} classes={classes} />
      </ul>
    </section>
  );
});

/** The list from before as long as it holds the same: what is drawn of it is then left as it is. */
function useSameList<T>(list: readonly T[]): readonly T[] {
  const kept = useRef(list);
  const isSame = kept.current.length === list.length && list.every((one, at) => one === kept.current[at]);
  if (!isSame) kept.current = list;
  return kept.current;
}

function nameOf(classes: readonly ClassRecord[]): (classId: string) => string {
  const names = new Map(classes.map((entry) => [entry.id, entry.name]));
  return (classId) => names.get(classId) ?? t('class.unknown');
}

const Labels = memo(function Labels(props: {
  readonly boxes: readonly BoxRecord[];
  readonly selected: readonly BoxRecord[];
  readonly classes: readonly ClassRecord[];
}) {
  const name = nameOf(props.classes);
  const selected = new Set(props.selected);
  return props.boxes.map((box) => (
    <Label key={box.id} box={box} name={name(box.classId)} isSelected={selected.has(box)} />
  ));
});

const Suggestions = memo(function Suggestions(props: {
  readonly predictions: readonly PredictionRecord[];
  readonly selectedId: string | null;
  readonly classes: readonly ClassRecord[];
}) {
  const name = nameOf(props.classes);
  return props.predictions
    .slice(0, ENTRIES_AT_MOST)
    .map((prediction) => (
      <Suggestion
        key={prediction.id}
        prediction={prediction}
        name={name(prediction.classId)}
        isSelected={prediction.id === props.selectedId}
      />
    ));
});

interface Entry {
  readonly name: string;
  readonly isSelected: boolean;
}

const Label = memo(function Label({ box, name, isSelected }: Entry & { readonly box: BoxRecord }) {
  return (
    <li aria-current={isSelected ? 'true' : undefined}>{t('canvas.label', { name, place: place(box) })}</li>
  );
});

const Suggestion = memo(function Suggestion(entry: Entry & { readonly prediction: PredictionRecord }) {
  const { prediction, name, isSelected } = entry;
  return (
    <li aria-current={isSelected ? 'true' : undefined}>
      {t('canvas.suggestion', { name, score: formatScore(prediction.score), place: place(prediction) })}
    </li>
  );
});

function place(box: PixelBox & { readonly head: Point | null; readonly tail: Point | null }): string {
  const px = (value: number): string => String(Math.round(value));
  const where = t('canvas.place', { w: px(box.w), h: px(box.h), x: px(box.x), y: px(box.y) });
  if (box.head === null || box.tail === null) return where;
  const { head, tail } = box;
  return t('canvas.withLine', { where, hx: px(head.x), hy: px(head.y), tx: px(tail.x), ty: px(tail.y) });
}
