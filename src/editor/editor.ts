/** The editor itself: joins records, gestures, camera, tools and commands into one store that a view can subscribe to. */
import { defaultCutScore } from '../core/review.ts';
import { boxCamera, fitCamera, resizeCamera, toImage } from './camera.ts';
import { asGesture } from './commands/command.ts';
import { applyClass } from './commands/edit.commands.ts';
import { commands } from './commands/list.ts';
import { applyCut } from './commands/review.commands.ts';
import { createGestures, type Gestures } from './gestures.ts';
import { hitTest, isShown } from './hit-test.ts';
import { createInputRouter, type InputRouter } from './input-router.ts';
import { createRecordStore, type RecordStore } from './record-store.ts';
import type {
  Command,
  Editor,
  EditorContext,
  EditorOptions,
  EditorSettings,
  EditorSnapshot,
} from './types.ts';
import { createViewStore, type ViewStore } from './view-store.ts';

const defaultSettings: EditorSettings = {
  dragThresholdView: 4,
  minBoxPx: 1,
  handleRadiusView: 8,
  snapView: 6,
  nudgePauseMs: 400,
  cutScore: defaultCutScore,
  toolId: 'select',
  classId: null,
};

/** The parts an editor is made of. */
interface Parts {
  readonly settings: EditorSettings;
  readonly records: RecordStore;
  readonly store: ViewStore;
  readonly gestures: Gestures;
  readonly router: () => InputRouter;
  readonly newId: () => string;
  /** The commands with the keys they have now. */
  readonly commands: { bound: readonly Command[] };
}

/** Creates an editor. See {@link EditorOptions} for what the host provides and {@link Editor} for what it can do. */
export function createEditor(options: EditorOptions): Editor {
  const settings: EditorSettings = { ...defaultSettings, ...options.settings };
  const records = createRecordStore();
  const store = createViewStore(records, settings);
  const gestures = createGestures({ records, store, options, settings, cancelTools: () => router.cancel() });
  const parts: Parts = {
    settings,
    records,
    store,
    gestures,
    router: () => router,
    newId: options.newId,
    commands: { bound: commands },
  };
  const context = createContext(parts);
  const router = createInputRouter(context, () => parts.commands.bound, settings.toolId);
  if (options.document) gestures.open(options.document, undefined);
  return createFacade(parts, context);
}

/** What tools and commands see. */
function createContext({ settings, records, store, gestures, router, newId }: Parts): EditorContext {
  const { view, update, emit, size, openPredictions } = store;
  return {
    settings,
    view,
    update,
    size,
    image: records.image,
    boxes: records.boxes,
    classes: records.classes,
    openPredictions,
    findBox: records.findBox,
    findPrediction: records.findPrediction,
    findPredictionOfBox: (boxId) => records.predictions().find((prediction) => prediction.boxId === boxId),
    toImage: (atView) => toImage(view().camera, atView),
    hitTest: (atView) =>
      hitTest(
        { ...records, grid: records.grid(), openPredictions: openPredictions() },
        view(),
        atView,
        settings,
      ),
    boxesIn(area) {
      if (view().isHidden || !view().layers.boxes) return [];
      const found = new Set(records.grid().query(area));
      return records
        .boxes()
        .filter((box) => found.has(box.id) && box.locked !== true && isShown(box, view().layers));
    },
    newId,
    begin: gestures.begin,
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
    commit: gestures.commit,
    rollback: gestures.rollback,
    coalesce: gestures.coalesce,
    undo: () => gestures.step('undo'),
    redo: () => gestures.step('redo'),
    setTool: (id) => router().setTool(id),
    toolId: () => router().toolId(),
    setCamera: (camera, isFitted = false) => update({ camera, isFitted }),
    notify: (code, values = {}) => update({ notice: { code, values } }),
  };
}

function takeSnapshot({ records, store, gestures, router }: Parts): EditorSnapshot {
  return {
    ...store.view(),
    image: records.image(),
    boxes: records.boxes(),
    classes: records.classes(),
    predictions: records.predictions(),
    openPredictions: store.openPredictions(),
    tool: router().current(),
    isGesturing: records.isMarked(),
    undoLabel: gestures.history.peek('undo')?.label ?? null,
    redoLabel: gestures.history.peek('redo')?.label ?? null,
    undoImageId: gestures.history.peek('undo')?.imageId ?? null,
    redoImageId: gestures.history.peek('redo')?.imageId ?? null,
    lastStep: gestures.lastStep(),
    save: gestures.saveState(),
  };
}

/** What the window sees. */
function createFacade(parts: Parts, context: EditorContext): Editor {
  const { records, store, gestures } = parts;
  const { view, update, size } = store;
  const router = parts.router();
  return {
    subscribe: store.subscribe,
    getSnapshot: () => store.snapshot(() => takeSnapshot(parts)),
    open: (document, { asOf } = {}) => gestures.open(document, asOf),
    close: gestures.close,
    getRevision: gestures.history.revision,
    dispatch: (input) =>
      store.batch(() => {
        const before = router.current();
        const isUsed = router.dispatch(input);
        const after = router.current();
        if (before.state !== after.state || before.cursor !== after.cursor || before.id !== after.id)
          store.emit();
        return isUsed;
      }),
    run: (commandId) => runCommand(parts, context, commandId),
    get commands() {
      return parts.commands.bound;
    },
    setKeys(keysOf) {
      parts.commands.bound = commands.map((command) => ({
        ...command,
        keys: keysOf(command.id) ?? command.keys,
      }));
      store.emit();
    },
    setTool: router.setTool,
    setViewport(viewport) {
      const camera = view().isFitted
        ? fitCamera(size(), viewport)
        : resizeCamera(view().camera, size(), view().viewport, viewport);
      update({ viewport, camera });
    },
    setCutScore: (score) => applyCut(context, score),
    setAskedStatus: (askedStatus) => {
      if (view().askedStatus === askedStatus) return;
      update({ askedStatus, selectedPredictionId: null });
    },
    setLayers: (layers) => update({ layers: { ...view().layers, ...layers } }),
    setClass(classId) {
      router.cancel();
      applyClass(context, classId);
    },
    select(boxIds) {
      router.cancel();
      gestures.endRun();
      const selectedBoxIds = boxIds.filter((id) => records.findBox(id) !== undefined);
      update({ selectedBoxIds, selectedPredictionId: null });
    },
    write(label, { boxes = [], image }) {
      router.cancel();
      if (records.image() === null) return;
      asGesture(context, label, () => {
        for (const box of boxes) {
          const before = records.findBox(box.id);
          if (before !== undefined && before.locked !== true) context.putBox(box);
        }
        if (image !== undefined) context.markImage(image);
      });
    },
    selectPrediction(id) {
      router.cancel();
      gestures.endRun();
      update({ selectedPredictionId: id, selectedBoxIds: [] });
    },
    setCamera: (camera) => context.setCamera(camera),
    zoomToBox: (box) => context.setCamera(boxCamera(box, size(), view().viewport)),
    undo: context.undo,
    redo: context.redo,
    undoDepth: gestures.history.undoDepth,
    nextUndo: () => gestures.history.peek('undo'),
    extendHistory(older) {
      gestures.history.extend(older);
      store.emit();
    },
    flush: gestures.flush,
    rejectGesture: gestures.reject,
    applyRemote: gestures.applyRemote,
    dismissNotice: () => update({ notice: null }),
  };
}

function runCommand({ store, router }: Parts, context: EditorContext, commandId: string): boolean {
  const command = commands.find((entry) => entry.id === commandId);
  if (command === undefined) return false;
  store.batch(() => {
    if (!command.isViewOnly) router().cancel();
    if (command.canRun?.(context) !== false) command.run(context);
  });
  return true;
}
