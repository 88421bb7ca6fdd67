/** Loads a picture by address, and says when it cannot be loaded. */
import { useEffect, useState } from 'react';
import { loadPicture, peekPicture } from './picture-cache.ts';

export type PictureState =
  | { readonly kind: 'none' }
  | { readonly kind: 'loading' }
  | { readonly kind: 'ready'; readonly picture: HTMLImageElement }
  | { readonly kind: 'failed' };

/**
 * The picture at `url`, at once where it was decoded before; never one that would block a frame to decode. A late answer for an earlier
 * address is dropped.
 */
export function usePicture(url: string | null): PictureState {
  const [state, setState] = useState<{ url: string | null; value: PictureState }>({
    url: null,
    value: { kind: 'none' },
  });
  useEffect(() => {
    if (url === null) return;
    let isCurrent = true;
    const settle = (value: PictureState): void => {
      if (isCurrent) setState({ url, value });
    };
    loadPicture(url).then(
      (picture) => settle({ kind: 'ready', picture }),
      () => settle({ kind: 'failed' }),
    );
    return () => {
      isCurrent = false;
    };
  }, [url]);
  if (url === null) return { kind: 'none' };
  if (state.url === url) return state.value;
  const known = peekPicture(url);
  return known === undefined ? { kind: 'loading' } : { kind: 'ready', picture: known };
}
