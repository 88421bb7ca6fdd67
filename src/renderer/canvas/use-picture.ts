/** Loads a picture by address, and says when it cannot be loaded. */
import { useEffect, useState } from 'react';

export type PictureState =
  | { readonly kind: 'none' }
  | { readonly kind: 'loading' }
  | { readonly kind: 'ready'; readonly picture: HTMLImageElement }
  | { readonly kind: 'failed' };

/** The picture at `url`; decoded before it is handed out, so that drawing it never blocks a frame. A late answer for an earlier address is dropped. */
export function usePicture(url: string | null): PictureState {
  const [state, setState] = useState<{ url: string | null; value: PictureState }>({
    url: null,
    value: { kind: 'none' },
  });
  useEffect(() => {
    if (url === null) return;
    let isCurrent = true;
    const picture = new Image();
    picture.src = url;
    const settle = (value: PictureState): void => {
      if (isCurrent) setState({ url, value });
    };
    picture.decode().then(
      () => settle({ kind: 'ready', picture }),
      () => settle({ kind: 'failed' }),
    );
    return () => {
      isCurrent = false;
    };
  }, [url]);
  if (url === null) return { kind: 'none' };
  return state.url === url ? state.value : { kind: 'loading' };
}
