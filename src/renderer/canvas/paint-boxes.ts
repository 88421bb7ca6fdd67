/** Paints boxes, tags and handles on a 2D context in screen space: lines and text keep their size at every zoom. */
import type { PixelBox, ViewBox } from '../../core/geometry.ts';
import { isIgnoreRegion } from '../../core/ignore-regions.ts';
import type { BoxRecord, ClassRecord, PredictionRecord } from '../../core/records.ts';
import { handles } from '../../editor/box-edits.ts';
import { computeVisibleBox, toViewBox } from '../../editor/camera.ts';
import { isShown } from '../../editor/hit-test.ts';
import type { EditorSnapshot } from '../../editor/types.ts';
import { paintLine, paintMarquee } from './paint-lines.ts';
import { paintIgnored } from './paint-view.ts';
import { computePaintedBox } from './painted-box.ts';
import {
  formatScore,
  type Palette,
  pickBoxColor,
  pickTextColor,
  predictedColor,
  predictedDashView,
} from './palette.ts';
import { cutBox } from './sheet.ts';

const TAG_FONT = '600 12px system-ui, sans-serif';
const TAG_HEIGHT_VIEW = 18;
const HANDLE_SIDE_VIEW = 9;
/** Room for the padlock of a locked box before its name. */
const LOCK_WIDTH_VIEW = 12;
/** Boxes thinner than this on the screen carry no tag unless selected: thousands of tags would hide the fish. */
const TAG_MIN_SIDE_VIEW = 14;
/** How much is left of boxes that step back: still there, no longer in the way. */
const BESIDE_OPACITY = 0.35;
/** With more boxes than this in sight, the dark lines under theirs are left out in passing: they are half of the work. */
const HALOS_AT_MOST = 800;
/** With more boxes than this in sight only the selected and the hovered one carry tags. */
const TAGS_AT_MOST = 400;

type Paint = CanvasRenderingContext2D;

/** What is painted, and how. */
export interface BoxScene {
  readonly snapshot: EditorSnapshot;
  readonly palette: Palette;
  /** Ids of the labels and suggestions that are asked about: all others step back. Null where all are alike. */
  readonly about?: ReadonlySet<string> | null;
  /** How far beyond the canvas it is painted, CSS pixels. */
  readonly marginView: number;
  /** While a hand zooms: what nobody sees in a crowd is left out until it rests. */
  readonly isPassing?: boolean;
}

/** A part of what lies still, painted anew. */
export interface StillPart {
  readonly area: ViewBox;
  /** Whether labels carried their names when all was painted: one box more or less must not change that in a part. */
  readonly hasTags: boolean;
}

/**
 * Paints suggestions, and over them the labels that lie still: all, or those that reach into a part. Coordinates are CSS pixels. Tells whether
 * labels carry their names.
 */
export function paintStill(
  paint: Paint,
  { snapshot, palette, marginView, about = null, isPassing = false }: BoxScene,
  boxes: readonly BoxRecord[],
  part: StillPart | null,
): boolean {
  if (snapshot.isHidden || snapshot.image === null) return false;
  if (about !== null) paint.globalAlpha = BESIDE_OPACITY;
  const classes = new Map(snapshot.classes.map((entry) => [entry.id, entry]));
  const visible = seenBox(snapshot, marginView);
  const reaches = (box: BoxRecord | PredictionRecord): boolean =>
    part === null || cutBox(paintedBoxOf(snapshot, classes, box), part.area).w > 0;
  if (snapshot.layers.predictions) {
    const shown = snapshot.openPredictions.filter((prediction) => isSeen(prediction, visible));
    const hasTags = about === null && shown.length <= TAGS_AT_MOST;
    paintPredictions(paint, snapshot, classes, shown.filter(reaches), hasTags);
  }
  const shown = boxes.filter((box) => isSeen(box, visible) && isShown(box, snapshot.layers));
  const hasTags = part?.hasTags ?? (about === null && shown.length <= TAGS_AT_MOST);
  const painted = part === null ? shown : shown.filter(reaches);
  const hasHalos = !isPassing || shown.length <= HALOS_AT_MOST;
  paintLabels(paint, snapshot, classes, painted, palette, { marginView, hasHalos });
  for (const box of hasTags ? painted : []) {
    const onView = toViewBox(snapshot.camera, box);
    if (wantsTag(onView)) paintLabelTag(paint, snapshot, box, onView, classes.get(box.classId), palette);
  }
  paint.globalAlpha = 1;
  return hasTags;
}

/** All that painting a label or a suggestion may touch, its name and handles included, CSS pixels. */
export function paintedBoxOf(
  { camera, viewport }: Pick<EditorSnapshot, 'camera' | 'viewport'>,
  classes: Classes,
  box: BoxRecord | PredictionRecord,
): ViewBox {
  return computePaintedBox(camera, viewport, box, classes.get(box.classId)?.name ?? '?');
}

/** The part of the photograph's plane that is painted, image pixels. */
function seenBox({ camera, viewport }: EditorSnapshot, marginView: number): PixelBox {
  const { x, y, w, h } = computeVisibleBox(camera, viewport);
  const margin = marginView / camera.scale;
  return { x: x - margin, y: y - margin, w: w + 2 * margin, h: h + 2 * margin };
}

/** Paints what the hand is at, over what lies still: labels that are being moved or drawn, the selected and the hovered, the area being marked. */
export function paintActive(
  paint: Paint,
  { snapshot, palette, marginView, about = null }: BoxScene,
  moving: readonly BoxRecord[],
): void {
  if (snapshot.isHidden || snapshot.image === null) return;
  const classes = new Map(snapshot.classes.map((entry) => [entry.id, entry]));
  const visible = seenBox(snapshot, marginView);
  if (about !== null) paintAbout(paint, snapshot, classes, about, palette);
  paintSelectedPrediction(paint, snapshot, classes);
  const isDrawn = (box: BoxRecord): boolean => isSeen(box, visible) && isShown(box, snapshot.layers);
  paintLabels(paint, snapshot, classes, moving.filter(isDrawn), palette, { marginView, hasHalos: true });
  const selected = new Set(snapshot.selectedBoxIds);
  const isHovered = ({ id }: BoxRecord): boolean => snapshot.hover.kind === 'box' && snapshot.hover.id === id;
  const movingIds = new Set(moving.map(({ id }) => id));
  const isActive = (box: BoxRecord): boolean =>
    selected.has(box.id) || movingIds.has(box.id) || isHovered(box);
  const isAny = selected.size > 0 || moving.length > 0 || snapshot.hover.kind === 'box';
  for (const box of isAny ? snapshot.boxes : []) {
    if (!isActive(box) || !isDrawn(box)) continue;
    const onView = toViewBox(snapshot.camera, box);
    const entry = classes.get(box.classId);
    const color = pickBoxColor(palette, entry);
    const isSelected = selected.has(box.id);
    if (isSelected || isHovered(box)) {
      paint.fillStyle = `${color}26`;
      paint.fillRect(onView.x, onView.y, onView.w, onView.h);
    }
    if (isSelected) strokeAll(paint, [onView], color, 3, []);
    paintLine(paint, snapshot.camera, box, color, []);
    paintLabelTag(paint, snapshot, box, onView, entry, palette);
    if (isSelected && selected.size === 1 && box.locked !== true) paintHandles(paint, onView, color);
  }
  if (snapshot.marquee !== null) paintMarquee(paint, toViewBox(snapshot.camera, snapshot.marquee));
}

export type Classes = ReadonlyMap<string, ClassRecord>;

function paintPredictions(
  paint: Paint,
  snapshot: EditorSnapshot,
  classes: Classes,
  shown: readonly PredictionRecord[],
  hasTags: boolean,
): void {
  const views = shown.map((prediction) => toViewBox(snapshot.camera, prediction));
  strokeAll(paint, views, predictedColor, 2, predictedDashView);
  shown.forEach((prediction, index) => {
    const onView = views[index];
    if (onView === undefined) return;
    paintLine(paint, snapshot.camera, prediction, predictedColor, predictedDashView);
    if (hasTags && wantsTag(onView)) paintPredictionTag(paint, snapshot, classes, prediction, onView);
  });
}

function paintSelectedPrediction(paint: Paint, snapshot: EditorSnapshot, classes: Classes): void {
  const { selectedPredictionId, layers, openPredictions, camera } = snapshot;
  if (selectedPredictionId === null || !layers.predictions) return;
  const prediction = openPredictions.find(({ id }) => id === selectedPredictionId);
  if (prediction === undefined) return;
  const onView = toViewBox(camera, prediction);
  strokeAll(paint, [onView], predictedColor, 3, predictedDashView);
  paintLine(paint, camera, prediction, predictedColor, predictedDashView);
  paintPredictionTag(paint, snapshot, classes, prediction, onView);
  // Last, so that the tag does not cover the handle below it.
  paintHandles(paint, onView, predictedColor);
}

/** The labels that are asked about, their names below them: above stands what the model says of the same fish. */
function paintAbout(
  paint: Paint,
  snapshot: EditorSnapshot,
  classes: Classes,
  about: ReadonlySet<string>,
  palette: Palette,
): void {
  for (const box of snapshot.boxes) {
    if (!about.has(box.id) || snapshot.selectedBoxIds.includes(box.id) || !isShown(box, snapshot.layers))
      continue;
    const onView = toViewBox(snapshot.camera, box);
    const entry = classes.get(box.classId);
    const color = pickBoxColor(palette, entry);
    strokeAll(paint, [onView], color, 3, []);
    paintLine(paint, snapshot.camera, box, color, []);
    paintTag(
      paint,
      { ...onView, y: onView.y + onView.h + TAG_HEIGHT_VIEW + 2 },
      entry?.name ?? '?',
      color,
      snapshot,
    );
  }
}

function paintPredictionTag(
  paint: Paint,
  snapshot: EditorSnapshot,
  classes: Classes,
  { classId, score }: PredictionRecord,
  onView: ViewBox,
): void {
  const name = classes.get(classId)?.name ?? '?';
  paintTag(paint, onView, `${name} ${formatScore(score)}`, predictedColor, snapshot);
}

/** Outlines, lines and hatching of labels, without tags. */
function paintLabels(
  paint: Paint,
  snapshot: EditorSnapshot,
  classes: Classes,
  shown: readonly BoxRecord[],
  palette: Palette,
  { marginView, hasHalos }: { readonly marginView: number; readonly hasHalos: boolean },
): void {
  const byColor = new Map<string, ViewBox[]>();
  for (const box of shown) {
    const color = pickBoxColor(palette, classes.get(box.classId));
    const list = byColor.get(color);
    if (list === undefined) byColor.set(color, [toViewBox(snapshot.camera, box)]);
    else list.push(toViewBox(snapshot.camera, box));
  }
  paintIgnored(
    paint,
    shown.filter(isIgnoreRegion).map((box) => toViewBox(snapshot.camera, box)),
    snapshot.viewport,
    marginView,
  );
  for (const [color, views] of byColor) strokeAll(paint, views, color, 2, [], hasHalos);
  for (const box of shown)
    paintLine(paint, snapshot.camera, box, pickBoxColor(palette, classes.get(box.classId)), []);
}

function paintLabelTag(
  paint: Paint,
  snapshot: EditorSnapshot,
  box: BoxRecord,
  onView: ViewBox,
  entry: ClassRecord | undefined,
  palette: Palette,
): void {
  paintTag(paint, onView, entry?.name ?? '?', pickBoxColor(palette, entry), snapshot, box.locked === true);
}

/**
 * Strokes many boxes, with a thin dark line under them so that they show on any water. Rectangles one by one: a thousand of them in one path
 * take three times as long to fill in.
 */
function strokeAll(
  paint: Paint,
  views: readonly ViewBox[],
  color: string,
  widthView: number,
  dash: readonly number[],
  hasHalo = true,
): void {
  if (views.length === 0) return;
  const strokeEach = (): void => {
    for (const { x, y, w, h } of views) paint.strokeRect(x, y, w, h);
  };
  paint.setLineDash([]);
  if (dash.length === 0 && hasHalo) {
    paint.lineWidth = widthView + 2;
    paint.strokeStyle = 'rgba(0, 0, 0, 0.45)';
    strokeEach();
  }
  paint.setLineDash([...dash]);
  paint.lineWidth = widthView;
  paint.strokeStyle = color;
  strokeEach();
  paint.setLineDash([]);
}

function paintHandles(paint: Paint, onView: ViewBox, color: string): void {
  const isSmall = Math.min(onView.w, onView.h) < 3 * HANDLE_SIDE_VIEW;
  paint.lineWidth = 1.5;
  paint.strokeStyle = '#000000';
  paint.fillStyle = color;
  for (const { id, fx, fy } of handles) {
    // On a small box the middle handles would cover it; the corners do the same work.
    if (isSmall && id.length === 1) continue;
    const x = onView.x + onView.w * fx - HANDLE_SIDE_VIEW / 2;
    const y = onView.y + onView.h * fy - HANDLE_SIDE_VIEW / 2;
    paint.fillRect(x, y, HANDLE_SIDE_VIEW, HANDLE_SIDE_VIEW);
    paint.strokeRect(x, y, HANDLE_SIDE_VIEW, HANDLE_SIDE_VIEW);
  }
}

/** A name on a filled tag above its box; inside the box, or pushed sideways, where the canvas would cut it. */
function paintTag(
  paint: Paint,
  onView: ViewBox,
  text: string,
  color: string,
  snapshot: EditorSnapshot,
  isLocked = false,
): void {
  paint.font = TAG_FONT;
  paint.textBaseline = 'middle';
  const { widthView, heightView } = snapshot.viewport;
  const lockView = isLocked ? LOCK_WIDTH_VIEW : 0;
  const width = Math.min(measureText(paint, text) + 10 + lockView, widthView);
  const x = Math.min(Math.max(onView.x - 1, 0), widthView - width);
  const above = onView.y - TAG_HEIGHT_VIEW - 1;
  const y = Math.min(Math.max(above >= 0 ? above : onView.y + 1, 0), heightView - TAG_HEIGHT_VIEW);
  paint.fillStyle = color;
  paint.fillRect(x, y, width, TAG_HEIGHT_VIEW);
  paint.fillStyle = pickTextColor(color);
  paint.fillText(text, x + 5 + lockView, y + TAG_HEIGHT_VIEW / 2 + 0.5, width - 10 - lockView);
  if (isLocked) paintPadlock(paint, x + 5, y + 4);
}

/** 8 × 10 CSS pixels, in the colour of the text beside it. */
function paintPadlock(paint: Paint, x: number, y: number): void {
  paint.fillRect(x, y + 4, 8, 6);
  paint.lineWidth = 1.5;
  paint.strokeStyle = paint.fillStyle;
  paint.beginPath();
  paint.arc(x + 4, y + 3.5, 2.5, Math.PI, 0);
  paint.stroke();
}

const widths = new Map<string, number>();
const WIDTHS_AT_MOST = 2000;

/** Measuring text is the dearest part of a frame; names and scores repeat. */
function measureText(paint: Paint, text: string): number {
  const known = widths.get(text);
  if (known !== undefined) return known;
  if (widths.size >= WIDTHS_AT_MOST) widths.clear();
  const width = paint.measureText(text).width;
  widths.set(text, width);
  return width;
}

function wantsTag(onView: ViewBox): boolean {
  return Math.min(onView.w, onView.h) >= TAG_MIN_SIDE_VIEW;
}

function isSeen(box: PixelBox, visible: PixelBox): boolean {
  return (
    box.x <= visible.x + visible.w &&
    visible.x <= box.x + box.w &&
    box.y <= visible.y + visible.h &&
    visible.y <= box.y + box.h
  );
}
