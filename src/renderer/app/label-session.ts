/** The labels of the open project in this window: one editor with one history for all places, its saves, and the images it opens. */
import type { QueryClient } from '@tanstack/react-query';
import type { ImageDocument as HostDocument, ImageListItem, QueueItem } from '../../contract/schemas.ts';
import type { Gesture, RecordDiff } from '../../core/diffs.ts';
import type { ClassRecord } from '../../core/records.ts';
import { createEditor } from '../../editor/editor.ts';
import { findLastClass } from '../../editor/last-class.ts';
import type { Editor } from '../../editor/types.ts';
import { api, pictureUrl } from '../api/client.ts';
import { readError } from '../api/errors.ts';
import { awaitEcho, watchImages } from '../api/events.ts';
import { keys } from '../api/keys.ts';
import { loadPicture } from '../canvas/picture-cache.ts';
import { announceError } from './announcer.tsx';
import { createSaveQueue } from './save-queue.ts';

/** An answer of the host together with how far the editor's history was when it was asked for. */
interface DatedDocument {
  readonly document: HostDocument;
  readonly asOf: number;
}

export interface LabelSession {
  readonly editor: Editor;
  /** Shows an image in the editor. The last call wins; errors are announced. */
  openImage(imageId: string): Promise<void>;
  /** The same for an image whose records are at hand: it is in the editor when this returns. False, and nothing done, when they are not. */
  showImage(imageId: string): boolean;
  /** Whose boxes are on the canvas beside the labels, all of them; null is what the pinned model suggests. The open image follows. */
  showModel(modelId: string | null): void;
  /** Has an image's records and decoded photograph at hand before they are asked for. */
  preload(imageId: string): void;
  /** Makes a change that no tool makes: classes, an answer on the Compare page. Undoable like any other. */
  commit(change: { label: string; imageId: string | null; diffs: readonly RecordDiff[] }): void;
  /**
   * Makes a change that concerns more than a window holds, such as a class everywhere: the host makes the gesture under the id it is
   * given, and it joins the history here. True when it was done; errors are announced.
   */
  commitOnHost(ask: (gestureId: string) => Promise<Gesture>): Promise<boolean>;
  /** Called with each gesture made in this window, undo and redo included. */
  onGesture(listener: (gesture: Gesture) => void): () => void;
  /** True while something is not saved yet. */
  hasUnsaved(): boolean;
  close(): void;
}

/** With fewer gestures than this left to undo, earlier ones are asked for. */
const undoReserve = 100;
const historyStep = 1000;
/** An answer of the host this young is not asked for again. */
const freshMs = 60_000;

export const newId = (): string => crypto.randomUUID();

/** Takes over the history of the project, oldest first. `goToImage`: undo concerns an image that is not open. */
export function createLabelSession(
  cache: QueryClient,
  history: readonly Gesture[],
  goToImage: (imageId: string) => void,
): LabelSession {
  const listeners = new Set<(gesture: Gesture) => void>();
  const saves = createSaveQueue({
    send: (gesture) => api.applyGesture.mutate(gesture),
    readError,
    wait: (delayMs) => new Promise((resolve) => setTimeout(resolve, delayMs)),
  });
  const save = (gesture: Gesture): Promise<void> => {
    patchLists(cache, gesture);
    patchClasses(cache, gesture);
    patchQueues(cache, gesture);
    for (const listener of listeners) listener(gesture);
    if (gesture.kind === 'undo') void reachBack();
    awaitEcho(gesture.id);
    return saves.save(gesture).catch((error: unknown) => {
      announceError(readError(error));
      throw error;
    });
  };
  const editor = createEditor({
    history,
    settings: { classId: findLastClass(history) },
    newId,
    nowMs: () => performance.now(),
    schedule: (task, delayMs) => {
      const timer = setTimeout(task, delayMs);
      return () => clearTimeout(timer);
    },
    onGesture: save,
    onNeedImage: (imageId) => {
      goToImage(imageId);
      void openImage(imageId);
    },
  });

  let oldestId = history[0]?.id;
  let isReaching = false;
  /** Earlier gestures are asked for before undo comes to the end of those that are known: it reaches back to the project's first. */
  const reachBack = async (): Promise<void> => {
    while (oldestId !== undefined && !isReaching && editor.undoDepth() < undoReserve) {
      isReaching = true;
      try {
        const older = await api.listGestures.query({ limit: historyStep, before: oldestId });
        oldestId = older[0]?.id;
        editor.extendHistory(older);
      } catch {
        // Asked again at the next undo; a cut line has its own banner.
        return;
      } finally {
        isReaching = false;
      }
    }
  };
  void reachBack();

  let shownModelId: string | null = null;
  const documentQuery = (imageId: string, modelId = shownModelId) => ({
    queryKey: keys.image(imageId, modelId),
    queryFn: async (): Promise<DatedDocument> => {
      // What was drawn before must be with the host, or its answer would lack it.
      await saves.idle();
      const asOf = editor.getRevision();
      return {
        document: await api.getImage.query({ id: imageId, ...(modelId !== null && { modelId }) }),
        asOf,
      };
    },
  });
  let wanted: string | null = null;
  let isRefreshing = false;
  let isStale = false;

  let shownClasses: readonly ClassRecord[] | undefined;
  let shown: DatedDocument | undefined;
  const show = (dated: DatedDocument): void => {
    const classes = cache.getQueryData<ClassRecord[]>(keys.classes) ?? [];
    if (shown === dated && shownClasses === classes && isOpen(dated.document.image.id)) return;
    shown = dated;
    shownClasses = classes;
    editor.open({ ...dated.document, classes }, { asOf: dated.asOf });
  };
  const isOpen = (imageId: string): boolean => editor.getSnapshot().image?.id === imageId;
  const showImage = (imageId: string): boolean => {
    const held = cache.getQueryState<DatedDocument>(keys.image(imageId, shownModelId));
    const isKnown = cache.getQueryData(keys.classes) !== undefined;
    if (held?.data === undefined || held.isInvalidated || !isKnown) return false;
    wanted = imageId;
    show(held.data);
    // The host tells of changes; what has lain long is asked for all the same, behind the picture.
    if (Date.now() - held.dataUpdatedAt > freshMs) void refresh();
    return true;
  };
  const openImage = async (imageId: string): Promise<void> => {
    if (showImage(imageId)) return;
    wanted = imageId;
    const modelId = shownModelId;
    try {
      await cache.ensureQueryData({ queryKey: keys.classes, queryFn: () => api.listClasses.query() });
      const dated = await cache.fetchQuery({ ...documentQuery(imageId, modelId), staleTime: freshMs });
      if (wanted === imageId && modelId === shownModelId) show(dated);
    } catch (error) {
      if (wanted === imageId) announceError(readError(error));
    }
  };
  const refresh = async (): Promise<void> => {
    isStale = true;
    if (isRefreshing) return;
    isRefreshing = true;
    try {
      while (isStale && wanted !== null) {
        const [imageId, modelId] = [wanted, shownModelId];
        // An answer under way may be from before the news, and would pass for the fresh one: then it is asked once more.
        isStale = cache.isFetching({ queryKey: keys.image(imageId) }) > 0;
        const dated = await cache.fetchQuery({ ...documentQuery(imageId, modelId), staleTime: 0 });
        if (wanted === imageId && modelId === shownModelId) show(dated);
      }
    } catch (error) {
      // The image stays as it is shown; a cut line has its own banner.
      if (readError(error).code !== 'connection/lost') announceError(readError(error));
    } finally {
      isRefreshing = false;
    }
  };
  const stopListening = watchImages((imageIds) => {
    if (wanted !== null && imageIds.includes(wanted)) void refresh();
  });
  // After a cut line everything cached is stale; the image on the canvas is then asked for again.
  const stopWatching = cache.getQueryCache().subscribe((event) => {
    if (event.type !== 'updated' || event.action.type !== 'invalidate') return;
    const [kind, id] = event.query.queryKey;
    if (kind === 'image' && id === wanted) void refresh();
  });
  const stopClasses = cache.getQueryCache().subscribe((event) => {
    if (event.type !== 'updated' || event.action.type !== 'success' || event.query.queryKey[0] !== 'classes')
      return;
    // An answer that says what was known leaves the image as it was.
    if (cache.getQueryData(keys.classes) === shownClasses) return;
    const dated =
      wanted === null ? undefined : cache.getQueryData<DatedDocument>(keys.image(wanted, shownModelId));
    if (dated !== undefined && wanted !== null && isOpen(wanted)) show(dated);
  });

  return {
    editor,
    openImage,
    showImage,
    showModel: (modelId) => {
      if (modelId === shownModelId) return;
      shownModelId = modelId;
      if (wanted !== null) void openImage(wanted);
    },
    preload: (imageId) => {
      const query = { ...documentQuery(imageId), staleTime: freshMs };
      cache.fetchQuery(query).then(
        // Decoded, too: a large one would otherwise take its time when it is asked for.
        ({ document: { image } }) => {
          if (image.problem === null) loadPicture(pictureUrl(image), true).catch(() => undefined);
        },
        () => undefined,
      );
    },
    commit: ({ label, imageId, diffs }) => {
      const gesture: Gesture = {
        id: newId(),
        kind: 'do',
        of: null,
        label,
        imageId,
        source: 'person',
        diffs: [...diffs],
      };
      editor.flush();
      editor.applyRemote(gesture);
      save(gesture).catch((error: unknown) => editor.rejectGesture(gesture.id, readError(error)));
    },
    commitOnHost: async (ask) => {
      editor.flush();
      try {
        // What was drawn before must be with the host, or it would be left out.
        await saves.idle();
        const gesture = await ask(newId());
        editor.applyRemote(gesture);
        patchClasses(cache, gesture);
        for (const listener of listeners) listener(gesture);
        return true;
      } catch (error) {
        announceError(readError(error));
        return false;
      }
    },
    onGesture: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    hasUnsaved: () => saves.pending() > 0 || editor.getSnapshot().isGesturing,
    close: () => {
      stopListening();
      stopWatching();
      stopClasses();
      editor.flush();
      editor.close();
    },
  };
}

/** The class list follows each gesture at once. */
function patchClasses(cache: QueryClient, gesture: Gesture): void {
  const diffs = gesture.diffs.filter((diff) => diff.table === 'classes');
  if (diffs.length === 0) return;
  cache.setQueryData<ClassRecord[]>(keys.classes, (classes = []) => {
    const byId = new Map(classes.map((record) => [record.id, record]));
    for (const { id, after } of diffs) {
      if (after === null) byId.delete(id);
      else byId.set(id, after);
    }
    return [...byId.values()].sort((a, b) => a.position - b.position);
  });
}

/** An answered suggestion is never asked about again, even before the host has sent a fresh queue. */
function patchQueues(cache: QueryClient, gesture: Gesture): void {
  const marks = new Map(
    gesture.diffs.flatMap((diff) =>
      diff.table === 'predictions' && diff.after !== null ? [[diff.id, diff.after] as const] : [],
    ),
  );
  if (marks.size === 0) return;
  cache.setQueriesData<{ total: number; items: QueueItem[] }>({ queryKey: keys.allQueues }, (queue) => {
    if (queue === undefined) return undefined;
    const items = queue.items.map((item) => {
      const mark = marks.get(item.prediction.id);
      return mark === undefined ? item : { ...item, prediction: { ...item.prediction, ...mark } };
    });
    return { ...queue, items };
  });
}

/** Keeps the pages of image lists that are in sight right without asking: box counts and states follow each gesture at once. */
function patchLists(cache: QueryClient, gesture: Gesture): void {
  const boxes = new Map<string, number>();
  const states = new Map<string, ImageListItem['state']>();
  for (const diff of gesture.diffs) {
    if (diff.table === 'boxes') {
      if (diff.before !== null) boxes.set(diff.before.imageId, (boxes.get(diff.before.imageId) ?? 0) - 1);
      if (diff.after !== null) boxes.set(diff.after.imageId, (boxes.get(diff.after.imageId) ?? 0) + 1);
    } else if (diff.table === 'images' && diff.after !== null) states.set(diff.id, diff.after.state);
  }
  const touched = new Set([...boxes.keys(), ...states.keys()]);
  if (touched.size === 0) return;
  const inSight = { queryKey: keys.allImagePages, type: 'active' } as const;
  cache.setQueriesData<{ total: number; items: ImageListItem[] }>(inSight, (list) => {
    if (list === undefined) return undefined;
    const items = list.items.map((item) =>
      touched.has(item.id)
        ? { ...item, boxes: item.boxes + (boxes.get(item.id) ?? 0), state: states.get(item.id) ?? item.state }
        : item,
    );
    return { ...list, items };
  });
}
