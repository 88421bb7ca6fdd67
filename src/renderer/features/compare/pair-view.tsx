/** One pair large on the canvas, and the two answers: the model's box, or the hand is right. */
import { Button, Kbd } from '@mantine/core';
import { type ReactElement, useEffect } from 'react';
import type { ComparePair } from '../../../contract/schemas.ts';
import { type BoxRecord, isConfirmed, type PredictionRecord } from '../../../core/records.ts';
import { boxFromPrediction } from '../../../core/review.ts';
import { useActions } from '../../app/keymap.ts';
import {
  deleteBox,
  keepHand as keepHandChange,
  type LabelChange,
  replaceByModel,
  takeSuggestion,
} from '../../app/label-changes.ts';
import { type LabelSession, newId } from '../../app/label-session.ts';
import { goTo } from '../../app/route.ts';
import { useCanvasFocus } from '../../app/use-canvas-focus.ts';
import { usePictureSource } from '../../app/use-picture-source.ts';
import { AnnotationCanvas } from '../../canvas/annotation-canvas.tsx';
import { useEditorValue } from '../../canvas/use-editor-value.ts';
import layout from '../../ui/layout.module.css';
import { t } from '../../ui/messages.ts';
import { squareAround } from '../../ui/photo-crop.tsx';
import styles from './compare.module.css';

export function PairView({
  session,
  pair,
  onNext,
}: {
  session: LabelSession;
  pair: ComparePair | null;
  onNext: () => void;
}): ReactElement {
  const { editor } = session;
  const imageId = pair?.image.id ?? null;
  const openId = useEditorValue(editor, ({ image }) => image?.id ?? null);
  const picture = usePictureSource(editor);
  const isShown = imageId !== null && openId === imageId;
  const viewport = useEditorValue(editor, (snapshot) => snapshot.viewport);
  useEffect(() => {
    editor.setTool('select');
    if (imageId !== null) void session.openImage(imageId);
  }, [session, editor, imageId]);
  const handId = pair?.hand?.id;
  const predictedId = pair?.predicted?.id;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the camera moves when another pair is chosen, not when a box of it changes.
  useEffect(() => {
    if (!isShown || pair === null || viewport.widthView <= 1) return;
    const boxes = [pair.hand, pair.predicted].filter((box) => box !== null);
    // The pair has the handles, not what the canvas would choose first.
    if (predictedId !== undefined) editor.selectPrediction(predictedId);
    else if (handId !== undefined) editor.select([handId]);
    editor.zoomToBox(squareAround(boxes, pair.image, 0));
  }, [editor, isShown, handId, predictedId, viewport]);
  const takeModel = (): void => answer(session, pair, modelIsRight, onNext);
  const keepHand = (): void => answer(session, pair, handIsRight, onNext);
  useCanvasFocus(true);
  useActions({ 'compare.takeModel': takeModel, 'compare.keepHand': keepHand });
  return (
    <section className={styles.pair} aria-label={t('compare.pair')}>
      <div className={styles.canvas}>
        <AnnotationCanvas
          editor={editor}
          palette="compare"
          about={[handId, predictedId].filter((id) => id !== undefined)}
          // It would lie over the pair on a canvas this small.
          hasNavigator={false}
          {...picture}
          label={t('compare.canvas')}
          failedContent={t('annotate.unreadable')}
        />
      </div>
      <div className={styles.answers}>
        <Button
          variant="default"
          disabled={!isShown || isSettled(pair)}
          rightSection={<Kbd>Enter</Kbd>}
          onClick={takeModel}
        >
          {t(pair?.verdict === 'missed' ? 'compare.removeHand' : 'compare.takeModel')}
        </Button>
        <Button
          variant="default"
          disabled={!isShown || isSettled(pair)}
          rightSection={<Kbd>X</Kbd>}
          onClick={keepHand}
        >
          {t('compare.handRight')}
        </Button>
        <Button
          variant="subtle"
          color="gray"
          px={6}
          disabled={imageId === null}
          onClick={() => goTo('annotate', imageId)}
        >
          {t('compare.open')}
        </Button>
      </div>
      {pair !== null && isSettled(pair) ? <p className={layout.dim}>{t('compare.settled')}</p> : null}
    </section>
  );
}

/** Somebody already said what becomes of the model's box, or that the hand's is right without one. */
const isSettled = (pair: ComparePair | null): boolean =>
  pair === null ||
  (pair.predicted === null
    ? pair.hand !== null && isConfirmed(pair.hand)
    : pair.predicted.status !== 'pending');

interface Sides {
  readonly hand: BoxRecord | null;
  readonly predicted: PredictionRecord | null;
}
type Answer = (session: LabelSession, sides: Sides) => LabelChange | null;

/** Uses the records on the canvas, not those of the list: they are newer. */
function answer(session: LabelSession, pair: ComparePair | null, make: Answer, onNext: () => void): void {
  const { image, boxes, predictions } = session.editor.getSnapshot();
  if (pair === null || isSettled(pair) || image?.id !== pair.image.id) return;
  const hand = boxes.find(({ id }) => id === pair.hand?.id) ?? null;
  // The list may show another model than the one that suggests; its records are then only in the list.
  const predicted = predictions.find(({ id }) => id === pair.predicted?.id) ?? pair.predicted;
  const change = make(session, { hand, predicted });
  onNext();
  if (change !== null) session.commit(change);
}

const modelIsRight: Answer = (session, { hand, predicted }) => {
  const { image, boxes } = session.editor.getSnapshot();
  if (image === null) return null;
  const now = { id: image.id, state: image.state, boxes: boxes.length };
  if (hand !== null && predicted !== null) return replaceByModel(t('compare.takeModel'), hand, predicted);
  if (predicted !== null)
    return takeSuggestion(
      t('compare.takeModel'),
      now,
      predicted,
      boxFromPrediction(predicted, newId(), image),
    );
  return hand === null ? null : deleteBox(t('compare.removeHand'), now, hand);
};

const handIsRight: Answer = (_session, { hand, predicted }) =>
  keepHandChange(t('compare.handRight'), hand, predicted);
