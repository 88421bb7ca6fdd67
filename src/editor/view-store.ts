/** How the document is looked at, and who is told when anything changes: subscribers hear once of what one input did. */
import type { Size } from '../core/geometry.ts';
import type { PredictionRecord } from '../core/records.ts';
import type { RecordStore } from './record-store.ts';
import { listOpenPredictions } from './review.ts';
import type { EditorSettings, EditorSnapshot, ViewState } from './types.ts';

export interface ViewStore {
  view(): ViewState;
  /** Changes the view silently; an `emit` follows. */
  set(patch: Partial<ViewState>): void;
  /** Changes the view and tells. */
  update(patch: Partial<ViewState>): void;
  /** Tells that view or records changed: at once, or at the end of the batch. */
  emit(): void;
  /** However many changes `work` makes, subscribers hear of them once. */
  batch<T>(work: () => T): T;
  subscribe(listener: () => void): () => void;
  /** The snapshot since the last change; `take` makes it when there is none yet. */
  snapshot(take: () => EditorSnapshot): EditorSnapshot;
  /** Upright size of the open image; 1 × 1 when none is open. */
  size(): Size;
  /** The suggestions that wait for an answer at the present cut; the same array until records or cut change. */
  openPredictions(): readonly PredictionRecord[];
  /** Forgets selected records that are gone, silently. */
  dropDeadSelection(): void;
}

const firstView: Omit<ViewState, 'cutScore' | 'activeClassId'> = {
  selectedBoxIds: [],
  selectedPredictionId: null,
  hover: { kind: 'empty' },
  camera: { scale: 1, xView: 0, yView: 0 },
  viewport: { widthView: 1, heightView: 1, dpr: 1 },
  clipboard: [],
  previousBoxes: [],
  keepsPrevious: false,
  marquee: null,
  isFitted: true,
  layers: { boxes: true, predictions: true, heatmap: false, ignored: true },
  isHidden: false,
  askedStatus: 'pending',
  wish: null,
  notice: null,
};

/** Creates the view of an editor without an image. */
export function createViewStore(
  records: RecordStore,
  { cutScore, classId }: Pick<EditorSettings, 'cutScore' | 'classId'>,
): ViewStore {
  const listeners = new Set<() => void>();
  let view: ViewState = { ...firstView, cutScore, activeClassId: classId };
  let cached: EditorSnapshot | null = null;
  let batchDepth = 0;
  let isDirty = false;
  let open: { of: readonly unknown[]; list: readonly PredictionRecord[] } | null = null;

  const emit = (): void => {
    cached = null;
    isDirty = true;
    if (batchDepth > 0) return;
    isDirty = false;
    for (const listener of listeners) listener();
  };
  const set = (patch: Partial<ViewState>): void => {
    view = { ...view, ...patch };
  };
  const openPredictions = (): readonly PredictionRecord[] => {
    const { cutScore, askedStatus } = view;
    const of = [records.predictions(), records.classes(), cutScore, askedStatus];
    if (open === null || of.some((part, index) => part !== open?.of[index])) {
      // A class that was deleted is not suggested; undo brings it back with its suggestions.
      const known = new Set(records.classes().map(({ id }) => id));
      const offered = records.predictions().filter(({ classId }) => known.size === 0 || known.has(classId));
      open = { of, list: listOpenPredictions(offered, cutScore, askedStatus) };
    }
    return open.list;
  };

  return {
    view: () => view,
    set,
    update(patch) {
      set(patch);
      emit();
    },
    emit,
    batch(work) {
      batchDepth += 1;
      try {
        return work();
      } finally {
        batchDepth -= 1;
        if (batchDepth === 0 && isDirty) emit();
      }
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    snapshot(take) {
      cached ??= take();
      return cached;
    },
    size() {
      const image = records.image();
      return { widthPx: Math.max(1, image?.widthPx ?? 1), heightPx: Math.max(1, image?.heightPx ?? 1) };
    },
    openPredictions,
    dropDeadSelection() {
      const ids = view.selectedBoxIds.filter((id) => records.findBox(id) !== undefined);
      const isOpen = openPredictions().some((prediction) => prediction.id === view.selectedPredictionId);
      set({
        selectedBoxIds: ids.length === view.selectedBoxIds.length ? view.selectedBoxIds : ids,
        selectedPredictionId: isOpen ? view.selectedPredictionId : null,
        hover: { kind: 'empty' },
      });
    },
  };
}
