/** The vocabulary of the headless editor: what it shows, what it is told, and what tools and commands may do. */
import type { Gesture, ImageMark, PredictionMark } from '../core/diffs.ts';
import type { AppErrorData } from '../core/errors.ts';
import type { PixelBox, Point, Size } from '../core/geometry.ts';
import type { BoxRecord, ClassRecord, ImageRecord, PredictionRecord } from '../core/records.ts';

/** One image with everything drawn on it, as the host gives it. */
export interface ImageDocument {
  readonly image: ImageRecord;
  readonly boxes: readonly BoxRecord[];
  readonly classes: readonly ClassRecord[];
  readonly predictions: readonly PredictionRecord[];
}

/** Where the image lies on the canvas: `view = image × scale + offset`, view in CSS pixels. */
export interface Camera {
  readonly scale: number;
  readonly xView: number;
  readonly yView: number;
}

/** The canvas on the screen, in CSS pixels, and how many device pixels one of them has. */
export interface Viewport {
  readonly widthView: number;
  readonly heightView: number;
  readonly dpr: number;
}

export type HandleId = 'nw' | 'n' | 'ne' | 'e' | 'se' | 's' | 'sw' | 'w';
/** The ends of the line that says how a fish lies. */
export type LineEnd = 'head' | 'tail';
export type ToolId = 'select' | 'box' | 'line' | 'pan' | 'zoom';

/** What lies under the pointer. */
export type Hit =
  | { readonly kind: 'empty' }
  | {
      readonly kind: 'box' | 'prediction';
      readonly id: string;
      /** What of it: a handle, an end of its line, or null for its body. */
      readonly handle: HandleId | LineEnd | null;
    };

/** Which layers are drawn; also what can be grabbed. */
export interface Layers {
  readonly boxes: boolean;
  readonly predictions: boolean;
  readonly heatmap: boolean;
  /** Regions that are neither fish nor background: hidden with the labels, or on their own. */
  readonly ignored: boolean;
}

/** Modifier keys of an input. `ctrl` and `meta` mean the same to the editor, so that macOS works with Cmd. */
export interface Modifiers {
  readonly shift: boolean;
  readonly alt: boolean;
  readonly ctrl: boolean;
  readonly meta: boolean;
}

export interface PointerInput extends Modifiers {
  readonly type: 'pointerdown' | 'pointermove' | 'pointerup' | 'doubleclick';
  /** Relative to the canvas' top left corner, CSS pixels. */
  readonly atView: Point;
  /** 0 main, 1 middle, 2 secondary; for moves the button is ignored. */
  readonly button: number;
}

export interface WheelInput extends Modifiers {
  readonly type: 'wheel';
  readonly atView: Point;
  /** CSS pixels, already normalised from lines or pages. */
  readonly deltaXView: number;
  readonly deltaYView: number;
}

export interface KeyInput extends Modifiers {
  readonly type: 'keydown' | 'keyup';
  readonly key: string;
  readonly code: string;
  readonly isRepeat: boolean;
}

/** The pointer was taken away, the window lost focus: whatever was under way is dropped. */
export interface CancelInput {
  readonly type: 'cancel';
}

export type EditorInput = PointerInput | WheelInput | KeyInput | CancelInput;

/** What tools are told. Wheel and keys never reach them: camera and commands are the editor's. */
export type ToolInput = PointerInput | CancelInput;

/** Whether the work is safe: shown in the status bar. */
export type SaveState =
  | { readonly kind: 'saved' }
  | { readonly kind: 'saving'; readonly count: number }
  | { readonly kind: 'failed'; readonly error: AppErrorData; readonly rolledBackCount: number };

/** The last undo or redo, so that the window can say what changed and where. */
export interface HistoryStep {
  readonly kind: 'undo' | 'redo';
  readonly gesture: Gesture;
  readonly imageId: string | null;
}

/** What an undo or redo did. `waiting`: the image it concerns is being asked for and the step follows when it opens. */
export type HistoryResult =
  | { readonly kind: 'applied'; readonly gesture: Gesture; readonly imageId: string | null }
  | { readonly kind: 'waiting'; readonly gesture: Gesture; readonly imageId: string }
  | { readonly kind: 'nothing' };

/** What the editor has to tell: the window's catalogue has the words under `notice.` and the code. */
export type NoticeCode =
  | 'box/all-there'
  | 'box/at-bottom'
  | 'box/copied'
  | 'box/keeps'
  | 'box/keeps-not'
  | 'box/locked'
  | 'box/no-room'
  | 'box/none-before'
  | 'box/on-top'
  | 'class/none'
  | 'image/has-boxes'
  | 'image/no-boxes';
export interface Notice {
  readonly code: NoticeCode;
  /** What the words leave open, such as `n` for a number. */
  readonly values: Readonly<Record<string, string | number>>;
}

/** Everything about how the document is looked at; never saved with the project, never undone. */
export interface ViewState {
  readonly selectedBoxIds: readonly string[];
  readonly selectedPredictionId: string | null;
  readonly hover: Hit;
  /** The class the next box gets; null when the project has no classes. */
  readonly activeClassId: string | null;
  readonly camera: Camera;
  readonly viewport: Viewport;
  /** Boxes that were copied, as they were then. */
  readonly clipboard: readonly BoxRecord[];
  /** The boxes of the image that was open before this one, as they were left; images without boxes are passed over. */
  readonly previousBoxes: readonly BoxRecord[];
  /** True while images that nobody looked at are to start with the boxes of the one before. */
  readonly keepsPrevious: boolean;
  /** The area that a tool is marking, image pixels; drawn, never saved. */
  readonly marquee: PixelBox | null;
  /** True while the camera follows the window's size; any zoom or pan ends it. */
  readonly isFitted: boolean;
  readonly layers: Layers;
  /** True while the hide key is held. */
  readonly isHidden: boolean;
  /** Suggestions below this score are neither drawn nor offered, 0..1. */
  readonly cutScore: number;
  /** Which suggestions are asked about: those that wait, or those that were put aside. */
  readonly askedStatus: 'pending' | 'unsure';
  /** What the window is asked to show; a new object each time it is asked for. */
  readonly wish: { readonly name: 'class.find' } | null;
  /** Something to tell the person (why a key did nothing); null once dismissed. */
  readonly notice: Notice | null;
}

/** One immutable picture of the editor. Unchanged parts keep their identity between snapshots. */
export interface EditorSnapshot extends ViewState {
  readonly image: ImageRecord | null;
  /** Bottom to top. */
  readonly boxes: readonly BoxRecord[];
  readonly classes: readonly ClassRecord[];
  /** All suggestions of this image, whatever became of them. */
  readonly predictions: readonly PredictionRecord[];
  /** The suggestions that wait for an answer at the present cut, in the order `next` walks them. */
  readonly openPredictions: readonly PredictionRecord[];
  readonly tool: { readonly id: ToolId; readonly state: string; readonly cursor: string };
  /** True while a gesture is under way: nothing is saved until it ends. */
  readonly isGesturing: boolean;
  readonly undoLabel: string | null;
  readonly redoLabel: string | null;
  /** The image that undo or redo would change; null for the whole project, or for nothing. */
  readonly undoImageId: string | null;
  readonly redoImageId: string | null;
  readonly lastStep: HistoryStep | null;
  readonly save: SaveState;
}

/** Numbers a person may tune. */
export interface EditorSettings {
  /** Pointer travel that turns a click into a drag, CSS pixels. */
  readonly dragThresholdView: number;
  /** No box gets narrower or lower than this, image pixels. */
  readonly minBoxPx: number;
  /** How near to a handle counts, CSS pixels. */
  readonly handleRadiusView: number;
  /** Nearer to the image's edge than this, an edge is put on it, CSS pixels. */
  readonly snapView: number;
  /** Pause after which a run of nudges is one finished gesture. */
  readonly nudgePauseMs: number;
  readonly cutScore: number;
  readonly toolId: ToolId;
  /** The class of the first box; null, or one that is gone, is the first of the list. */
  readonly classId: string | null;
}

/** The document as tools and commands see it. Writes are only allowed between `begin` and `commit`. */
export interface EditorContext {
  readonly settings: EditorSettings;
  view(): ViewState;
  update(patch: Partial<ViewState>): void;
  /** Upright size of the open image; 1 × 1 when none is open. */
  size(): Size;
  image(): ImageRecord | null;
  boxes(): readonly BoxRecord[];
  classes(): readonly ClassRecord[];
  openPredictions(): readonly PredictionRecord[];
  findBox(id: string): BoxRecord | undefined;
  findPrediction(id: string): PredictionRecord | undefined;
  /** The suggestion a label was made from, while both are on this image. */
  findPredictionOfBox(boxId: string): PredictionRecord | undefined;
  toImage(atView: Point): Point;
  hitTest(atView: Point): Hit;
  /** Visible boxes that may be changed and touch or overlap an area, bottom to top. */
  boxesIn(area: PixelBox): BoxRecord[];
  newId(): string;
  /** Opens a gesture: whatever is written until `commit` is one undo step. A pending run of nudges ends first. */
  begin(label: string): void;
  putBox(box: BoxRecord): void;
  deleteBox(id: string): void;
  markPrediction(mark: PredictionMark): void;
  /** Changes what is said of the image: its state, note, flags, scale. What is left out stays. */
  markImage(changes: Partial<Omit<ImageMark, 'id'>>): void;
  /** Closes the gesture. Returns it, or undefined when nothing had changed. */
  commit(): Gesture | undefined;
  /** Drops the gesture: the document is as it was at `begin`. */
  rollback(): void;
  /** Like a whole gesture, but joined with the one before when that had the same key and ended less than `nudgePauseMs` ago. */
  coalesce(key: string, label: string, write: () => void): void;
  undo(): HistoryResult;
  redo(): HistoryResult;
  setTool(id: ToolId): void;
  toolId(): ToolId;
  setCamera(camera: Camera, isFitted?: boolean): void;
  notify(code: NoticeCode, values?: Notice['values']): void;
}

/** One state of a tool; `idle` is where each starts and ends. */
export interface ToolState {
  readonly name: string;
}

/** A tool: a small state machine. States are data; the only way to change the document is the context. */
export interface Tool<S extends ToolState = ToolState> {
  readonly id: ToolId;
  /** Every state's name, the idle one first. */
  readonly stateNames: readonly string[];
  readonly initial: S;
  /** The next state. On `cancel` the tool rolls its gesture back and returns `initial`. */
  handle(state: S, input: ToolInput, context: EditorContext): S;
  /** CSS cursor. */
  cursor(state: S, view: ViewState): string;
}

/** A named thing the editor can do, with its keys; the menu, the palette and the cheat sheet list these. */
export interface Command {
  /** `area.verb`; the window's catalogue has its name under `do.` and this. */
  readonly id: string;
  /** Chords as in keymap.ts: `Ctrl+Shift+Z`, `1`, `ArrowLeft`. */
  readonly keys: readonly string[];
  /** `canvas`: fires while the canvas or nothing special has the focus. `text` fields never get any. */
  readonly scope: 'canvas' | 'global';
  /** True when holding the key repeats it. */
  readonly canRepeat: boolean;
  /** True when it only changes the way things are looked at: then it also runs in the middle of a drag. */
  readonly isViewOnly: boolean;
  /** False when there is nothing for it to do: its key is then left to others. */
  canRun?(context: EditorContext): boolean;
  run(context: EditorContext): void;
  /** Called when the key is let go, for what lasts while a key is held. */
  release?(context: EditorContext): void;
}

export interface EditorOptions {
  /** The image to start with; null or absent starts empty. */
  readonly document?: ImageDocument | null;
  /** Gestures of the project so far, oldest first: undo reaches back over restarts. */
  readonly history?: readonly Gesture[];
  readonly newId: () => string;
  readonly nowMs: () => number;
  /** Runs `task` after `delayMs` and returns how to call it off. */
  readonly schedule: (task: () => void, delayMs: number) => () => void;
  /**
   * Called exactly once for each finished gesture, undo and redo included. A returned promise is the save: it
   * marks the gesture safe when it resolves and rolls it back when it rejects.
   */
  readonly onGesture: (gesture: Gesture) => Promise<unknown> | undefined;
  /** Undo or redo concerns an image that is not open: open it with `editor.open` and the step follows. */
  readonly onNeedImage?: (imageId: string) => void;
  readonly settings?: Partial<EditorSettings>;
}

/** The headless editor. `subscribe` and `getSnapshot` fit React's useSyncExternalStore. */
export interface Editor {
  subscribe(listener: () => void): () => void;
  getSnapshot(): EditorSnapshot;
  /**
   * Shows another image, or the same one with fresh records. History stays. A run of nudges is finished first; during a drag
   * fresh records of the same image wait until it ends. `asOf` is `getRevision()` from when the records were asked for: gestures made since are applied again.
   */
  open(document: ImageDocument, options?: { readonly asOf?: number }): void;
  close(): void;
  /** Number of gestures so far; see `open`. */
  getRevision(): number;
  /** Feeds one input. True when the editor used it, so that the caller stops the browser's own reaction. */
  dispatch(input: EditorInput): boolean;
  /** Runs a command by id. Returns false when there is none of that name. */
  run(commandId: string): boolean;
  /** With the keys they have now. */
  readonly commands: readonly Command[];
  /** Gives commands other keys; undefined leaves a command those it was made with. */
  setKeys(keysOf: (commandId: string) => readonly string[] | undefined): void;
  setTool(id: ToolId): void;
  setViewport(viewport: Viewport): void;
  setCutScore(score: number): void;
  setAskedStatus(status: ViewState['askedStatus']): void;
  setLayers(layers: Partial<Layers>): void;
  /** The class of the selected boxes (one gesture) or, with none selected, of the next box. */
  setClass(classId: string): void;
  select(boxIds: readonly string[]): void;
  /** Writes what was typed into fields, as one gesture. Boxes that are locked, or not on this image, are left as they are. */
  write(
    label: string,
    records: {
      readonly boxes?: readonly BoxRecord[];
      readonly image?: Partial<Omit<ImageMark, 'id'>>;
    },
  ): void;
  selectPrediction(id: string | null): void;
  setCamera(camera: Camera): void;
  /** Moves the camera so that this box fills a good part of the canvas. */
  zoomToBox(box: PixelBox): void;
  undo(): HistoryResult;
  redo(): HistoryResult;
  /** How many gestures undo can take back of those known here. */
  undoDepth(): number;
  /** What undo would take back next, of those known here. */
  nextUndo(): Gesture | undefined;
  /** Gestures still earlier than those of {@link EditorOptions.history}, oldest first: undo then reaches back to them. */
  extendHistory(older: readonly Gesture[]): void;
  /** Finishes a pending run of nudges and drops a half-done drag. Call before leaving the page. */
  flush(): void;
  /** The host refused a gesture: it and later gestures on the same records are taken back, and the snapshot's `save` says so. */
  rejectGesture(gestureId: string, error: AppErrorData): void;
  /** A gesture made elsewhere (an import, another page): joins the history and is applied if it concerns this image. */
  applyRemote(gesture: Gesture): void;
  dismissNotice(): void;
}
