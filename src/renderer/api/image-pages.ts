/**
 * A list of images in pages: of 100,000 images only those in sight are asked for, and going from one to the next costs the same however
 * many there are.
 */
import { type QueryClient, useQueries, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import type { ImageListItem } from '../../contract/schemas.ts';
import { api } from './client.ts';
import { type ImageListRequest, keys } from './keys.ts';

const pageSize = 100;
/** A page out of sight is soon forgotten: memory stays flat however far a person scrolls. */
const keptMs = 30_000;

export interface ImagePages {
  /** Undefined until the first answer. */
  readonly total: number | undefined;
  readonly error: unknown;
  /** The image at a place of the list, 0-based; undefined while its page is on its way. */
  itemAt(index: number): ImageListItem | undefined;
  /** The same, awaited. Undefined outside the list. */
  fetchItem(index: number): Promise<ImageListItem | undefined>;
}

function pageQuery(list: ImageListRequest, page: number) {
  return {
    queryKey: keys.imagePage(list, page),
    queryFn: () => api.listImages.query({ ...list, offset: page * pageSize, limit: pageSize }),
    gcTime: keptMs,
  };
}

/** Keeps the pages of these ranges of the list (0-based, both ends included) at hand and fresh. */
export function useImagePages(
  list: ImageListRequest,
  ranges: readonly (readonly [first: number, last: number])[],
): ImagePages {
  const cache = useQueryClient();
  const pages = new Set<number>();
  for (const [first, last] of ranges) {
    for (let page = pageOf(first); page <= pageOf(last); page += 1) pages.add(page);
  }
  const wanted = [...pages].sort((a, b) => a - b);
  const answers = useQueries({ queries: wanted.map((page) => pageQuery(list, page)) });
  const newest = answers
    .filter(({ data }) => data !== undefined)
    .reduce<(typeof answers)[number] | undefined>(
      (best, answer) => (best === undefined || answer.dataUpdatedAt > best.dataUpdatedAt ? answer : best),
      undefined,
    );
  const fetchItem = useCallback((index: number) => fetchOne(cache, list, index), [cache, list]);
  const held = new Map(wanted.map((page, i) => [page, answers[i]?.data?.items]));
  return {
    total: newest?.data?.total,
    error: answers.find(({ isError }) => isError)?.error ?? null,
    itemAt: (index) => (index < 0 ? undefined : held.get(pageOf(index))?.[index % pageSize]),
    fetchItem,
  };
}

async function fetchOne(
  cache: QueryClient,
  list: ImageListRequest,
  index: number,
): Promise<ImageListItem | undefined> {
  if (index < 0) return undefined;
  const { items } = await cache.fetchQuery({ ...pageQuery(list, pageOf(index)), staleTime: UNTIL_TOLD });
  return items[index % pageSize];
}

/** What is cached counts until the host told of changes; an answer to them that is on its way is waited for. */
const UNTIL_TOLD = Number.POSITIVE_INFINITY;

const pageOf = (index: number): number => Math.floor(Math.max(0, index) / pageSize);

export interface ImagePlace {
  readonly position: number;
  /** False when the filter leaves the image out; `position` is then where it would be. */
  readonly isListed: boolean;
}

function placeQuery(list: ImageListRequest, id: string) {
  return {
    queryKey: keys.imagePlace(list, id),
    queryFn: (): Promise<ImagePlace> => api.locateImage.query({ id, ...list }),
    gcTime: keptMs,
    retry: false,
  };
}

/** Where an image lies in a list. */
export function useImagePlace(list: ImageListRequest, id: string | null) {
  return useQuery({ ...placeQuery(list, id ?? ''), enabled: id !== null });
}

/** Ways to ask and to set where an image lies, for going through a list step by step. */
export function usePlaces(list: ImageListRequest) {
  const cache = useQueryClient();
  return useMemo(
    () => ({
      /** What is known without asking. */
      peek: (id: string): ImagePlace | undefined => cache.getQueryData<ImagePlace>(keys.imagePlace(list, id)),
      find: (id: string): Promise<ImagePlace> =>
        cache.fetchQuery({ ...placeQuery(list, id), staleTime: UNTIL_TOLD }),
      /** Known from the step that led there: then nobody needs to ask, unless the list it was read from is being asked for anew. */
      set: (id: string, position: number): void => {
        const queryKey = keys.imagePlace(list, id);
        cache.setQueryData<ImagePlace>(queryKey, { position, isListed: true });
        if (cache.isFetching({ queryKey: keys.allImagePages }) > 0)
          void cache.invalidateQueries({ queryKey });
      },
    }),
    [cache, list],
  );
}
