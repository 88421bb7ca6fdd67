/** Clips: photographs that follow each other, and the window of frames that a photograph is judged with. Pure. */
import path from 'node:path';
import type { FrameFacts } from '../recipes/recipe.ts';

/** `folder`: the photographs of one folder are one clip. `group`: those of one group (boat, camera); of no group, those of one folder. */
export const clipKinds = ['folder', 'group'] as const;
/** `name`: by folder and file name, numbers in them counted. `time`: by when they were taken; by name where any of a clip has no time. */
export const frameOrders = ['name', 'time'] as const;

export interface ClipRule {
  readonly clipBy: (typeof clipKinds)[number];
  readonly orderBy: (typeof frameOrders)[number];
}

/** Clips as lists of indices into `images`, each in order; the clips in the order of their first image in `images`. */
export function cutClips(images: readonly FrameFacts[], { clipBy, orderBy }: ClipRule): number[][] {
  const clips = new Map<string, number[]>();
  images.forEach((image, i) => {
    const isGrouped = clipBy === 'group' && image.group !== undefined && image.group !== null;
    const key = isGrouped ? `group ${image.group}` : `folder ${path.dirname(image.file)}`;
    const clip = clips.get(key) ?? [];
    clip.push(i);
    clips.set(key, clip);
  });
  return [...clips.values()].map((clip) => orderFrames(clip, images, orderBy));
}

// 'en' and not the machine's own language: the same clip on every machine.
const naturally = new Intl.Collator('en', { numeric: true });

function orderFrames(
  clip: readonly number[],
  images: readonly FrameFacts[],
  orderBy: ClipRule['orderBy'],
): number[] {
  const frame = (i: number): FrameFacts => images[i] as FrameFacts;
  const byName = (a: number, b: number): number => {
    const [one, other] = [frame(a).file, frame(b).file];
    return naturally.compare(one, other) || Number(one > other) - Number(one < other);
  };
  const isTimed =
    orderBy === 'time' && clip.every((i) => Number.isFinite(frame(i).capturedAtMs ?? Number.NaN));
  const byTime = (a: number, b: number): number =>
    (frame(a).capturedAtMs as number) - (frame(b).capturedAtMs as number) || byName(a, b);
  return [...clip].sort(isTimed ? byTime : byName);
}

/** The last `count` frames of a clip up to `position`; before the first there is the first again. */
export function listWindow(clip: readonly number[], position: number, count: number): number[] {
  return Array.from({ length: count }, (_, t) => clip[Math.max(0, position - count + 1 + t)] as number);
}

/** For each image the indices of its window's frames, itself the last. */
export function listWindows(
  clips: readonly (readonly number[])[],
  images: number,
  count: number,
): number[][] {
  const windows: number[][] = Array.from({ length: images }, () => []);
  for (const clip of clips)
    clip.forEach((image, position) => {
      windows[image] = listWindow(clip, position, count);
    });
  return windows;
}
