/** What the window asks of the host about reviewing and learning again, as hooks on the one cache. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { QueueOrder } from '../../contract/host-api.ts';
import type { ReviewFilter } from '../../core/review-queue.ts';
import { api } from './client.ts';
import { keys } from './keys.ts';

export const useReviewQueue = (order: QueueOrder, minScore: number, filter: ReviewFilter, enabled = true) =>
  useQuery({
    queryKey: keys.queue(order, minScore, filter),
    queryFn: () => api.reviewQueue.query({ order, minScore, filter, limit: 200 }),
    enabled,
    placeholderData: keepPreviousData,
  });
/** The next photograph of the random share. */
export const useReviewDraw = (minScore: number) =>
  useQuery({
    queryKey: keys.reviewDraw(minScore),
    queryFn: () => api.reviewDraw.query({ minScore }),
    placeholderData: keepPreviousData,
  });
/** What the answers so far say of all suggestions. */
export const useReviewState = (minScore: number) =>
  useQuery({
    queryKey: keys.reviewState(minScore),
    queryFn: () => api.reviewState.query({ minScore }),
    placeholderData: keepPreviousData,
  });
export const useKeepLearning = () =>
  useQuery({ queryKey: keys.keepLearning, queryFn: () => api.keepLearning.query() });
