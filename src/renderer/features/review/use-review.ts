/** The state of a review: which suggestion is asked about, what was answered, and what each key does. */
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { QueueOrder } from '../../../contract/host-api.ts';
import type { DrawnPhotographView } from '../../../contract/loop.ts';
import type { QueueItem } from '../../../contract/schemas.ts';
import type { Gesture } from '../../../core/diffs.ts';
import type { PredictionStatus } from '../../../core/records.ts';
import { boxFromPrediction } from '../../../core/review.ts';
import { isDrawDue, type ReviewFilter } from '../../../core/review-queue.ts';
import { useReviewDraw, useReviewQueue, useReviewState } from '../../api/loop-queries.ts';
import { takeSuggestion } from '../../app/label-changes.ts';
import { type LabelSession, newId } from '../../app/label-session.ts';
import { useEditorValue } from '../../canvas/use-editor-value.ts';
import { t } from '../../ui/messages.ts';
import { type Asked, useAsked } from './use-asked.ts';

/** A record that was given back is on the canvas again after a moment. */
const absentMs = 1000;

export type Answers = ReadonlyMap<string, PredictionStatus>;

/**
 * What was answered in this window, by suggestion. Undo takes an answer back and shows that suggestion again; redo gives it again, and goes
 * on as the answer did.
 */
function useAnswers(session: LabelSession, onTakenBack: (predictionId: string | null) => void): Answers {
  const [answers, setAnswers] = useState<Answers>(new Map());
  const latest = useRef(onTakenBack);
  latest.current = onTakenBack;
  useEffect(
    () =>
      session.onGesture((gesture: Gesture) => {
        const marks = gesture.diffs.flatMap((diff) =>
          diff.table === 'predictions' && diff.after !== null ? [diff.after] : [],
        );
        if (marks.length === 0) return;
        setAnswers((old) => new Map([...old, ...marks.map(({ id, status }) => [id, status] as const)]));
        // One that had been put aside is open again, too.
        const isUndo = gesture.kind === 'undo';
        const back = marks.find(({ status }) => status === 'pending' || (isUndo && status === 'unsure'));
        if (back !== undefined) latest.current(back.id);
        // Its box is there for adjusting.
        else if (gesture.kind === 'redo' && marks.every(({ status }) => status !== 'adjusted'))
          latest.current(null);
      }),
    [session],
  );
  return answers;
}

export interface Review {
  readonly queue: ReturnType<typeof useReviewQueue>;
  readonly current: QueueItem | null;
  /** True once the image that is asked about, for a suggestion or as a whole, is on the canvas: before, no answer counts. */
  readonly isShown: boolean;
  readonly answer: PredictionStatus;
  /** True while the current one is asked about: it waits, or was put aside and is looked at again. */
  readonly isOpen: boolean;
  readonly answers: Answers;
  readonly asked: Asked;
  /** True while the questions are about a photograph drawn at random. */
  readonly isDrawn: boolean;
  /** True once all suggestions of a drawn photograph are answered: now it is looked over whole. */
  readonly isLookingOver: boolean;
  /** The photograph is complete: what was missing has been drawn. */
  complete(): void;
  /** Suggestions without an answer in the part of the queue at hand. */
  readonly left: number;
  accept(): void;
  reject(): void;
  unsure(): void;
  adjust(): void;
  acceptAs(key: string): void;
  step(by: 1 | -1): void;
}

/** What is asked: in which order, from which score on, of what. */
export interface Questions {
  readonly order: QueueOrder;
  readonly minScore: number;
  readonly filter: ReviewFilter;
}

export function useReview(session: LabelSession, { order, minScore, filter }: Questions): Review {
  const { editor } = session;
  const open = filter.isUnsure === true ? 'unsure' : 'pending';
  const { asked, count } = useAsked();
  const randomShare = useReviewState(minScore).data?.settings.randomShare ?? 0;
  const draw = useReviewDraw(minScore);
  const [drawn, setDrawn] = useState<DrawnPhotographView | null>(null);
  // The host may not have heard yet that the last one is complete: it is not asked about twice.
  const lastDrawn = useRef<string | null>(null);
  const [currentId, setCurrentId] = useState<string | null>(null);
  const known = useRef(new Map<string, QueueItem>());
  const answers = useAnswers(session, setCurrentId);
  const queue = useReviewQueue(order, minScore, filter);
  const items = useMemo(() => drawn?.items ?? queue.data?.items ?? [], [drawn, queue.data]);
  for (const item of items) known.current.set(item.prediction.id, item);
  const isPending = useCallback(
    (item: QueueItem) => (answers.get(item.prediction.id) ?? item.prediction.status) === open,
    [answers, open],
  );
  const pending = useMemo(() => items.filter(isPending), [items, isPending]);
  const named = currentId === null ? undefined : known.current.get(currentId);
  const isLookingOver = drawn !== null && pending.length === 0 && named === undefined;
  const current = named ?? pending[0] ?? null;
  const answer =
    current === null ? 'pending' : (answers.get(current.prediction.id) ?? current.prediction.status);
  const isOpen = answer === open;
  const openImageId = useEditorValue(editor, ({ image }) => image?.id ?? null);
  const hasRecord = useEditorValue(editor, ({ predictions }) =>
    predictions.some(({ id }) => id === current?.prediction.id),
  );
  const isShown = isLookingOver
    ? openImageId === drawn.image.id
    : current !== null && openImageId === current.image.id && hasRecord;

  // Another list is another question: the one at hand may not even be on it.
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is the change of the filter that counts.
  useEffect(() => {
    setCurrentId(null);
    setDrawn(null);
  }, [filter]);
  // Another model suggests now, or another setting hides it: what is no longer offered cannot be answered, and is not waited for.
  const isAbsent = named !== undefined && isOpen && openImageId === named.image.id && !hasRecord;
  useEffect(() => {
    if (!isAbsent) return undefined;
    const timer = setTimeout(() => {
      setCurrentId(null);
      setDrawn(null);
    }, absentMs);
    return () => clearTimeout(timer);
  }, [isAbsent]);
  useShownSuggestion(session, current, isShown, minScore, open);
  const drawnImageId = drawn?.image.id ?? null;
  useWholePhotograph(session, isLookingOver ? drawnImageId : null);
  const { refetch } = queue;
  const isDry =
    drawn === null &&
    queue.data !== undefined &&
    pending.length === 0 &&
    queue.data.total > queue.data.items.length;
  useEffect(() => {
    if (isDry) void refetch();
  }, [isDry, refetch]);

  /** The next one without an answer, in the order of the queue; from the end it starts over. */
  const step = (by: 1 | -1): void => {
    const at = items.findIndex(({ prediction }) => prediction.id === current?.prediction.id);
    // Not back to itself: it has just been answered, or it is the only one and stays anyway.
    for (let distance = 1; distance < items.length; distance += 1) {
      const item = items[(at + by * distance + items.length * 2) % items.length];
      if (item !== undefined && isPending(item)) {
        setCurrentId(item.prediction.id);
        return;
      }
    }
    setCurrentId(null);
  };
  const next = current === null ? undefined : items[items.indexOf(current) + 1];
  useEffect(() => {
    if (isShown && next !== undefined && next.image.id !== openImageId) session.preload(next.image.id);
  }, [session, next, isShown, openImageId]);

  /** After an answer: a drawn photograph when one is due, else the next suggestion. */
  const goOn = (isDrawn: boolean): void => {
    const now = count(isDrawn);
    const fresh = draw.data ?? null;
    const isNew = fresh !== null && fresh.image.id !== lastDrawn.current;
    if (!isDrawn && open === 'pending' && isNew && isDrawDue(now, randomShare)) {
      lastDrawn.current = fresh.image.id;
      for (const item of fresh.items) known.current.set(item.prediction.id, item);
      setDrawn(fresh);
      // The one just answered may be on it: `answers` does not know that answer yet.
      const first = fresh.items.find(
        (item) => item.prediction.id !== current?.prediction.id && isPending(item),
      );
      setCurrentId(first?.prediction.id ?? null);
    } else step(1);
  };
  const run = (command: string): void => {
    if (current === null || !isShown || !isOpen) return;
    editor.selectPrediction(current.prediction.id);
    editor.run(command);
    goOn(drawn !== null);
  };
  const complete = (): void => {
    const { image, boxes } = editor.getSnapshot();
    if (!isLookingOver || image === null || image.id !== drawnImageId) return;
    const { id, state } = image;
    const after = boxes.length > 0 ? 'reviewed' : 'empty';
    session.commit({
      label: t('review.completeLabel'),
      imageId: id,
      diffs: [{ table: 'images', id, before: { id, state }, after: { id, state: after } }],
    });
    count(true);
    setDrawn(null);
    setCurrentId(null);
  };
  const takeAs = (classId: string, label: string, status?: 'adjusted'): string | null => {
    const { image, boxes, predictions } = editor.getSnapshot();
    const prediction = predictions.find(({ id }) => id === current?.prediction.id);
    if (image === null || prediction === undefined || !isOpen) return null;
    const box = { ...boxFromPrediction(prediction, newId(), image), classId };
    session.commit(
      takeSuggestion(
        label,
        { id: image.id, state: image.state, boxes: boxes.length },
        prediction,
        box,
        status,
      ),
    );
    return box.id;
  };
  return {
    queue,
    current,
    isShown,
    answer,
    isOpen,
    answers,
    asked,
    isDrawn: drawn !== null,
    isLookingOver,
    complete,
    left: Math.max(pending.length, (queue.data?.total ?? 0) - (items.length - pending.length)),
    accept: () => {
      if (isLookingOver) complete();
      else if (isOpen) run('prediction.accept');
      else step(1);
    },
    reject: () => run('prediction.reject'),
    unsure: () => (open === 'unsure' ? step(1) : run('prediction.unsure')),
    adjust: () => {
      if (current === null || !isShown) return;
      setCurrentId(current.prediction.id);
      const boxId = takeAs(current.prediction.classId, t('review.adjustLabel'), 'adjusted');
      if (boxId !== null) editor.select([boxId]);
    },
    acceptAs: (key) => {
      const record = editor.getSnapshot().classes.find((one) => one.key === key);
      if (
        record !== undefined &&
        takeAs(record.id, t('review.acceptAsLabel', { name: record.name })) !== null
      )
        goOn(drawn !== null);
    },
    step: (by) => {
      // A drawn photograph that is put off is asked about again: leaving the hard ones out would flatter.
      if (isLookingOver) {
        setDrawn(null);
        setCurrentId(null);
      } else step(by);
    },
  };
}

/** Opens the image of the current suggestion, selects it and moves the camera to it. */
function useShownSuggestion(
  session: LabelSession,
  current: QueueItem | null,
  isShown: boolean,
  minScore: number,
  asked: 'pending' | 'unsure',
): void {
  const { editor } = session;
  const imageId = current?.image.id ?? null;
  const predictionId = current?.prediction.id ?? null;
  useEffect(() => {
    editor.setCutScore(minScore);
    editor.setTool('select');
  }, [editor, minScore]);
  useEffect(() => {
    editor.setAskedStatus(asked);
    return () => editor.setAskedStatus('pending');
  }, [editor, asked]);
  useEffect(() => {
    if (imageId !== null) void session.openImage(imageId);
  }, [session, imageId]);
  const box = current?.prediction;
  const viewport = useEditorValue(editor, (snapshot) => snapshot.viewport);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the camera moves when another suggestion is shown, not when its record changes.
  useEffect(() => {
    if (!isShown || predictionId === null || box === undefined || viewport.widthView <= 1) return;
    // An answered one has its own box selected already.
    if (editor.getSnapshot().openPredictions.some(({ id }) => id === predictionId))
      editor.selectPrediction(predictionId);
    editor.zoomToBox(box);
  }, [editor, isShown, predictionId, viewport]);
}

/** Shows all of a drawn photograph, with the tool that draws what is missing. */
function useWholePhotograph(session: LabelSession, imageId: string | null): void {
  const { editor } = session;
  const isThere = useEditorValue(editor, ({ image }) => imageId !== null && image?.id === imageId);
  useEffect(() => {
    if (imageId !== null) void session.openImage(imageId);
  }, [session, imageId]);
  useEffect(() => {
    if (!isThere) return undefined;
    editor.run('view.fit');
    editor.setTool('box');
    return () => editor.setTool('select');
  }, [editor, isThere]);
}
