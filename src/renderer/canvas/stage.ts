/** The Konva stage behind the canvas component: two layers that are made once, and painted anew only where something of their own has changed. */
import Konva from 'konva';
import type { Point, ViewBox } from '../../core/geometry.ts';
import type { BoxRecord, ClassRecord } from '../../core/records.ts';
import type { Tile } from '../../core/tiles.ts';
import { isPixelated, toViewBox } from '../../editor/camera.ts';
import type { Camera, EditorSnapshot, Viewport } from '../../editor/types.ts';
import { createCrosshair } from './crosshair.ts';
import { paintActive, paintedBoxOf, paintStill } from './paint-boxes.ts';
import { paintPixelGrid } from './paint-view.ts';
import type { Palette } from './palette.ts';
import { alignBox, computeMargin, cutBox, joinBoxes, placeSheet, type SheetPlace } from './sheet.ts';
import { createBoxSplitter, type SplitBoxes } from './still-boxes.ts';
import { createTileLayer, type TileLayer } from './tile-layer.ts';

/** Anything a 2D context can draw as a picture. */
export type Picture = HTMLCanvasElement | ImageBitmap;

export interface CanvasStage {
  /** Draws what changed since the last call, in the next animation frame. */
  show(snapshot: EditorSnapshot): void;
  setPicture(picture: Picture | null): void;
  /** A picture stretched over the photograph, and how much of it shows, 0..1. */
  setHeatmap(picture: Picture | null, opacity: number): void;
  /** Where a large photograph gets its tiles; null shows the picture alone. */
  setTiles(urlOf: ((tile: Tile) => string) | null): TileLayer | null;
  /** Whether lines divide the pixels where these are large. */
  setPixelGrid(isOn: boolean): void;
  setPalette(palette: Palette): void;
  /** Which labels and suggestions are asked about: the others step back. Null where all are alike. */
  setAbout(ids: ReadonlySet<string> | null): void;
  /** Where the crosshair crosses, or null for none. */
  setCrosshair(atView: Point | null): void;
  destroy(): void;
}

const REFINE_AFTER_MS = 120;
/** A stroke of the hand at the layer above the still boxes stays within this of where it began, mostly; then its canvas stays where it is. CSS pixels. */
const ROOM_VIEW = 64;
/** More boxes than these changing at once are painted with all others. */
const PART_AT_MOST = 8;

/** What else boxes that lie still look like depends on. */
const stillKeys = ['image', 'layers', 'isHidden', 'classes', 'openPredictions', 'viewport'] as const;
/** What the layer above them depends on, besides. */
const activeKeys = ['boxes', 'selectedBoxIds', 'selectedPredictionId', 'hover', 'marquee'] as const;

/**
 * Creates the stage inside a container. Layers: the ground, which is picture, heat map and boxes that lie still; above it what the hand is at.
 * While a hand zooms or pans, both are moved as they are (`sheet.ts`). Each canvas on the page costs every frame in which any of them
 * changed, by its size: so there are two, and the upper one is as small as what is on it.
 */
export function createCanvasStage(container: HTMLDivElement): CanvasStage {
  const stage = new Konva.Stage({ container, width: 1, height: 1, listening: false });
  // Both are cleared where they are painted, the ground often in a part only.
  const ground = new Konva.Layer({ listening: false, clearBeforeDraw: false });
  const active = new Konva.Layer({ listening: false, clearBeforeDraw: false });
  stage.add(ground, active);
  const sheet = stage.content;
  sheet.style.transformOrigin = '0 0';
  sheet.style.willChange = 'transform';
  const cross = createCrosshair(container);
  let shown: EditorSnapshot | null = null;
  const split = createBoxSplitter();
  let boxes: SplitBoxes = { still: [], moving: [] };
  let picture: Picture | null = null;
  let heatmap: { picture: Picture; opacity: number } | null = null;
  let hasPixelGrid = true;
  let tiles: TileLayer | null = null;
  let palette: Palette = 'class';
  let about: ReadonlySet<string> | null = null;
  /** How the ground was painted last. */
  let drawn: { camera: Camera; marginView: number; hasTags: boolean } | null = null;
  /** What of the ground is to be painted in the next frame. */
  let wanted: 'all' | ViewBox | null = null;
  let isActiveWanted = false;
  /** Where the upper canvas lies. */
  let room: ViewBox = { x: 0, y: 0, w: 1, h: 1 };
  let hasActive = false;
  let moving: ReturnType<typeof setTimeout> | undefined;

  const askAll = (): void => {
    wanted = 'all';
    ground.batchDraw();
    isActiveWanted = true;
    active.batchDraw();
  };
  const askPart = (area: ViewBox): void => {
    if (wanted !== 'all') wanted = wanted === null ? area : joinBoxes(wanted, area);
    ground.batchDraw();
  };
  const askActive = (): void => {
    isActiveWanted = true;
    active.batchDraw();
  };
  /** Sharp again, and the finest look of a large photograph, which is dear: when zoom and pan pause. */
  const refineSoon = (): void => {
    clearTimeout(moving);
    moving = setTimeout(() => {
      moving = undefined;
      askAll();
    }, REFINE_AFTER_MS);
  };
  const marginFor = ({ camera, image, viewport }: EditorSnapshot): number =>
    image === null ? 0 : computeMargin(camera, image, viewport);
  const classesOf = ({ classes }: EditorSnapshot): ReadonlyMap<string, ClassRecord> =>
    new Map(classes.map((entry) => [entry.id, entry]));

  const paintPicture = (paint: CanvasRenderingContext2D, snapshot: EditorSnapshot): void => {
    const { camera, image, layers, viewport } = snapshot;
    if (image === null) return;
    const size = [image.widthPx * camera.scale, image.heightPx * camera.scale] as const;
    const place = [camera.xView, camera.yView, ...size] as const;
    paint.imageSmoothingEnabled = !isPixelated(camera, viewport);
    paint.imageSmoothingQuality = moving === undefined ? 'high' : 'low';
    // A bitmap that was given back has no width, and drawing it would throw.
    if (picture !== null && picture.width > 0) paint.drawImage(picture, ...place);
    tiles?.paint(paint, snapshot);
    if (heatmap !== null && layers.heatmap) {
      paint.imageSmoothingEnabled = true;
      paint.globalAlpha = heatmap.opacity;
      paint.drawImage(heatmap.picture, ...place);
      paint.globalAlpha = 1;
    }
    if (hasPixelGrid) paintPixelGrid(paint, camera, image, viewport);
  };
  const paintGround = (paint: CanvasRenderingContext2D): void => {
    if (shown === null) return;
    const { viewport, camera } = shown;
    const marginView = drawn?.marginView ?? 0;
    paint.translate(marginView, marginView);
    const part = wanted === null || wanted === 'all' ? null : wanted;
    const area = part ?? cover(viewport, marginView);
    wanted = null;
    const { x, y, w, h } = alignBox(area, viewport.dpr);
    const whole = [x, y, w, h] as const;
    paint.beginPath();
    paint.rect(...whole);
    paint.clip();
    paint.clearRect(...whole);
    paintPicture(paint, shown);
    const scene = { snapshot: shown, palette, about, marginView, isPassing: moving !== undefined };
    const stillPart = part === null ? null : { area: { x, y, w, h }, hasTags: drawn?.hasTags ?? false };
    const hasTags = paintStill(paint, scene, boxes.still, stillPart);
    drawn = { camera, marginView, hasTags };
  };
  const paintRoom = (paint: CanvasRenderingContext2D): void => {
    isActiveWanted = false;
    if (shown === null) return;
    paint.translate(-room.x, -room.y);
    paint.clearRect(room.x, room.y, room.w, room.h);
    if (!hasActive) return;
    const marginView = drawn?.marginView ?? 0;
    paintActive(paint, { snapshot: shown, palette, about, marginView }, boxes.moving);
  };
  const addShape = (layer: Konva.Layer, paint: (context: CanvasRenderingContext2D) => void): void => {
    const sceneFunc = (context: Konva.Context): void => paint(context._context as CanvasRenderingContext2D);
    layer.add(new Konva.Shape({ listening: false, perfectDrawEnabled: false, sceneFunc }));
  };
  addShape(ground, paintGround);
  addShape(active, paintRoom);
  // Before anything is painted: canvases get their sizes, and the sheet lies straight again.
  ground.on('beforeDraw', () => {
    if (shown === null || wanted !== 'all') return;
    const marginView = marginFor(shown);
    fitLayer(ground, cover(shown.viewport, marginView), shown.viewport.dpr);
    drawn = { camera: shown.camera, marginView, hasTags: false };
    sheet.style.transform = '';
  });
  active.on('beforeDraw', () => {
    if (shown === null || !hasActive) return;
    const needed = about === null ? listActive(shown, boxes.moving, classesOf(shown)) : [];
    const all = cover(shown.viewport, drawn?.marginView ?? 0);
    const [first = all, ...others] = needed;
    const area = cutBox(others.reduce(joinBoxes, first), all);
    const isRoomy = room.w * room.h <= 4 * (area.w + 2 * ROOM_VIEW) * (area.h + 2 * ROOM_VIEW);
    if (isRoomy && contains(room, area)) return;
    const [w, h] = [area.w + 2 * ROOM_VIEW, area.h + 2 * ROOM_VIEW];
    const grown = { x: area.x - ROOM_VIEW, y: area.y - ROOM_VIEW, w, h };
    room = alignBox(cutBox(grown, all), shown.viewport.dpr);
    fitLayer(active, room, shown.viewport.dpr);
  });

  return {
    show(snapshot) {
      const before = shown;
      const stillBefore = boxes.still;
      shown = snapshot;
      boxes = split(snapshot);
      const hadActive = hasActive;
      hasActive = about !== null || isAnythingActive(snapshot, boxes.moving);
      const isActiveChanged =
        hasActive !== hadActive || (hasActive && activeKeys.some((key) => before?.[key] !== snapshot[key]));
      if (before === null || stillKeys.some((key) => before[key] !== snapshot[key])) {
        askAll();
        return;
      }
      const isMoved = drawn === null || drawn.camera !== snapshot.camera;
      if (isMoved && before.camera !== snapshot.camera) refineSoon();
      if (isMoved) {
        const isRest = before.camera === snapshot.camera && boxes.still === stillBefore && !isActiveChanged;
        if (isRest) return;
        const isAsked = wanted !== null || isActiveWanted;
        const isAlone = boxes.still === stillBefore && !isActiveChanged && !isAsked;
        const place = isAlone && drawn !== null ? findPlace(drawn, snapshot) : null;
        if (place === null) askAll();
        else sheet.style.transform = `translate(${place.xView}px, ${place.yView}px) scale(${place.scale})`;
        return;
      }
      if (sheet.style.transform !== '') askAll();
      if (boxes.still !== stillBefore) {
        const changed = listChanged(stillBefore, boxes.still);
        if (changed.length > PART_AT_MOST || about !== null) askAll();
        else {
          const classes = classesOf(snapshot);
          for (const box of changed) askPart(paintedBoxOf(snapshot, classes, box));
        }
      }
      if (isActiveChanged) askActive();
    },
    setPicture(next) {
      picture = next;
      askAll();
    },
    setHeatmap(next, opacity) {
      heatmap = next === null ? null : { picture: next, opacity };
      askAll();
    },
    setTiles(urlOf) {
      tiles?.destroy();
      tiles = urlOf === null ? null : createTileLayer(urlOf, askAll);
      askAll();
      return tiles;
    },
    setPixelGrid(isOn) {
      hasPixelGrid = isOn;
      askAll();
    },
    setPalette(next) {
      palette = next;
      askAll();
    },
    setAbout(ids) {
      about = ids;
      hasActive = about !== null || (shown !== null && isAnythingActive(shown, boxes.moving));
      askAll();
    },
    setCrosshair: cross.show,
    destroy: () => {
      clearTimeout(moving);
      tiles?.destroy();
      cross.remove();
      stage.destroy();
    },
  };
}

function findPlace(
  drawn: { readonly camera: Camera; readonly marginView: number },
  { camera, image, viewport }: EditorSnapshot,
): SheetPlace | null {
  return image === null ? null : placeSheet(drawn.camera, camera, image, viewport, drawn.marginView);
}

/** The canvas and what is painted beyond it. */
function cover({ widthView, heightView }: Viewport, marginView: number): ViewBox {
  const [w, h] = [widthView + 2 * marginView, heightView + 2 * marginView];
  return { x: -marginView, y: -marginView, w, h };
}

function contains(outer: ViewBox, { x, y, w, h }: ViewBox): boolean {
  return x >= outer.x && y >= outer.y && x + w <= outer.x + outer.w && y + h <= outer.y + outer.h;
}

/** Gives a layer's canvas a place and a size, CSS pixels; Konva takes the device pixel ratio of each layer's canvas separately. */
function fitLayer(layer: Konva.Layer, { x, y, w, h }: ViewBox, dpr: number): void {
  const canvas = layer.getCanvas();
  if (canvas.getPixelRatio() !== dpr) canvas.setPixelRatio(dpr);
  const { style } = canvas._canvas;
  const [width, height] = [`${w}px`, `${h}px`];
  // Setting a size clears the canvas and costs its memory anew.
  if (style.width !== width || style.height !== height) canvas.setSize(w, h);
  style.left = `${x}px`;
  style.top = `${y}px`;
}

/** Records that are in one of two lists only. */
function listChanged(before: readonly BoxRecord[], after: readonly BoxRecord[]): readonly BoxRecord[] {
  const [old, fresh] = [new Set(before), new Set(after)];
  return [...before.filter((box) => !fresh.has(box)), ...after.filter((box) => !old.has(box))];
}

/** What each thing at hand may touch, CSS pixels. */
function listActive(
  snapshot: EditorSnapshot,
  moving: readonly BoxRecord[],
  classes: ReadonlyMap<string, ClassRecord>,
): ViewBox[] {
  const { selectedBoxIds, selectedPredictionId, hover, marquee, openPredictions, camera } = snapshot;
  const selected = new Set(selectedBoxIds);
  if (hover.kind === 'box') selected.add(hover.id);
  const held = snapshot.boxes.filter(({ id }) => selected.has(id));
  const prediction = openPredictions.find(({ id }) => id === selectedPredictionId);
  const all = [...moving, ...held, ...(prediction === undefined ? [] : [prediction])];
  const views = all.map((box) => paintedBoxOf(snapshot, classes, box));
  if (marquee === null) return views;
  const { x, y, w, h } = toViewBox(camera, marquee);
  return [...views, { x: x - 2, y: y - 2, w: w + 4, h: h + 4 }];
}

/** Whether a gesture, a selection or the pointer gives the layer above the still boxes anything to draw. */
function isAnythingActive(snapshot: EditorSnapshot, moving: readonly BoxRecord[]): boolean {
  const { selectedBoxIds, selectedPredictionId, hover, marquee } = snapshot;
  return (
    moving.length > 0 ||
    selectedBoxIds.length > 0 ||
    selectedPredictionId !== null ||
    hover.kind === 'box' ||
    marquee !== null
  );
}
