/** Which place is shown, kept in the address (`#/annotate/IMAGE?state=unseen`), so that reload and back do what people expect. */
import { useSyncExternalStore } from 'react';

export const places = ['annotate', 'data', 'train', 'review', 'compare', 'export'] as const;
export type Place = (typeof places)[number];

export interface Route {
  readonly place: Place | 'welcome';
  /** The image a link opens. */
  readonly imageId: string | null;
  /** What stands behind the `?`, as the place understands it; empty for nothing. */
  readonly query: string;
}

/** Reads an address; anything unknown is the welcome page. */
export function parseRoute(hash: string): Route {
  const [address = '', ...behind] = hash.replace(/^#/, '').split('?');
  const [, name = '', imageId = ''] = address.split('/');
  const place = places.find((known) => known === name) ?? 'welcome';
  return { place, imageId: imageId === '' ? null : decode(imageId), query: behind.join('?') };
}

/** An address that was cut or typed wrongly is no reason to fail: the image is then unknown, and the place says so. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

let current: Route = parseRoute(globalThis.location?.hash ?? '');
let currentHash = globalThis.location?.hash ?? '';

/** What is shown at this moment, for work that was begun at another. */
export function currentRoute(): Route {
  if (location.hash !== currentHash) {
    currentHash = location.hash;
    current = parseRoute(currentHash);
  }
  return current;
}

function subscribe(listener: () => void): () => void {
  window.addEventListener('hashchange', listener);
  return () => window.removeEventListener('hashchange', listener);
}

export const useRoute = (): Route => useSyncExternalStore(subscribe, currentRoute);

/**
 * Goes to a place; with `replace`, without a step in the history (moving from image to image). Within the place the query stays as it is
 * unless another is given.
 */
export function goTo(
  place: Route['place'],
  imageId?: string | null,
  options?: { replace?: boolean; query?: string },
): void {
  const id = imageId === undefined || imageId === null ? '' : `/${encodeURIComponent(imageId)}`;
  const query = options?.query ?? (currentRoute().place === place ? currentRoute().query : '');
  const hash = `#/${place}${id}${query === '' ? '' : `?${query}`}`;
  if (hash === location.hash) return;
  if (options?.replace !== true) {
    location.hash = hash;
    return;
  }
  history.replaceState(null, '', hash);
  window.dispatchEvent(new HashChangeEvent('hashchange'));
}
