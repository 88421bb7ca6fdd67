/** The boxes of the canvas as a list for screen readers: drawn nowhere, read everywhere. */
import type { JSX } from 'react';
import type { PixelBox, Point } from '../../core/geometry.ts';
import type { Editor } from '../../editor/types.ts';
import { t } from '../ui/messages.ts';
import styles from './annotation-canvas.module.css';
import { formatScore } from './palette.ts';
import { useEditorValue } from './use-editor-value.ts';

/** Reading out more than this helps nobody; the count before the list is complete. */
const ENTRIES_AT_MOST = 200;

/** A visually hidden list of labels and open suggestions, with class, place in pixels and what is selected. */
export function CanvasTextMirror({ editor }: { readonly editor: Editor }): JSX.Element {
  const boxes = useEditorValue(editor, (snapshot) => snapshot.boxes);
  const classes = useEditorValue(editor, (snapshot) => snapshot.classes);
  const predictions = useEditorValue(editor, (snapshot) => snapshot.openPredictions);
  const selectedIds = useEditorValue(editor, (snapshot) => snapshot.selectedBoxIds);
  const selectedPredictionId = useEditorValue(editor, (snapshot) => snapshot.selectedPredictionId);
  const names = new Map(classes.map((entry) => [entry.id, entry.name]));
  const nameOf = (classId: string): string => names.get(classId) ?? t('class.unknown');
  return (
    <section className={styles.mirror} aria-label={t('canvas.list')}>
      <p aria-live="polite">
        {t('canvas.counts', {
          labels: t('canvas.labels', { n: boxes.length }),
          suggestions: t('canvas.suggestions', { n: predictions.length }),
        })}
      </p>
      <ul>
        {boxes.slice(0, ENTRIES_AT_MOST).map((box) => (
          <li key={box.id} aria-current={selectedIds.includes(box.id) ? 'true' : undefined}>
            {t('canvas.label', { name: nameOf(box.classId), place: place(box) })}
          </li>
        ))}
        {predictions.slice(0, ENTRIES_AT_MOST).map((prediction) => (
          <li key={prediction.id} aria-current={prediction.id === selectedPredictionId ? 'true' : undefined}>
            {t('canvas.suggestion', {
              name: nameOf(prediction.classId),
              score: formatScore(prediction.score),
              place: place(prediction),
            })}
          </li>
        ))}
      </ul>
    </section>
  );
}

function place(box: PixelBox & { readonly head: Point | null; readonly tail: Point | null }): string {
  const px = (value: number): string => String(Math.round(value));
  const where = t('canvas.place', { w: px(box.w), h: px(box.h), x: px(box.x), y: px(box.y) });
  if (box.head === null || box.tail === null) return where;
  const { head, tail } = box;
  return t('canvas.withLine', { where, hx: px(head.x), hy: px(head.y), tx: px(tail.x), ty: px(tail.y) });
}
