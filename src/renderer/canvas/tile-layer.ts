/** Draws a large photograph from tiles: those in sight at the fineness of the screen, coarser ones below until they are there. */
import { isNeutral, type Light } from '../../core/light.ts';
import { type Tile, tileBox } from '../../core/tiles.ts';
import { isPixelated, toViewBox } from '../../editor/camera.ts';
import { chooseLevel, listTiles } from '../../editor/tiles.ts';
import type { EditorSnapshot } from '../../editor/types.ts';
import { readLocalTables } from './light-filter.ts';
import type { Picture } from './stage.ts';
import { lightFilter } from './use-light.ts';

export interface TileLayer {
  /** Paints what is there and asks for what is missing. */
  paint(paint: CanvasRenderingContext2D, snapshot: EditorSnapshot): void;
  /** The light for looking; `whole` is a small picture of the photograph. */
  setLight(light: Light, whole: Picture | null): void;
  destroy(): void;
}

interface Held {
  readonly tile: Tile;
  readonly picture: ImageBitmap | null;
  /** The same in the light last asked for. */
  lit?: { light: Light; picture: Picture };
}

/** A megabyte each. */
const heldAtMost = 160;
const askedAtOnce = 6;

/** `onReady` is called when something new can be painted. */
export function createTileLayer(urlOf: (tile: Tile) => string, onReady: () => void): TileLayer {
  const held = new Map<string, Held>();
  const asked = new Map<string, AbortController>();
  let wanted: Tile[] = [];
  let light: Light | null = null;
  let tables: Uint8Array | null = null;
  let isOver = false;
  const nameOf = ({ level, x, y }: Tile): string => `${level}/${x}/${y}`;

  const keep = (name: string, entry: Held): void => {
    held.set(name, entry);
    for (const [old, { picture }] of held) {
      if (held.size <= heldAtMost) break;
      held.delete(old);
      picture?.close();
    }
  };
  const load = async (tile: Tile): Promise<void> => {
    const name = nameOf(tile);
    const stop = new AbortController();
    asked.set(name, stop);
    try {
      const answer = await fetch(urlOf(tile), { signal: stop.signal });
      const picture = answer.ok ? await createImageBitmap(await answer.blob()) : null;
      if (isOver) picture?.close();
      else keep(name, { tile, picture });
    } catch {
      // Out of sight again, or the host is gone: it is asked for when it is in sight again.
    } finally {
      asked.delete(name);
    }
    if (isOver) return;
    onReady();
    ask();
  };
  const ask = (): void => {
    for (const tile of wanted) {
      if (asked.size >= askedAtOnce) return;
      const name = nameOf(tile);
      if (!held.has(name) && !asked.has(name)) void load(tile);
    }
  };
  const look = (entry: Held): Picture | null => {
    const { picture } = entry;
    if (picture === null || light === null || isNeutral(light)) return picture;
    return entry.lit?.light === light ? entry.lit.picture : picture;
  };
  const lightUp = (entry: Held, size: { widthPx: number; heightPx: number }): void => {
    if (entry.picture === null || light === null || isNeutral(light) || entry.lit?.light === light) return;
    const { x, y, w, h } = tileBox(size, entry.tile);
    const part = { x: x / size.widthPx, y: y / size.heightPx, w: w / size.widthPx, h: h / size.heightPx };
    const picture = lightFilter()?.apply(entry.picture, light, tables, part);
    if (picture !== undefined) entry.lit = { light, picture };
  };

  return {
    paint(paint, { image, camera, viewport }) {
      if (image === null) return;
      const level = chooseLevel(image, camera, viewport);
      wanted = listTiles(image, camera, viewport, level);
      const inSight = new Set(wanted.map(nameOf));
      for (const [name, stop] of asked) if (!inSight.has(name)) stop.abort();
      paint.imageSmoothingEnabled = !isPixelated(camera, viewport);
      // Coarse below fine.
      const shown = [...held.values()].filter(({ tile }) => tile.level >= level);
      for (const entry of shown.sort((a, b) => b.tile.level - a.tile.level)) {
        const name = nameOf(entry.tile);
        if (entry.tile.level === level && !inSight.has(name)) continue;
        if (entry.tile.level === level) {
          held.delete(name);
          held.set(name, entry);
          lightUp(entry, image);
        }
        const picture = look(entry);
        const { x, y, w, h } = toViewBox(camera, tileBox(image, entry.tile));
        if (picture === null || x > viewport.widthView || y > viewport.heightView || x + w < 0 || y + h < 0)
          continue;
        // Whole device pixels, or hairlines would show between tiles.
        const snap = (value: number): number => Math.round(value * viewport.dpr) / viewport.dpr;
        paint.drawImage(picture, snap(x), snap(y), snap(x + w) - snap(x), snap(y + h) - snap(y));
      }
      ask();
    },
    setLight(next, whole) {
      tables = next.local > 0 && whole !== null ? readLocalTables(whole) : null;
      light = next;
      onReady();
    },
    destroy() {
      isOver = true;
      for (const stop of asked.values()) stop.abort();
      for (const { picture } of held.values()) picture?.close();
      held.clear();
    },
  };
}
