/** The editor itself: joins records, history, camera, tools and commands into one store that a view can subscribe to. */
import type { Gesture, RecordDiff } from '../core/diffs.ts';
import { invertDiffs } from '../core/diffs.ts';
import type { AppErrorData } from '../core/errors.ts';
import { defaultCutScore } from '../core/review.ts';
import { boxCamera, fitCamera, resizeCamera, toImage } from './camera.ts';
import { applyClass } from './commands/edit.commands.ts';
import { commands } from './commands/list.ts';
import { applyCut } from './commands/review.commands.ts';
import { createGestureLedger } from './gesture-ledger.ts';
import { hitTest } from './hit-test.ts';
import { createInputRouter } from './input-router.ts';
import { createRecordStore } from './record-store.ts';
import { listOpenPredictions } from './review.ts';
import type {
  Editor,
  EditorContext,
  EditorOptions,
  EditorSettings,
  EditorSnapshot,
  HistoryResult,
  HistoryStep,
  ImageDocument,
  ViewState,
} from './types.ts';

const defaultSettings: EditorSettings = {
  dragThresholdView: 4,
  minBoxPx: 1,
  handleRadiusView: 8,
  nudgePauseMs: 400,
  cutScore: defaultCutScore,
  toolId: 'select',
};

const firstView: Omit<ViewState, 'cutScore'> = {
  selectedBoxIds: [],
  selectedPredictionId: null,
  hover: { kind: 'empty' },
  activeClassId: null,
  camera: { scale: 1, xView: 0, yView: 0 },
  viewport: { widthView: 1, heightView: 1, dpr: 1 },
  isFitted: true,
  layers: { boxes: true, predictions: true, heatmap: false },
  isHidden: false,
  notice: null,
};

/** Creates an editor. See {@link EditorOptions} for what the host provides and {@link Editor} for what it can do. */
export function createEditor(options: EditorOptions): Editor {
  const settings: EditorSettings = { ...defaultSettings, ...options.settings };
  const records = createRecordStore();
  const listeners = new Set<() => void>();
  let view: ViewState = { ...firstView, cutScore: settings.cutScore };
  let snapshot: EditorSnapshot | null = null;
  let openLabel = '';
  let nudging: { key: string; atMs: number; stop: () => void } | null = null;
  let waiting: { kind: 'undo' | 'redo'; imageId: string } | null = null;
  let deferred: { document: ImageDocument; asOf: number | undefined } | null = null;
  let lastStep: HistoryStep | null = null;
  let openCache: { of: unknown; cut: number; list: ReturnType<typeof listOpenPredictions> } | null = null;

  let batchDepth = 0;
  let isDirty = false;
  const emit = (): void => {
    snapshot = null;
    isDirty = true;
    if (batchDepth > 0) return;
    isDirty = false;
    for (const listener of listeners) listener();
  };
  /** However many records one input changes, subscribers hear of it once. */
  const batch = <T>(work: () => T): T => {
    batchDepth += 1;
    try {
      return work();
    } finally {
      batchDepth -= 1;
      if (batchDepth === 0 && isDirty) emit();
    }
  };
  const update = (patch: Partial<ViewState>): void => {
    view = { ...view, ...patch };
    emit();
  };
  const size = (): { widthPx: number; heightPx: number } => {
    const image = records.image();
    return { widthPx: Math.max(1, image?.widthPx ?? 1), heightPx: Math.max(1, image?.heightPx ?? 1) };
  };
  const openPredictions = () => {
    const predictions = records.predictions();
    if (openCache?.of !== predictions || openCache.cut !== view.cutScore) {
      openCache = {
        of: predictions,
        cut: view.cutScore,
        list: listOpenPredictions(predictions, view.cutScore),
      };
    }
    return openCache.list;
  };

  const dropDeadSelection = (): void => {
    const ids = view.selectedBoxIds.filter((id) => records.findBox(id) !== undefined);
    const isOpen = openPredictions().some((prediction) => prediction.id === view.selectedPredictionId);
    view = {
      ...view,
      selectedBoxIds: ids.length === view.selectedBoxIds.length ? view.selectedBoxIds : ids,
      selectedPredictionId: isOpen ? view.selectedPredictionId : null,
      hover: { kind: 'empty' },
    };
  };
  const afterGesture = (): void => {
    dropDeadSelection();
    emit();
    if (deferred === null) return;
    const { document, asOf } = deferred;
    deferred = null;
    openNow(document, asOf);
  };
  const closeMark = (): Gesture | undefined => {
    const diffs = records.takeDiffs();
    const gesture: Gesture | undefined =
      diffs.length === 0
        ? undefined
        : {
            id: options.newId(),
            kind: 'do',
            of: null,
            label: openLabel,
            imageId: records.image()?.id ?? null,
            source: 'person',
            diffs,
          };
    if (gesture !== undefined) ledger.record(gesture);
    afterGesture();
    return gesture;
  };
  const endNudging = (): void => {
    if (nudging === null) return;
    nudging.stop();
    nudging = null;
    closeMark();
  };

  const step = (kind: 'undo' | 'redo'): HistoryResult => {
    endNudging();
    router.cancel();
    const gesture = history.peek(kind);
    if (gesture === undefined) return { kind: 'nothing' };
    const { imageId } = gesture;
    if (imageId !== null && imageId !== records.image()?.id && options.onNeedImage !== undefined) {
      waiting = { kind, imageId };
      options.onNeedImage(imageId);
      return { kind: 'waiting', gesture, imageId };
    }
    const diffs = kind === 'undo' ? invertDiffs(gesture.diffs) : gesture.diffs;
    records.apply(diffs);
    ledger.record({
      id: options.newId(),
      kind,
      of: gesture.id,
      label: gesture.label,
      imageId,
      source: gesture.source,
      diffs,
    });
    lastStep = { kind, gesture, imageId };
    const changed = changedBoxIds(diffs).filter((id) => records.findBox(id) !== undefined);
    view = { ...view, selectedBoxIds: changed.length === 1 ? changed : [], selectedPredictionId: null };
    afterGesture();
    return { kind: 'applied', gesture, imageId };
  };
  const rejectGesture = (gestureId: string, error: AppErrorData): void => {
    endNudging();
    router.cancel();
    for (const gesture of ledger.reject(gestureId, error)) records.apply(invertDiffs(gesture.diffs));
    afterGesture();
  };

  const ledger = createGestureLedger({
    earlier: options.history ?? [],
    onGesture: options.onGesture,
    onSaved: emit,
    onRefused: rejectGesture,
  });
  const { history } = ledger;

  const openNow = (document: ImageDocument, asOf: number | undefined): void => {
    const isSame = records.image()?.id === document.image.id;
    const hadOpen = isSame && openPredictions().length > 0;
    records.open(document);
    for (const gesture of ledger.listMissing(asOf)) records.apply(gesture.diffs);
    const classes = records.classes();
    const activeClassId = classes.some((entry) => entry.id === view.activeClassId)
      ? view.activeClassId
      : (classes[0]?.id ?? null);
    view = { ...view, activeClassId, notice: isSame ? view.notice : null };
    if (!isSame)
      view = {
        ...view,
        selectedBoxIds: [],
        selectedPredictionId: null,
        camera: fitCamera(size(), view.viewport),
        isFitted: true,
      };
    dropDeadSelection();
    if (!hadOpen && view.selectedBoxIds.length === 0 && view.selectedPredictionId === null) {
      view = { ...view, selectedPredictionId: openPredictions()[0]?.id ?? null };
    }
    emit();
    const todo = waiting;
    waiting = null;
    if (todo?.imageId === document.image.id) step(todo.kind);
  };

  const context: EditorContext = {
    settings,
    view: () => view,
    update,
    size,
    image: records.image,
    boxes: records.boxes,
    classes: records.classes,
    openPredictions,
    findBox: records.findBox,
    findPrediction: records.findPrediction,
    findPredictionOfBox: (boxId) => records.predictions().find((prediction) => prediction.boxId === boxId),
    toImage: (atView) => toImage(view.camera, atView),
    hitTest: (atView) =>
      hitTest(
        { ...records, grid: records.grid(), openPredictions: openPredictions() },
        view,
        atView,
        settings,
      ),
    newId: options.newId,
    begin(label) {
      endNudging();
      records.mark();
      openLabel = label;
    },
    putBox(box) {
      records.putBox(box);
      emit();
    },
    deleteBox(id) {
      records.deleteBox(id);
      emit();
    },
    markPrediction: records.markPrediction,
    markImage: records.markImage,
    commit: closeMark,
    rollback() {
      records.rollback();
      afterGesture();
    },
    coalesce(key, label, write) {
      const fullKey = `${key}/${view.selectedBoxIds.join()}`;
      // Timers run late in a busy or hidden window; the clock decides.
      const isSameRun = nudging?.key === fullKey && options.nowMs() - nudging.atMs < settings.nudgePauseMs;
      if (nudging !== null && isSameRun) {
        nudging.stop();
      } else {
        context.begin(label);
      }
      nudging = {
        key: fullKey,
        atMs: options.nowMs(),
        stop: options.schedule(endNudging, settings.nudgePauseMs),
      };
      write();
    },
    undo: () => step('undo'),
    redo: () => step('redo'),
    setTool: (id) => router.setTool(id),
    toolId: () => router.toolId(),
    setCamera: (camera, isFitted = false) => update({ camera, isFitted }),
    notify: (notice) => update({ notice }),
  };
  const router = createInputRouter(context, commands, settings.toolId);

  const takeSnapshot = (): EditorSnapshot => ({
    ...view,
    image: records.image(),
    boxes: records.boxes(),
    classes: records.classes(),
    predictions: records.predictions(),
    openPredictions: openPredictions(),
    tool: router.current(),
    isGesturing: records.isMarked(),
    undoLabel: history.peek('undo')?.label ?? null,
    redoLabel: history.peek('redo')?.label ?? null,
    lastStep,
    save: ledger.saveState(),
  });

  const editor: Editor = {
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    getSnapshot() {
      snapshot ??= takeSnapshot();
      return snapshot;
    },
    open(document, { asOf } = {}) {
      const isSame = records.image()?.id === document.image.id;
      endNudging();
      if (isSame && records.isMarked()) {
        deferred = { document, asOf };
        return;
      }
      router.cancel();
      openNow(document, asOf);
    },
    close() {
      editor.flush();
      waiting = null;
      records.open(null);
      update({ selectedBoxIds: [], selectedPredictionId: null, hover: { kind: 'empty' } });
    },
    getRevision: history.revision,
    dispatch(input) {
      return batch(() => {
        const before = router.current();
        const isUsed = router.dispatch(input);
        const after = router.current();
        if (before.state !== after.state || before.cursor !== after.cursor || before.id !== after.id) emit();
        return isUsed;
      });
    },
    run(commandId) {
      const command = commands.find((entry) => entry.id === commandId);
      if (command === undefined) return false;
      batch(() => {
        if (!command.isViewOnly) router.cancel();
        if (command.canRun?.(context) !== false) command.run(context);
      });
      return true;
    },
    commands,
    setTool: router.setTool,
    setViewport(viewport) {
      const camera = view.isFitted
        ? fitCamera(size(), viewport)
        : resizeCamera(view.camera, size(), view.viewport, viewport);
      update({ viewport, camera });
    },
    setCutScore: (score) => applyCut(context, score),
    setLayers: (layers) => update({ layers: { ...view.layers, ...layers } }),
    setClass(classId) {
      router.cancel();
      applyClass(context, classId);
    },
    select: (boxIds) => {
      router.cancel();
      endNudging();
      update({
        selectedBoxIds: boxIds.filter((id) => records.findBox(id) !== undefined),
        selectedPredictionId: null,
      });
    },
    selectPrediction: (id) => {
      router.cancel();
      endNudging();
      update({ selectedPredictionId: id, selectedBoxIds: [] });
    },
    zoomToBox: (box) => context.setCamera(boxCamera(box, size(), view.viewport)),
    undo: context.undo,
    redo: context.redo,
    flush() {
      endNudging();
      router.cancel();
    },
    rejectGesture,
    applyRemote(gesture) {
      editor.flush();
      history.push(gesture);
      records.apply(gesture.diffs);
      afterGesture();
    },
    dismissNotice: () => update({ notice: null }),
  };
  if (options.document) openNow(options.document, undefined);
  return editor;
}

function changedBoxIds(diffs: readonly RecordDiff[]): string[] {
  return diffs.filter((diff) => diff.table === 'boxes').map((diff) => diff.id);
}
