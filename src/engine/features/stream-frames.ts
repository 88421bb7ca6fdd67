/** Features of photographs among the frames before them, clip by clip, in memory that does not grow with their number. */
import type { EngineImage } from '../messages.ts';
import { listWindow } from '../parts/clips.ts';
import type { FrameView } from '../recipes/recipe.ts';
import { type FeatureMaps, type StreamedFeatures, streamFeatures } from './compute-features.ts';
import type { TapShape } from './feature-types.ts';

export interface FrameStreamOptions
  extends Omit<Parameters<typeof streamFeatures>[0], 'mirrored' | 'closeUps'> {
  readonly view: FrameView;
  /** Photographs that are not asked for but may be frames of a window. */
  readonly neighbours: readonly EngineImage[];
  /** Taps that are wanted, as single maps have them. */
  readonly taps: readonly TapShape[];
}

/**
 * For each of `images` its window by tap, `[count, 1, channels]`, as {@link FrameView} says; `index` is that in `images`. Clip by clip, each
 * in its own order, so that every photograph is read once. A frame that cannot be read is replaced by the photograph that is judged; a
 * photograph that cannot be read itself yields its `error`. Throws `job/cancelled` after the signal.
 */
export async function* streamFrames(
  options: FrameStreamOptions,
): AsyncGenerator<StreamedFeatures, void, undefined> {
  const { view, images, neighbours, taps, ...stream } = options;
  const known = new Set(images.map(({ id }) => id));
  const all = [...images, ...neighbours.filter(({ id }) => !known.has(id))];
  for (const clip of view.cutClips(all)) {
    const windows = new Map(
      clip.flatMap((index, position) =>
        index < images.length ? [[index, listWindow(clip, position, view.count)] as const] : [],
      ),
    );
    const needed = new Set([...windows.values()].flat());
    const frames = clip.filter((index) => needed.has(index));
    // What is still in a window: the frames of the clip's last `count` places.
    const rows = new Map<number, ReadonlyMap<string, Float32Array>>();
    const arrived: number[] = [];
    const items = streamFeatures({ ...stream, images: frames.map((index) => all[index] as EngineImage) });
    for await (const item of items) {
      const index = frames[item.index] as number;
      const window = windows.get(index);
      if ('error' in item) {
        if (window !== undefined) yield { index, error: item.error };
        continue;
      }
      const own = poolFrame(view, taps, item.maps);
      rows.set(index, own);
      arrived.push(index);
      if (arrived.length > view.count) rows.delete(arrived.shift() as number);
      if (window === undefined) continue;
      yield {
        index,
        maps: joinWindow(
          window.map((frame) => rows.get(frame) ?? own),
          taps,
        ),
      };
    }
  }
}

/** The window of a photograph that stands alone: every frame is itself. */
export function repeatFrame(view: FrameView, taps: readonly TapShape[], maps: FeatureMaps): FeatureMaps {
  return poolWindow(view, taps, new Array<FeatureMaps>(view.count).fill(maps));
}

/** The window of the frames whose maps are given, the photograph that is judged last. */
export function poolWindow(
  view: FrameView,
  taps: readonly TapShape[],
  frames: readonly FeatureMaps[],
): FeatureMaps {
  return joinWindow(
    frames.map((maps) => poolFrame(view, taps, maps)),
    taps,
  );
}

function poolFrame(
  view: FrameView,
  taps: readonly TapShape[],
  maps: FeatureMaps,
): ReadonlyMap<string, Float32Array> {
  return new Map(taps.map((tap) => [tap.name, view.pool(maps.get(tap.name) as Float32Array, tap)]));
}

function joinWindow(
  window: readonly ReadonlyMap<string, Float32Array>[],
  taps: readonly TapShape[],
): FeatureMaps {
  return new Map(
    taps.map(({ name, channels }) => {
      const out = new Float32Array(window.length * channels);
      window.forEach((rows, t) => {
        out.set(rows.get(name) as Float32Array, t * channels);
      });
      return [name, out];
    }),
  );
}
