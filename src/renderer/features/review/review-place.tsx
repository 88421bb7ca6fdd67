/** Review: one suggestion at a time, answered with one key; all of it undoable. */
import { Button, Kbd, Progress, Select } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import type { QueueOrder } from '../../../contract/host-api.ts';
import { readError } from '../../api/errors.ts';
import { firstMinScore, useModels } from '../../api/queries.ts';
import { useActions } from '../../app/keymap.ts';
import type { LabelSession } from '../../app/label-session.ts';
import { useLabelSession } from '../../app/label-session-provider.tsx';
import { goTo } from '../../app/route.ts';
import { useCanvasFocus } from '../../app/use-canvas-focus.ts';
import { usePictureSource } from '../../app/use-picture-source.ts';
import { AnnotationCanvas } from '../../canvas/annotation-canvas.tsx';
import { EditorButton } from '../../ui/editor-button.tsx';
import { formatCount, formatPercent } from '../../ui/format-numbers.ts';
import { Icon } from '../../ui/icons.tsx';
import layout from '../../ui/layout.module.css';
import { t } from '../../ui/messages.ts';
import { MinScore } from '../../ui/min-score.tsx';
import { EmptyState, ErrorNote, Waiting } from '../../ui/notes.tsx';
import styles from './review.module.css';
import { SuggestionPanel } from './suggestion-panel.tsx';
import { type Answers, type Review, useReview } from './use-review.ts';

const orders: readonly QueueOrder[] = ['least-sure', 'highest-score', 'random'];

export function ReviewPlace(): ReactElement {
  const session = useLabelSession();
  if (session === null) return <Waiting label={t('action.loading')} />;
  return <ReviewQueue session={session} />;
}

function ReviewQueue({ session }: { session: LabelSession }): ReactElement {
  const { editor } = session;
  const [order, setOrder] = useState<QueueOrder>('least-sure');
  const [minScore, setMinScore] = useState(firstMinScore);
  const review = useReview(session, order, minScore);
  const picture = usePictureSource(editor);
  useCanvasFocus(review.current !== null);
  // The editor's names for answers; here they go on to the next photograph.
  useActions({
    'prediction.accept': review.accept,
    'prediction.reject': review.reject,
    'prediction.unsure': review.unsure,
    'review.adjust': review.adjust,
    'prediction.next': () => review.step(1),
    'prediction.previous': () => review.step(-1),
    ...Object.fromEntries(
      ['1', '2', '3', '4', '5', '6', '7', '8', '9', '0'].map((key) => [
        `class.${key}`,
        () => review.acceptAs(key),
      ]),
    ),
  });
  return (
    <div className={styles.review}>
      <div className={layout.toolbar} role="toolbar" aria-label={t('review.tools')}>
        <span className={layout.dim}>{t('review.order')}</span>
        <Select
          w={170}
          aria-label={t('review.order')}
          data={orders.map((value) => ({ value, label: t(`review.order.${value}`) }))}
          value={order}
          onChange={(value) => setOrder(orders.find((known) => known === value) ?? 'least-sure')}
        />
        <span className={layout.rule} />
        <MinScore value={minScore} onChange={setMinScore} />
        <span className={layout.rule} />
        <EditorButton editor={editor} command="history.undo" icon="undo" />
        <EditorButton editor={editor} command="history.redo" icon="redo" />
        <span className={layout.gap} />
        <ProgressLine answers={review.answers} left={review.left} />
      </div>
      {review.queue.isError ? (
        <ErrorNote error={readError(review.queue.error)} onRetry={() => void review.queue.refetch()} />
      ) : null}
      {review.current === null ? (
        <NothingWaits review={review} />
      ) : (
        <div className={layout.columns}>
          <section className={layout.stage} aria-label={t('review.canvas')}>
            <div className={styles.canvas}>
              <AnnotationCanvas
                editor={editor}
                {...picture}
                label={t('review.canvas')}
                failedContent={t('annotate.unreadable')}
              />
            </div>
            <AnswerBar review={review} />
          </section>
          <SuggestionPanel item={review.current} editor={editor} answer={review.answer} />
        </div>
      )}
    </div>
  );
}

function ProgressLine({ answers, left }: { answers: Answers; left: number }): ReactElement {
  const counts = { accepted: 0, adjusted: 0, rejected: 0, unsure: 0, pending: 0 };
  for (const status of answers.values()) counts[status] += 1;
  const done = answers.size - counts.pending;
  const judged = counts.accepted + counts.adjusted + counts.rejected;
  return (
    <div className={styles.progress} role="status">
      <Progress
        w={120}
        value={done + left === 0 ? 0 : (100 * done) / (done + left)}
        aria-label={t('review.progress')}
      />
      <span>{t('review.done', { done: formatCount(done), left: formatCount(left) })}</span>
      <span className={styles.tally}>{t('review.tally', counts)}</span>
      {judged < 5 ? null : (
        <span title={t('review.precisionText')}>
          {t('review.precision', { share: formatPercent((counts.accepted + counts.adjusted) / judged) })}
        </span>
      )}
    </div>
  );
}

function AnswerBar({ review }: { review: Review }): ReactElement {
  if (review.answer !== 'pending') {
    return (
      <div className={styles.answers}>
        <span className={layout.dim}>{t(`review.answered.${review.answer}`)}</span>
        <Button onClick={() => review.step(1)} rightSection={<Kbd>Enter</Kbd>}>
          {t('review.next')}
        </Button>
      </div>
    );
  }
  return (
    <div className={styles.answers}>
      <Button
        disabled={!review.isShown}
        leftSection={<Icon name="check" />}
        rightSection={<Kbd>Enter</Kbd>}
        onClick={review.accept}
      >
        {t('review.accept')}
      </Button>
      <Button
        disabled={!review.isShown}
        variant="default"
        leftSection={<Icon name="cross" />}
        rightSection={<Kbd>X</Kbd>}
        onClick={review.reject}
      >
        {t('review.reject')}
      </Button>
      <Button
        disabled={!review.isShown}
        variant="default"
        leftSection={<Icon name="box" />}
        rightSection={<Kbd>E</Kbd>}
        onClick={review.adjust}
      >
        {t('review.adjust')}
      </Button>
      <Button
        disabled={!review.isShown}
        variant="default"
        leftSection={<Icon name="question" />}
        rightSection={<Kbd>U</Kbd>}
        onClick={review.unsure}
      >
        {t('review.unsure')}
      </Button>
      <Button variant="subtle" color="gray" rightSection={<Kbd>S</Kbd>} onClick={() => review.step(1)}>
        {t('review.skip')}
      </Button>
    </div>
  );
}

function NothingWaits({ review }: { review: Review }): ReactElement {
  const models = useModels();
  if (review.queue.isPending || review.queue.isFetching) return <Waiting label={t('action.loading')} />;
  const hasModel = (models.data ?? []).length > 0;
  return (
    <EmptyState
      icon="review"
      title={t(hasModel ? 'review.nothing' : 'review.noModel')}
      text={t(hasModel ? 'review.nothingText' : 'review.noModelText')}
      action={<Button onClick={() => goTo('train')}>{t('review.toTrain')}</Button>}
    />
  );
}
