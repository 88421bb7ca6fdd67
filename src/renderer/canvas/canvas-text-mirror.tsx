/** The boxes of the canvas as a list for screen readers: drawn nowhere, read everywhere. */
import type { JSX } from 'react';
import type { Editor } from '../../editor/types.ts';
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
  const place = (box: { x: number; y: number; w: number; h: number }): string =>
    `${Math.round(box.w)} by ${Math.round(box.h)} pixels at ${Math.round(box.x)}, ${Math.round(box.y)}`;
  return (
    <section className={styles.mirror} aria-label="Boxes on this image">
      <p aria-live="polite">{`${boxes.length} labels, ${predictions.length} suggestions`}</p>
      <ul>
        {boxes.slice(0, ENTRIES_AT_MOST).map((box) => (
          <li key={box.id} aria-current={selectedIds.includes(box.id) ? 'true' : undefined}>
            {`${names.get(box.classId) ?? 'Unknown class'}, ${place(box)}`}
          </li>
        ))}
        {predictions.slice(0, ENTRIES_AT_MOST).map((prediction) => (
          <li key={prediction.id} aria-current={prediction.id === selectedPredictionId ? 'true' : undefined}>
            {`Suggestion: ${names.get(prediction.classId) ?? 'unknown class'}, ${formatScore(prediction.score)}, ${place(prediction)}`}
          </li>
        ))}
      </ul>
    </section>
  );
}
