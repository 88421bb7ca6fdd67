/** Finds boxes near a place without looking at all of them: a uniform grid over the image. */
import type { PixelBox } from '../core/geometry.ts';

const CELLS_PER_SIDE = 48;
/** A box over more cells than this sits in one list that every query scans: filling its cells would cost more than it saves. */
const MAX_CELLS = 64;

export interface SpatialGrid {
  put(id: string, box: PixelBox): void;
  delete(id: string): void;
  /** Ids whose box touches or overlaps the area, each once, in no order. */
  query(area: PixelBox): string[];
}

/** Creates a grid for an image of this size, in pixels. Boxes outside it are kept in the border cells. */
export function createSpatialGrid(widthPx: number, heightPx: number): SpatialGrid {
  const cells = new Map<number, Set<string>>();
  const large = new Set<string>();
  const entries = new Map<string, { box: PixelBox; cellIds: readonly number[] }>();

  const column = (x: number): number => clampCell((x / Math.max(1, widthPx)) * CELLS_PER_SIDE);
  const row = (y: number): number => clampCell((y / Math.max(1, heightPx)) * CELLS_PER_SIDE);
  const cellsOf = (box: PixelBox): number[] => {
    const ids: number[] = [];
    for (let r = row(box.y); r <= row(box.y + box.h); r++) {
      for (let c = column(box.x); c <= column(box.x + box.w); c++) ids.push(r * CELLS_PER_SIDE + c);
    }
    return ids;
  };
  const remove = (id: string): void => {
    const entry = entries.get(id);
    if (entry === undefined) return;
    for (const cellId of entry.cellIds) cells.get(cellId)?.delete(id);
    large.delete(id);
    entries.delete(id);
  };

  return {
    put(id, box) {
      remove(id);
      const cellIds = cellsOf(box);
      if (cellIds.length > MAX_CELLS) {
        large.add(id);
        entries.set(id, { box, cellIds: [] });
        return;
      }
      entries.set(id, { box, cellIds });
      for (const cellId of cellIds) {
        const cell = cells.get(cellId);
        if (cell === undefined) cells.set(cellId, new Set([id]));
        else cell.add(id);
      }
    },
    delete: remove,
    query(area) {
      const found = new Set<string>();
      const consider = (id: string): void => {
        const entry = entries.get(id);
        if (entry !== undefined && touches(entry.box, area)) found.add(id);
      };
      for (const cellId of cellsOf(area)) {
        for (const id of cells.get(cellId) ?? []) consider(id);
      }
      for (const id of large) consider(id);
      return [...found];
    },
  };
}

function touches(a: PixelBox, b: PixelBox): boolean {
  return a.x <= b.x + b.w && b.x <= a.x + a.w && a.y <= b.y + b.h && b.y <= a.y + a.h;
}

function clampCell(value: number): number {
  return Math.min(Math.max(Math.floor(value), 0), CELLS_PER_SIDE - 1);
}
