/** The Konva stage behind the canvas component: four layers that are made once and only redrawn, each when something of its own has changed. */
import Konva from 'konva';
import type { Point } from '../../core/geometry.ts';
import type { BoxRecord } from '../../core/records.ts';
import type { Tile } from '../../core/tiles.ts';
import { isPixelated } from '../../editor/camera.ts';
import type { EditorSnapshot } from '../../editor/types.ts';
import { paintActive, paintStill } from './paint-boxes.ts';
import { paintPixelGrid } from './paint-view.ts';
import type { Palette } from './palette.ts';
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

/** What else boxes that lie still look like depends on. */
const stillKeys = ['image', 'layers', 'isHidden', 'classes', 'openPredictions'] as const;

/** Creates the stage inside a container. Layers: picture and heat map; boxes that lie still; what the hand is at; crosshair. */
export function createCanvasStage(container: HTMLDivElement): CanvasStage {
  const stage = new Konva.Stage({ container, width: 1, height: 1, listening: false });
  const pictureLayer = new Konva.Layer({ listening: false });
  const boxLayer = new Konva.Layer({ listening: false });
  const activeLayer = new Konva.Layer({ listening: false });
  const crossLayer = new Konva.Layer({ listening: false, visible: false });
  stage.add(pictureLayer, boxLayer, activeLayer, crossLayer);
  let shown: EditorSnapshot | null = null;
  const split = createBoxSplitter();
  let boxes: SplitBoxes = { still: [], moving: [] };
  let picture: Picture | null = null;
  let heatmap: { picture: Picture; opacity: number } | null = null;
  let hasPixelGrid = true;
  let tiles: TileLayer | null = null;
  let palette: Palette = 'class';
  let about: ReadonlySet<string> | null = null;
  let crosshair: Point | null = null;
  let hasActive = false;
  let moving: ReturnType<typeof setTimeout> | undefined;
  /** The finest look of a large photograph is dear: it comes when zoom and pan pause. */
  const refineSoon = (): void => {
    clearTimeout(moving);
    moving = setTimeout(() => {
      moving = undefined;
      pictureLayer.batchDraw();
    }, REFINE_AFTER_MS);
  };

  const pictureShape = new Konva.Shape({
    listening: false,
    perfectDrawEnabled: false,
    sceneFunc: (context) => {
      if (shown?.image == null) return;
      const { camera, image, layers, viewport } = shown;
      const paint = context._context as CanvasRenderingContext2D;
      const place = [
        camera.xView,
        camera.yView,
        image.widthPx * camera.scale,
        image.heightPx * camera.scale,
      ] as const;
      paint.imageSmoothingEnabled = !isPixelated(camera, viewport);
      paint.imageSmoothingQuality = moving === undefined ? 'high' : 'low';
      // A bitmap that was given back has no width, and drawing it would throw.
      if (picture !== null && picture.width > 0) paint.drawImage(picture, ...place);
      tiles?.paint(paint, shown);
      if (heatmap !== null && layers.heatmap) {
        paint.imageSmoothingEnabled = true;
        paint.globalAlpha = heatmap.opacity;
        paint.drawImage(heatmap.picture, ...place);
        paint.globalAlpha = 1;
      }
      if (hasPixelGrid) paintPixelGrid(paint, camera, image, viewport);
    },
  });
  const boxShape = new Konva.Shape({
    listening: false,
    perfectDrawEnabled: false,
    sceneFunc: (context) => {
      if (shown === null) return;
      const scene = { snapshot: shown, palette, about };
      paintStill(context._context as CanvasRenderingContext2D, scene, boxes.still);
    },
  });
  const activeShape = new Konva.Shape({
    listening: false,
    perfectDrawEnabled: false,
    sceneFunc: (context) => {
      if (shown === null) return;
      const scene = { snapshot: shown, palette, about };
      paintActive(context._context as CanvasRenderingContext2D, scene, boxes.moving);
    },
  });
  const crossShape = new Konva.Shape({
    listening: false,
    perfectDrawEnabled: false,
    sceneFunc: (context) => {
      if (shown === null || crosshair === null) return;
      paintCrosshair(context._context as CanvasRenderingContext2D, crosshair, shown);
    },
  });
  pictureLayer.add(pictureShape);
  boxLayer.add(boxShape);
  activeLayer.add(activeShape);
  crossLayer.add(crossShape);

  return {
    show(snapshot) {
      const before = shown;
      const stillBefore = boxes.still;
      shown = snapshot;
      boxes = split(snapshot);
      if (before?.viewport !== snapshot.viewport) fitStage(stage, snapshot);
      const isMoved = before?.camera !== snapshot.camera || before.viewport !== snapshot.viewport;
      if (before !== null && before.camera !== snapshot.camera && before.image?.id === snapshot.image?.id)
        refineSoon();
      if (isMoved || before?.image !== snapshot.image || before?.layers !== snapshot.layers)
        pictureLayer.batchDraw();
      if (isMoved || boxes.still !== stillBefore || stillKeys.some((key) => before[key] !== snapshot[key]))
        boxLayer.batchDraw();
      const hadActive = hasActive;
      hasActive = about !== null || isAnythingActive(snapshot, boxes.moving);
      // With nothing at hand the layer is empty, and stays so.
      if (hasActive || hadActive) activeLayer.batchDraw();
    },
    setPicture(next) {
      picture = next;
      pictureLayer.batchDraw();
    },
    setHeatmap(next, opacity) {
      heatmap = next === null ? null : { picture: next, opacity };
      pictureLayer.batchDraw();
    },
    setTiles(urlOf) {
      tiles?.destroy();
      tiles = urlOf === null ? null : createTileLayer(urlOf, () => pictureLayer.batchDraw());
      pictureLayer.batchDraw();
      return tiles;
    },
    setPixelGrid(isOn) {
      hasPixelGrid = isOn;
      pictureLayer.batchDraw();
    },
    setPalette(next) {
      palette = next;
      boxLayer.batchDraw();
      activeLayer.batchDraw();
    },
    setAbout(ids) {
      about = ids;
      boxLayer.batchDraw();
      activeLayer.batchDraw();
    },
    setCrosshair(atView) {
      if (crosshair === null && atView === null) return;
      // Off the page while there is none: a browser would lay the empty layer over the others in every frame.
      crossLayer.visible(atView !== null);
      crosshair = atView;
      if (atView !== null) crossLayer.batchDraw();
    },
    destroy: () => {
      clearTimeout(moving);
      tiles?.destroy();
      stage.destroy();
    },
  };
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

/** Matches backing stores to the screen: Konva takes the device pixel ratio of each layer's canvas separately. */
function fitStage(stage: Konva.Stage, { viewport }: EditorSnapshot): void {
  for (const layer of stage.getLayers()) layer.getCanvas().setPixelRatio(viewport.dpr);
  stage.size({ width: viewport.widthView, height: viewport.heightView });
}

function paintCrosshair(paint: CanvasRenderingContext2D, at: Point, { viewport }: EditorSnapshot): void {
  const x = Math.round(at.x) + 0.5;
  const y = Math.round(at.y) + 0.5;
  for (const [color, offset] of [
    ['rgba(0, 0, 0, 0.5)', 1],
    ['rgba(255, 255, 255, 0.75)', 0],
  ] as const) {
    paint.beginPath();
    paint.moveTo(0, y + offset);
    paint.lineTo(viewport.widthView, y + offset);
    paint.moveTo(x + offset, 0);
    paint.lineTo(x + offset, viewport.heightView);
    paint.lineWidth = 1;
    paint.strokeStyle = color;
    paint.stroke();
  }
}
