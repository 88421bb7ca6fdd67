/** Says what lies under the pointer: a handle of the selected box first, then what was brought to the front, then the smallest box. */
import type { PixelBox, Point } from '../core/geometry.ts';
import { isIgnoreRegion } from '../core/ignore-regions.ts';
import type { BoxRecord, PredictionRecord } from '../core/records.ts';
import { handles } from './box-edits.ts';
import { toImage, toView, toViewBox } from './camera.ts';
import type { SpatialGrid } from './spatial-grid.ts';
import type { Camera, EditorSettings, HandleId, Hit, Layers, LineEnd, ViewState } from './types.ts';

/** How far outside its edge a box can still be grabbed, CSS pixels. */
const EDGE_VIEW = 3;
/** Below this side a box has no room for handles inside: they are then only grabbed from its edge outwards. */
const ROOMY_SIDE_VIEW = 24;

/** What a hit test looks at. */
export interface HitScene {
  readonly grid: SpatialGrid;
  findBox(id: string): BoxRecord | undefined;
  findPrediction(id: string): PredictionRecord | undefined;
  readonly openPredictions: readonly PredictionRecord[];
}

/** The thing at a point of the canvas. Hidden layers are not there. */
export function hitTest(scene: HitScene, view: ViewState, atView: Point, settings: EditorSettings): Hit {
  if (view.isHidden) return { kind: 'empty' };
  return hitHandle(scene, view, atView, settings) ?? hitBody(scene, view, atView) ?? { kind: 'empty' };
}

function hitHandle(
  scene: HitScene,
  view: ViewState,
  atView: Point,
  settings: EditorSettings,
): Hit | undefined {
  const [onlyBoxId, ...others] = view.selectedBoxIds;
  if (view.layers.boxes && onlyBoxId !== undefined && others.length === 0) {
    const box = scene.findBox(onlyBoxId);
    const isFree = box !== undefined && box.locked !== true && isShown(box, view.layers);
    const handle = isFree ? findHandle(view.camera, box, atView, settings.handleRadiusView) : undefined;
    if (handle !== undefined) return { kind: 'box', id: onlyBoxId, handle };
  }
  if (view.layers.predictions && view.selectedPredictionId !== null) {
    const prediction = scene.findPrediction(view.selectedPredictionId);
    const handle = prediction && findHandle(view.camera, prediction, atView, settings.handleRadiusView);
    if (prediction !== undefined && handle !== undefined)
      return { kind: 'prediction', id: prediction.id, handle };
  }
  return undefined;
}

/** A box with the line that may lie in it. */
type LinedBox = PixelBox & Pick<BoxRecord, 'head' | 'tail'>;

/** The handle or line end of a box within reach of a point, nearest first; an end before a handle that is as near. */
function findHandle(
  camera: Camera,
  box: LinedBox,
  atView: Point,
  radiusView: number,
): HandleId | LineEnd | undefined {
  const ends = (['head', 'tail'] as const).flatMap((id) => {
    const end = box[id];
    return end === null ? [] : [{ id, atView: toView(camera, end) }];
  });
  const reached = [...ends, ...listHandles(camera, box, atView)]
    .map(({ id, atView: place }) => ({ id, distance: Math.hypot(atView.x - place.x, atView.y - place.y) }))
    .filter(({ distance }) => distance <= radiusView)
    .sort((a, b) => a.distance - b.distance);
  return reached[0]?.id;
}

/** Where the handles of a box are; none where it is too small to have any inside. */
function listHandles(
  camera: Camera,
  box: PixelBox,
  atView: Point,
): { readonly id: HandleId; readonly atView: Point }[] {
  const onView = toViewBox(camera, box);
  const inset = Math.min(
    atView.x - onView.x,
    onView.x + onView.w - atView.x,
    atView.y - onView.y,
    onView.y + onView.h - atView.y,
  );
  if (Math.min(onView.w, onView.h) < ROOMY_SIDE_VIEW && inset > 2) return [];
  return handles.map(({ id, fx, fy }) => ({
    id,
    atView: { x: onView.x + onView.w * fx, y: onView.y + onView.h * fy },
  }));
}

function hitBody(scene: HitScene, view: ViewState, atView: Point): Hit | undefined {
  const atPx = toImage(view.camera, atView);
  const slackPx = EDGE_VIEW / view.camera.scale;
  const area = { x: atPx.x - slackPx, y: atPx.y - slackPx, w: 2 * slackPx, h: 2 * slackPx };
  let best: { hit: Hit; z: number; areaPx: number } | undefined;
  // Ties go to the later one, which is drawn on top; boxes come after suggestions, so a label wins over the suggestion it was made from.
  const offer = (hit: Hit, box: PixelBox, z: number): void => {
    const areaPx = box.w * box.h;
    const isAbove = best === undefined || z > best.z || (z === best.z && areaPx <= best.areaPx);
    if (isAbove) best = { hit, z, areaPx };
  };
  if (view.layers.predictions) {
    for (const prediction of scene.openPredictions) {
      if (!overlaps(prediction, area)) continue;
      offer({ kind: 'prediction', id: prediction.id, handle: null }, prediction, 0);
    }
  }
  if (view.layers.boxes) {
    for (const id of scene.grid.query(area)) {
      const box = scene.findBox(id);
      // What is locked is out of the way of what is not.
      if (box !== undefined && box.locked !== true && isShown(box, view.layers))
        offer({ kind: 'box', id, handle: null }, box, box.z ?? 0);
    }
  }
  return best?.hit;
}

/** True for a label that its layers do not hide. */
export function isShown(box: BoxRecord, layers: Layers): boolean {
  return layers.boxes && (layers.ignored || !isIgnoreRegion(box));
}

function overlaps(a: PixelBox, b: PixelBox): boolean {
  return a.x <= b.x + b.w && b.x <= a.x + a.w && a.y <= b.y + b.h && b.y <= a.y + a.h;
}
