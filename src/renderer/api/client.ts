/** The window's only way to the host: a typed client on its own origin. */
import { createTRPCClient, httpLink, httpSubscriptionLink, splitLink } from '@trpc/client';
import { z } from 'zod';
import type { AppRouter } from '../../contract/router.ts';
import { heatGridSchema as gridSchema } from '../../core/explain.ts';
import type { ImageRecord } from '../../core/records.ts';
import { needsTiles, type Tile } from '../../core/tiles.ts';
import type { ExplanationRequest } from './keys.ts';

const url = '/rpc';

export const api = createTRPCClient<AppRouter>({
  links: [
    splitLink({
      condition: (operation) => operation.type === 'subscription',
      true: httpSubscriptionLink({ url }),
      // No batches: a gesture must not wait for a slow neighbour.
      false: httpLink({ url }),
    }),
  ],
});

/** Where the photograph of an image lies, as it is; the browser applies its EXIF orientation. */
function originalUrl(imageId: string): string {
  return `/images/${encodeURIComponent(imageId)}/original`;
}

/** The picture of an image on the canvas: the photograph itself, or a smaller one that lies below its tiles. */
export function pictureUrl(image: Pick<ImageRecord, 'id' | 'widthPx' | 'heightPx' | 'hash'>): string {
  if (needsTiles(image)) return thumbnailUrl(image.id, 2048);
  // The content is part of the address: a photograph that was changed on disk is another picture.
  return `${originalUrl(image.id)}?of=${image.hash.slice(0, 16)}`;
}

/** A tile of a large photograph; see core/tiles.ts. */
export function tileUrl(imageId: string, { level, x, y }: Tile): string {
  return `/images/${encodeURIComponent(imageId)}/tiles/${level}/${x}/${y}`;
}

/** Where a model looks for one class (an id or `nothing`): a picture of the photograph's shape, clear where it sees nothing. */
export function heatmapUrl(request: ExplanationRequest, wanted: string): string {
  const query = new URLSearchParams({ class: wanted, model: request.modelId, method: request.method });
  return `/explain/${encodeURIComponent(request.imageId)}/map.png?${query}`;
}

/** The numbers behind {@link heatmapUrl}. */
const heatGridSchema = z.object({ grid: gridSchema, values: z.array(z.number()) });

/** Asks for them. Throws the host's error. */
export async function fetchHeatGrid(
  request: ExplanationRequest,
  wanted: string,
): Promise<z.infer<typeof heatGridSchema>> {
  const query = new URLSearchParams({ class: wanted, model: request.modelId, method: request.method });
  const answer = await fetch(`/explain/${encodeURIComponent(request.imageId)}/grid.json?${query}`);
  if (!answer.ok) throw new Error(`The numbers of the heat map could not be read (${answer.status}).`);
  return heatGridSchema.parse(await answer.json());
}

/** An upright small picture whose longest side is at least `sizePx`. */
export function thumbnailUrl(imageId: string, sizePx: number): string {
  return `/images/${encodeURIComponent(imageId)}/thumb?size=${sizePx}`;
}
