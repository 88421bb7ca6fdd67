/** Loads a picture by address, and says when it cannot be loaded. */
import { useEffect, useState } from 'react';
import { holdPicture, loadPicture, peekPicture } from './picture-cache.ts';

export type PictureState =
  | { readonly kind: 'none' }
  | { readonly kind: 'loading' }
  | { readonly kind: 'ready'; readonly picture: ImageBitmap }
  | { readonly kind: 'failed' };

/**
 * The picture at `url`, at once where it was decoded before; never one that would block a frame to decode. A late answer for an earlier
 * address is dropped.
 */
export function usePicture(url: string | null): PictureState {
  const [settled, setSettled] = useState<{ url: string; isFailed: boolean } | null>(null);
  const known = url === null ? undefined : peekPicture(url);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was known when the address came is all that matters.
  useEffect(() => {
    if (url === null) return;
    let isCurrent = true;
    const settle = (isFailed: boolean): void => {
      if (isCurrent) setSettled({ url, isFailed });
    };
    const loaded = loadPicture(url);
    // What could be drawn at once is on the canvas already: nothing is drawn anew for it.
    if (known === undefined)
      loaded.then(
        () => settle(false),
        () => settle(true),
      );
    const letGo = holdPicture(url);
    return () => {
      isCurrent = false;
      letGo();
    };
  }, [url]);
  if (url === null) return { kind: 'none' };
  if (known !== undefined) return { kind: 'ready', picture: known };
  return { kind: settled?.url === url && settled.isFailed ? 'failed' : 'loading' };
}
