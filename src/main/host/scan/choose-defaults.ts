/** Sensible first guesses for a new project: which images belong together, and the canvas of its features. */
import type { Canvas } from '../../../core/learning.ts';

/** Folder names that say how data were divided or stored, not where they were taken. */
const genericFolders: ReadonlySet<string> = new Set([
  'images',
  'image',
  'img',
  'imgs',
  'jpegimages',
  'photos',
  'train',
  'training',
  'valid',
  'val',
  'validation',
  'test',
  'testing',
  'data',
]);

export interface GroupInput {
  readonly path: string;
  readonly widthPx: number;
  readonly heightPx: number;
}

/**
 * The group of each image: its folder where there are several that mean something; else its pixel size, since cameras differ in it
 * (lesson 7: the size tells the boat); else null for all.
 */
export function chooseGroups(images: readonly GroupInput[]): (string | null)[] {
  const byFolder = images.map((image) => meaningfulFolder(image.path));
  if (new Set(byFolder).size > 1) return byFolder.map((folder) => (folder === '' ? '(top folder)' : folder));
  const bySize = images.map((image) => `${image.widthPx}×${image.heightPx}`);
  const counts = new Map<string, number>();
  for (const size of bySize) counts.set(size, (counts.get(size) ?? 0) + 1);
  // One size says nothing; as many sizes as images are crops or scans, not cameras.
  if (counts.size < 2 || counts.size > images.length / 3) return images.map(() => null);
  return bySize.map((size) => ((counts.get(size) ?? 0) > 1 ? size : 'other sizes'));
}

function meaningfulFolder(path: string): string {
  return path
    .split('/')
    .slice(0, -1)
    .filter((part) => !genericFolders.has(part.toLowerCase()))
    .join('/');
}

const canvasArea = 512 * 512;
const multiple = 32;

/**
 * The canvas for photographs of these sizes: their median shape, about 512 × 512 pixels in area, never larger than the median photograph,
 * sides multiples of 32 and at least 128. 512 × 512 when there are none.
 */
export function chooseCanvas(sizes: readonly { widthPx: number; heightPx: number }[]): Canvas {
  const usable = sizes.filter((size) => size.widthPx > 0 && size.heightPx > 0);
  if (usable.length === 0) return { widthPx: 512, heightPx: 512 };
  const aspect = median(usable.map((size) => size.widthPx / size.heightPx));
  const area = Math.min(canvasArea, median(usable.map((size) => size.widthPx * size.heightPx)));
  const round = (px: number): number => Math.max(128, Math.round(px / multiple) * multiple);
  return { widthPx: round(Math.sqrt(area * aspect)), heightPx: round(Math.sqrt(area / aspect)) };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}
