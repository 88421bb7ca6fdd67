/** Review: one suggestion at a time, answered with one key; all of it undoable. */
import { Button, Kbd, Progress, Select } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import type { QueueOrder } from '../../../contract/host-api.ts';
import type { ReviewFilter } from '../../../core/review-queue.ts';
import { readError } from '../../api/errors.ts';
import { useReviewState } from '../../api/loop-queries.ts';
import { firstMinScore, useClasses, useGroups, useModels } from '../../api/queries.ts';
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
import { Session, Standing } from './standing.tsx';
import { SuggestionPanel } from './suggestion-panel.tsx';
import { type Answers, type Review, useReview } from './use-review.ts';

const orders: readonly QueueOrder[] = ['least-sure', 'disagreement', 'class', 'highest-score', 'random'];
const splits = ['train', 'valid', 'test'] as const;
/** Tells a group from a part that is called the same. */
const groupPrefix = 'group ';
/** Further groups are found by typing. */
const shownGroups = 200;

export function ReviewPlace(): ReactElement {
  const session = useLabelSession();
  if (session === null) return <Waiting label={t('action.loading')} />;
  return <ReviewQueue session={session} />;
}

function ReviewQueue({ session }: { session: LabelSession }): ReactElement {
  const { editor } = session;
  const [order, setOrder] = useState<QueueOrder>('least-sure');
  const [minScore, setMinScore] = useState(firstMinScore);
  const [filter, setFilter] = useState<ReviewFilter>({});
  const review = useReview(session, { order, minScore, filter });
  const picture = usePictureSource(editor);
  useCanvasFocus(review.current !== null || review.isLookingOver);
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
      <div className={`${layout.toolbar} ${styles.tools}`} role="toolbar" aria-label={t('review.tools')}>
        <span className={`${layout.dim} ${styles.wideOnly}`}>{t('review.order')}</span>
        <Select
          w={170}
          aria-label={t('review.order')}
          data={orders.map((value) => ({ value, label: t(`review.order.${value}`) }))}
          value={order}
          onChange={(value) => {
            setOrder(orders.find((known) => known === value) ?? 'least-sure');
            leaveField();
          }}
        />
        <span className={layout.rule} />
        <MinScore value={minScore} onChange={setMinScore} />
        <span className={layout.rule} />
        <Filters
          filter={filter}
          minScore={minScore}
          onChange={(next) => {
            setFilter(next);
            leaveField();
          }}
        />
        <span className={layout.rule} />
        <EditorButton editor={editor} command="history.undo" icon="undo" />
        <EditorButton editor={editor} command="history.redo" icon="redo" />
        <span className={layout.gap} />
        <ProgressLine answers={review.answers} left={review.left} />
      </div>
      {review.queue.isError ? (
        <ErrorNote error={readError(review.queue.error)} onRetry={() => void review.queue.refetch()} />
      ) : null}
      {review.current === null && !review.isLookingOver ? (
        <NothingWaits review={review} filter={filter} onBack={() => setFilter({})} />
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
          <Beside review={review} session={session} minScore={minScore} onMinScore={setMinScore} />
        </div>
      )}
    </div>
  );
}

/** After a choice the keys answer suggestions again, and are not typed into the field. */
function leaveField(): void {
  requestAnimationFrame(() => {
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  });
}

/** The suggestion with what is known of all of them below; while a photograph is looked over, that alone. */
function Beside(props: {
  review: Review;
  session: LabelSession;
  minScore: number;
  onMinScore: (score: number) => void;
}): ReactElement {
  const { review, session, minScore, onMinScore } = props;
  const { asked, answers } = review;
  const standing = <Standing {...{ minScore, onMinScore, asked, answers }} />;
  if (review.current === null)
    return (
      <aside className={styles.panel} aria-label={t('review.details')}>
        <div className={styles.question} role="status">
          <strong>{t('review.lookOver')}</strong>
          <span className={layout.dim}>{t('review.lookOverText')}</span>
          <span className={layout.dim}>{t('review.drawnText')}</span>
        </div>
        {standing}
      </aside>
    );
  return (
    <SuggestionPanel
      item={review.current}
      editor={session.editor}
      answer={review.answer}
      isDrawn={review.isDrawn}
    >
      {standing}
    </SuggestionPanel>
  );
}

function Filters(props: {
  filter: ReviewFilter;
  minScore: number;
  onChange: (filter: ReviewFilter) => void;
}): ReactElement {
  const { filter, minScore, onChange } = props;
  const classes = useClasses().data ?? [];
  const unsure = useReviewState(minScore).data?.unsure ?? 0;
  const [isOpened, setOpened] = useState(false);
  const groups = useGroups(isOpened || filter.group !== undefined).data ?? [];
  const { classId, split, group, isUnsure } = filter;
  const withClass = classId === undefined ? {} : { classId };
  const withPart = { ...(split === undefined ? {} : { split }), ...(group === undefined ? {} : { group }) };
  const withList = isUnsure === undefined ? {} : { isUnsure };
  return (
    <>
      <Select
        w={118}
        aria-label={t('review.list')}
        data={[
          { value: 'waiting', label: t('review.list.waiting') },
          { value: 'unsure', label: t('review.list.unsure', { n: unsure }) },
        ]}
        value={filter.isUnsure === true ? 'unsure' : 'waiting'}
        allowDeselect={false}
        onChange={(value) => onChange({ ...withClass, ...withPart, isUnsure: value === 'unsure' })}
      />
      <Select
        w={136}
        aria-label={t('review.class')}
        data={[
          { value: '', label: t('review.class.all') },
          ...classes.map(({ id, name }) => ({ value: id, label: name })),
        ]}
        value={filter.classId ?? ''}
        allowDeselect={false}
        onChange={(value) => onChange({ ...withList, ...withPart, ...(value ? { classId: value } : {}) })}
      />
      <Select
        w={156}
        searchable
        limit={shownGroups}
        aria-label={t('review.split')}
        data={[
          { value: '', label: t('review.split.all') },
          {
            group: t('review.split'),
            items: splits.map((value) => ({ value, label: t(`review.split.${value}`) })),
          },
          ...(groups.length === 0
            ? []
            : [
                {
                  group: t('review.groups'),
                  items: groups.map((name) => ({ value: groupPrefix + name, label: name })),
                },
              ]),
        ]}
        value={group === undefined ? (split ?? '') : groupPrefix + group}
        allowDeselect={false}
        onDropdownOpen={() => setOpened(true)}
        onChange={(value) => {
          const part = splits.find((known) => known === value);
          const isGroup = value?.startsWith(groupPrefix) === true;
          onChange({
            ...withList,
            ...withClass,
            ...(part === undefined ? {} : { split: part }),
            ...(isGroup ? { group: value.slice(groupPrefix.length) } : {}),
          });
        }}
      />
    </>
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
  if (review.isLookingOver) {
    return (
      <div className={styles.answers}>
        <span className={layout.dim}>{t('review.lookOver')}</span>
        <Button
          disabled={!review.isShown}
          leftSection={<Icon name="check" />}
          rightSection={<Kbd>Enter</Kbd>}
          onClick={review.complete}
        >
          {t('review.complete')}
        </Button>
        <Button variant="subtle" color="gray" rightSection={<Kbd>S</Kbd>} onClick={() => review.step(1)}>
          {t('review.skip')}
        </Button>
      </div>
    );
  }
  if (!review.isOpen) {
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

function NothingWaits(props: { review: Review; filter: ReviewFilter; onBack: () => void }): ReactElement {
  const { review, filter, onBack } = props;
  const models = useModels();
  if (review.queue.isPending || review.queue.isFetching) return <Waiting label={t('action.loading')} />;
  const hasModel = (models.data ?? []).length > 0;
  const isFiltered = filter.classId !== undefined || filter.split !== undefined || filter.group !== undefined;
  if (filter.isUnsure === true || isFiltered)
    return (
      <EmptyState
        icon="review"
        title={t(filter.isUnsure === true ? 'review.nothingUnsure' : 'review.nothing')}
        text={t(filter.isUnsure === true ? 'review.nothingUnsureText' : 'review.nothingText')}
        action={<Button onClick={onBack}>{t('review.backToWaiting')}</Button>}
      />
    );
  return (
    <EmptyState
      icon="review"
      title={t(hasModel ? 'review.nothing' : 'review.noModel')}
      text={t(hasModel ? 'review.nothingText' : 'review.noModelText')}
      action={
        <>
          {review.asked.all === 0 ? null : <Session asked={review.asked} answers={review.answers} />}
          <Button mt={review.asked.all === 0 ? 0 : 12} onClick={() => goTo('train')}>
            {t('review.toTrain')}
          </Button>
        </>
      }
    />
  );
}
