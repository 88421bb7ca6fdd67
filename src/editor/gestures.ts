/** Gestures from mark to history: closes them, walks back and forth through them, and opens images without losing one under way. */
import { type Gesture, invertDiffs, type RecordDiff } from '../core/diffs.ts';
import type { AppErrorData } from '../core/errors.ts';
import { fitCamera } from './camera.ts';
import { createGestureLedger } from './gesture-ledger.ts';
import type { History } from './history.ts';
import { createKeyRun } from './key-run.ts';
import type { RecordStore } from './record-store.ts';
import type {
  EditorContext,
  EditorOptions,
  EditorSettings,
  HistoryResult,
  HistoryStep,
  ImageDocument,
  SaveState,
} from './types.ts';
import type { ViewStore } from './view-store.ts';

export interface Gestures extends Pick<EditorContext, 'begin' | 'commit' | 'rollback' | 'coalesce'> {
  readonly history: History;
  saveState(): SaveState;
  lastStep(): HistoryStep | null;
  /** Undo or redo: what tools and keys have under way ends first. */
  step(kind: 'undo' | 'redo'): HistoryResult;
  /** See `Editor.rejectGesture`. */
  reject(gestureId: string, error: AppErrorData): void;
  /** See `Editor.applyRemote`. */
  applyRemote(gesture: Gesture): void;
  /** See `Editor.open`. */
  open(document: ImageDocument, asOf: number | undefined): void;
  close(): void;
  /** Finishes a run of nudges. */
  endRun(): void;
  /** Finishes a run of nudges and drops what tools have under way. */
  flush(): void;
}

/** What the gestures of an editor work on. `cancelTools` drops a half-done drag. */
export interface GestureParts {
  readonly records: RecordStore;
  readonly store: ViewStore;
  readonly options: EditorOptions;
  readonly settings: EditorSettings;
  readonly cancelTools: () => void;
}

/** Creates them with the history of {@link EditorOptions.history} and no image open. */
export function createGestures({ records, store, options, settings, cancelTools }: GestureParts): Gestures {
  let openLabel = '';
  let waiting: { kind: 'undo' | 'redo'; imageId: string } | null = null;
  let deferred: { document: ImageDocument; asOf: number | undefined } | null = null;
  let lastStep: HistoryStep | null = null;

  const afterGesture = (): void => {
    store.dropDeadSelection();
    store.emit();
    if (deferred === null) return;
    const { document, asOf } = deferred;
    deferred = null;
    openNow(document, asOf);
  };
  const commit = (): Gesture | undefined => {
    const gesture = toGesture(records.takeDiffs(), openLabel, records, options.newId);
    if (gesture !== undefined) ledger.record(gesture);
    afterGesture();
    return gesture;
  };
  const endRun = (): void => {
    if (run.end()) commit();
  };
  const run = createKeyRun({ ...options, pauseMs: settings.nudgePauseMs, onPause: endRun });
  const flush = (): void => {
    endRun();
    cancelTools();
  };
  const begin = (label: string): void => {
    endRun();
    records.mark();
    openLabel = label;
  };

  const step = (kind: 'undo' | 'redo'): HistoryResult => {
    flush();
    const gesture = history.peek(kind);
    if (gesture === undefined) return { kind: 'nothing' };
    const { imageId, label, source } = gesture;
    if (imageId !== null && imageId !== records.image()?.id && options.onNeedImage !== undefined) {
      waiting = { kind, imageId };
      options.onNeedImage(imageId);
      return { kind: 'waiting', gesture, imageId };
    }
    const diffs = kind === 'undo' ? invertDiffs(gesture.diffs) : gesture.diffs;
    records.apply(diffs);
    ledger.record({ id: options.newId(), kind, of: gesture.id, label, imageId, source, diffs });
    lastStep = { kind, gesture, imageId };
    const changed = changedBoxIds(diffs).filter((id) => records.findBox(id) !== undefined);
    store.set({ selectedBoxIds: changed.length === 1 ? changed : [], selectedPredictionId: null });
    afterGesture();
    return { kind: 'applied', gesture, imageId };
  };
  const reject = (gestureId: string, error: AppErrorData): void => {
    flush();
    for (const gesture of ledger.reject(gestureId, error)) records.apply(invertDiffs(gesture.diffs));
    afterGesture();
  };
  const ledger = createGestureLedger({
    earlier: options.history ?? [],
    onGesture: options.onGesture,
    onSaved: store.emit,
    onRefused: reject,
  });
  const { history } = ledger;

  const openNow = (document: ImageDocument, asOf: number | undefined): void => {
    const isSame = records.image()?.id === document.image.id;
    const hadOpen = isSame && store.openPredictions().length > 0;
    if (!isSame && records.boxes().length > 0) store.set({ previousBoxes: records.boxes() });
    records.open(document);
    for (const gesture of ledger.listMissing(asOf)) records.apply(gesture.diffs);
    lookAt(store, records, isSame, hadOpen);
    const todo = waiting;
    waiting = null;
    if (todo?.imageId === document.image.id) step(todo.kind);
  };

  return {
    history,
    saveState: ledger.saveState,
    lastStep: () => lastStep,
    begin,
    commit,
    rollback() {
      records.rollback();
      afterGesture();
    },
    coalesce(key, label, write) {
      const runKey = `${key}/${store.view().selectedBoxIds.join()}`;
      if (!run.accepts(runKey)) begin(label);
      run.press(runKey);
      write();
    },
    step,
    reject,
    applyRemote(gesture) {
      flush();
      history.push(gesture);
      records.apply(gesture.diffs);
      afterGesture();
    },
    open(document, asOf) {
      const isSame = records.image()?.id === document.image.id;
      endRun();
      if (isSame && records.isMarked()) {
        deferred = { document, asOf };
        return;
      }
      cancelTools();
      openNow(document, asOf);
    },
    close() {
      flush();
      waiting = null;
      records.open(null);
      store.update({ selectedBoxIds: [], selectedPredictionId: null, hover: { kind: 'empty' } });
    },
    endRun,
    flush,
  };
}

/** A person's gesture on the open image; undefined when nothing changed. */
function toGesture(
  diffs: RecordDiff[],
  label: string,
  records: RecordStore,
  newId: () => string,
): Gesture | undefined {
  if (diffs.length === 0) return undefined;
  const imageId = records.image()?.id ?? null;
  return { id: newId(), kind: 'do', of: null, label, imageId, source: 'person', diffs };
}

/** The view of an image that was just opened: another image starts whole, with its first suggestion chosen; the same one stays as it was. */
function lookAt(store: ViewStore, records: RecordStore, isSame: boolean, hadOpen: boolean): void {
  const { activeClassId, notice, viewport } = store.view();
  const classes = records.classes();
  const isKnown = classes.some((entry) => entry.id === activeClassId);
  store.set({
    activeClassId: isKnown ? activeClassId : (classes[0]?.id ?? null),
    notice: isSame ? notice : null,
  });
  if (!isSame) {
    const camera = fitCamera(store.size(), viewport);
    store.set({ selectedBoxIds: [], selectedPredictionId: null, camera, isFitted: true });
  }
  store.dropDeadSelection();
  const { selectedBoxIds, selectedPredictionId } = store.view();
  if (!hadOpen && selectedBoxIds.length === 0 && selectedPredictionId === null) {
    store.set({ selectedPredictionId: store.openPredictions()[0]?.id ?? null });
  }
  store.emit();
}

function changedBoxIds(diffs: readonly RecordDiff[]): string[] {
  return diffs.filter((diff) => diff.table === 'boxes').map((diff) => diff.id);
}
