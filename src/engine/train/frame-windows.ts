/** Features of a photograph among the frames before it, for recipes with `frames`: made from those of each frame, as they are asked for. */
import type { Canvas } from '../../core/learning.ts';
import { type FeatureKey, type FeatureSource, type TapShape, tapLength } from '../features/feature-types.ts';
import type { EngineImage } from '../messages.ts';
import { listWindows } from '../parts/clips.ts';
import type { FrameView } from '../recipes/recipe.ts';

/** Frames read at once: whole maps of no more than these are in memory. */
const READ_FRAMES = 16;
/** What is kept of frames that were pooled: a frame is in as many windows as a window has frames. */
const KEPT_VALUES = 4_000_000;

/** A tap as a recipe with `frames` sees it: one row of cells, a frame each. */
export function frameShape(view: FrameView, tap: TapShape): TapShape {
  return { ...tap, heightCells: view.count, widthCells: 1 };
}

/** The frames besides `images` that their windows need, from `neighbours`. */
export function findFrames(
  view: FrameView,
  images: readonly EngineImage[],
  neighbours: readonly EngineImage[],
): EngineImage[] {
  const all = joinImages(images, neighbours);
  const windows = listWindows(view.cutClips(all), all.length, view.count).slice(0, images.length);
  const needed = new Set(windows.flat());
  return all.filter((_, i) => i >= images.length && needed.has(i));
}

/** Both lists, an image of both once. */
export function joinImages(
  images: readonly EngineImage[],
  neighbours: readonly EngineImage[],
): EngineImage[] {
  const known = new Set(images.map(({ id }) => id));
  return [...images, ...neighbours.filter(({ id }) => !known.has(id))];
}

/**
 * A source of windows over a source of single maps. Keys are those of the photograph that is judged; its frames are read as the same copy
 * (mirrored or not). A frame that is not there is replaced by the photograph itself. Of photographs with the same bytes the first one's
 * window stands for all: features are known by content.
 */
export class FrameWindows implements FeatureSource {
  readonly taps: readonly TapShape[];
  readonly canvas: Canvas;
  private readonly source: FeatureSource;
  private readonly view: FrameView;
  /** Hashes of the frames of each photograph, by its own. */
  private readonly windows = new Map<string, readonly string[]>();
  private readonly rows = new Map<string, Float32Array>();
  private keptValues = 0;

  constructor(
    source: FeatureSource,
    view: FrameView,
    images: readonly EngineImage[],
    neighbours: readonly EngineImage[],
  ) {
    this.source = source;
    this.view = view;
    this.canvas = source.canvas;
    this.taps = source.taps.map((tap) => frameShape(view, tap));
    const all = joinImages(images, neighbours);
    listWindows(view.cutClips(all), all.length, view.count).forEach((window, i) => {
      const { hash } = all[i] as EngineImage;
      if (!this.windows.has(hash))
        this.windows.set(
          hash,
          window.map((frame) => (all[frame] as EngineImage).hash),
        );
    });
  }

  shape(tap: string): TapShape {
    return frameShape(this.view, this.source.shape(tap));
  }

  has(key: FeatureKey): boolean {
    return this.source.has(key);
  }

  /** Hashes of the frames in the window of a photograph, itself the last. */
  windowOf(hash: string): readonly string[] {
    return this.windows.get(hash) ?? new Array<string>(this.view.count).fill(hash);
  }

  async read(keys: readonly FeatureKey[], tap: string, into?: Float32Array): Promise<Float32Array> {
    const { channels } = this.source.shape(tap);
    const frames = keys.flatMap(({ hash, variant }) =>
      this.windowOf(hash).map((frame) => {
        const key = { hash: frame, variant };
        return this.source.has(key) ? key : { hash, variant };
      }),
    );
    const rows = await this.readRows(frames, tap);
    const out = into ?? new Float32Array(rows.length * channels);
    rows.forEach((row, i) => {
      out.set(row, i * channels);
    });
    return out;
  }

  /** One row for each key, in its order; each map is read once. */
  private async readRows(keys: readonly FeatureKey[], tapName: string): Promise<Float32Array[]> {
    const tap = this.source.shape(tapName);
    const nameOf = ({ hash, variant }: FeatureKey): string => `${tapName}/${variant}/${hash}`;
    const found = new Map<string, Float32Array>();
    const missing = new Map<string, FeatureKey>();
    for (const key of keys) {
      const name = nameOf(key);
      const row = this.rows.get(name);
      if (row === undefined) missing.set(name, key);
      else found.set(name, row);
    }
    const names = [...missing.keys()];
    for (let at = 0; at < names.length; at += READ_FRAMES) {
      const part = names.slice(at, at + READ_FRAMES);
      const maps = await this.source.read(
        part.map((name) => missing.get(name) as FeatureKey),
        tapName,
      );
      part.forEach((name, i) => {
        const row = this.view.pool(maps.subarray(i * tapLength(tap), (i + 1) * tapLength(tap)), tap);
        found.set(name, row);
        this.keep(name, row);
      });
    }
    return keys.map((key) => found.get(nameOf(key)) as Float32Array);
  }

  /** Keeps a row, and lets the oldest go when there are too many: memory does not grow with the data. */
  private keep(name: string, row: Float32Array): void {
    this.rows.set(name, row);
    this.keptValues += row.length;
    for (const [oldest, { length }] of this.rows) {
      if (this.keptValues <= KEPT_VALUES) break;
      this.rows.delete(oldest);
      this.keptValues -= length;
    }
  }
}
