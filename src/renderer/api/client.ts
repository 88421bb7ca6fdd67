/** The window's only way to the host: a typed client on its own origin. */
import { createTRPCClient, httpBatchLink, httpSubscriptionLink, splitLink } from '@trpc/client';
import type { AppRouter } from '../../contract/router.ts';

const url = '/rpc';

export const api = createTRPCClient<AppRouter>({
  links: [
    splitLink({
      condition: (operation) => operation.type === 'subscription',
      true: httpSubscriptionLink({ url }),
      // Image lists and gestures must not wait for a slow neighbour: only what is asked in the same tick is batched.
      false: httpBatchLink({ url, maxItems: 4, methodOverride: 'POST' }),
    }),
  ],
});

/** Where the photograph of an image lies, as it is; the browser applies its EXIF orientation. */
export function originalUrl(imageId: string): string {
  return `/images/${encodeURIComponent(imageId)}/original`;
}

/** An upright small picture whose longest side is at least `sizePx`. */
export function thumbnailUrl(imageId: string, sizePx: number): string {
  return `/images/${encodeURIComponent(imageId)}/thumb?size=${sizePx}`;
}
