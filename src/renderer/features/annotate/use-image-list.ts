/** Going through the image list: what is shown, where the open image lies in it, and the steps from there. */
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { ImageListItem } from '../../../contract/schemas.ts';
import { api } from '../../api/client.ts';
import { readError } from '../../api/errors.ts';
import { type ImagePages, useImagePages, useImagePlace, usePlaces } from '../../api/image-pages.ts';
import type { ImageListRequest } from '../../api/keys.ts';
import { announce, announceError } from '../../app/announcer.tsx';
import { currentRoute, goTo } from '../../app/route.ts';
import { whenDrawn } from '../../canvas/when-drawn.ts';
import { t } from '../../ui/messages.ts';
import { formatListView, type ListView } from './list-view.ts';

export interface ImageWalk {
  readonly pages: ImagePages;
  /** 0-based place of the current image; -1 while unknown and when the filter leaves it out. */
  readonly index: number;
  /** True when the project has no such image: an old link, or an image of another project. */
  readonly isUnknown: boolean;
  /** Tells which part of the list is in sight, 0-based, both ends included. */
  readonly onRange: (first: number, last: number) => void;
  readonly open: (item: ImageListItem, index: number) => void;
  /** To the image so many places on; says so at the ends. */
  readonly step: (by: number) => void;
  /** To the next image (1) or the one before (-1) that is unseen or labelled. */
  readonly stepUnreviewed: (step: 1 | -1) => void;
  /** To a number of the list, counted from 1 and held within it. */
  readonly jump: (number: number) => void;
}

/** How many images before and after the current one are kept at hand. */
const neighbours = 8;

/** `showImage` brings an image whose records are at hand onto the canvas before anything else is drawn, or answers false. */
export function useImageList(
  view: ListView,
  imageId: string | null,
  showImage: (imageId: string) => boolean,
): ImageWalk {
  const key = formatListView({ ...view, isGrid: false });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the same question must stay the same object, however often the address is read.
  const list = useMemo<ImageListRequest>(() => ({ filter: view.filter, sort: view.sort }), [key]);
  const [range, setRange] = useState<readonly [number, number]>([0, 0]);
  const place = useImagePlace(list, imageId);
  const position = place.data?.position ?? 0;
  const pages = useImagePages(list, [range, [Math.max(0, position - neighbours), position + neighbours]]);
  const places = usePlaces(list);
  const onRange = useCallback((first: number, last: number) => {
    setRange((before) => (before[0] === first && before[1] === last ? before : [first, last]));
  }, []);
  const currentId = useRef(imageId);
  useEffect(() => {
    currentId.current = imageId;
  }, [imageId]);
  const open = useCallback(
    (item: ImageListItem, index: number) => {
      places.set(item.id, index);
      currentId.current = item.id;
      const follow = (): void => {
        const isLeft = currentRoute().place !== 'annotate';
        if (!isLeft && currentId.current === item.id) goTo('annotate', item.id, { replace: true });
      };
      // The photograph comes first; list, address and panels follow when it is on its way to the screen.
      if (showImage(item.id)) whenDrawn(follow);
      else follow();
    },
    [places, showImage],
  );
  // Keys may come faster than pages: steps are taken one after the other, each from where the one before it led.
  const walking = useRef<Promise<void>>(Promise.resolve());
  const underway = useRef(0);
  const latest = useRef(pages);
  latest.current = pages;

  const goToIndex = async (index: number, sense: 1 | -1): Promise<void> => {
    const item = await latest.current.fetchItem(index);
    if (item === undefined) {
      announce(t(sense === 1 ? 'annotate.lastImage' : 'annotate.firstImage'));
      return;
    }
    open(item, index);
  };
  const walk = (work: () => Promise<void>): void => {
    underway.current += 1;
    walking.current = walking.current
      .then(work)
      .catch((error: unknown) => announceError(readError(error)))
      .finally(() => {
        underway.current -= 1;
      });
  };
  /** The step within what is at hand, as the list shows it: nothing is waited for. False when something is missing. */
  const stepAtOnce = (by: number): boolean => {
    const at = currentId.current === null ? undefined : places.peek(currentId.current);
    if (underway.current > 0 || at?.isListed !== true) return false;
    const { itemAt } = latest.current;
    const item = itemAt(at.position + by);
    if (item === undefined || itemAt(at.position)?.id !== currentId.current) return false;
    open(item, at.position + by);
    return true;
  };
  const step = (by: number): void => {
    if (stepAtOnce(by)) return;
    walk(async () => {
      const id = currentId.current;
      if (id === null) return goToIndex(0, 1);
      const at = await places.find(id);
      // An image that the filter leaves out lies between two of the list: the one after it has its place.
      const target = at.isListed || by < 0 ? at.position + by : at.position + by - 1;
      const last = (latest.current.total ?? Number.POSITIVE_INFINITY) - 1;
      const isPast = target < 0 || target > last;
      if (isPast && Math.abs(by) > 1) return goToIndex(Math.min(Math.max(target, 0), last), by < 0 ? -1 : 1);
      return goToIndex(target, by < 0 ? -1 : 1);
    });
  };
  const stepUnreviewed = (sense: 1 | -1): void =>
    walk(async () => {
      const id = currentId.current;
      if (id === null) return goToIndex(0, 1);
      const found = await api.findUnreviewed.query({ id, ...list, step: sense });
      if (found === null) {
        announce(t(sense === 1 ? 'list.noneUnreviewedAfter' : 'list.noneUnreviewedBefore'));
        return;
      }
      open(found.image, found.position);
    });
  const jump = (number: number): void =>
    walk(async () => {
      const last = (latest.current.total ?? 0) - 1;
      if (last >= 0) await goToIndex(Math.min(Math.max(Math.round(number) - 1, 0), last), 1);
    });
  return {
    pages,
    index: place.data?.isListed === true ? place.data.position : -1,
    isUnknown: place.isError && readError(place.error).code === 'image/unknown',
    onRange,
    open,
    step,
    stepUnreviewed,
    jump,
  };
}
