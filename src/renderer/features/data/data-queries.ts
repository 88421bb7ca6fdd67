/** What the Data place asks of the host. Keys lie under `images`, so that every saved gesture freshens them. */
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query';
import type { SplitRequest } from '../../../core/audit/split-plan.ts';
import type { Gesture } from '../../../core/diffs.ts';
import { api } from '../../api/client.ts';
import { readError } from '../../api/errors.ts';
import { keys } from '../../api/keys.ts';
import { announce, announceError } from '../../app/announcer.tsx';
import { newId } from '../../app/label-session.ts';
import { useLabelSession } from '../../app/label-session-provider.tsx';
import { hostSentence } from '../../ui/host-words.ts';

/** More photographs of a group than a person looks through. */
export const membersAtMost = 5000;

export const useAudit = () => useQuery({ queryKey: keys.audit, queryFn: () => api.audit.query() });
export const useGap = () => useQuery({ queryKey: keys.gap, queryFn: () => api.gap.query() });
export const useOverview = () =>
  useQuery({
    queryKey: [...keys.allImages, 'data', 'overview'],
    queryFn: () => api.dataOverview.query(),
    placeholderData: keepPreviousData,
  });
export const useMembers = (group: string | null | undefined) =>
  useQuery({
    queryKey: [...keys.allImages, 'data', 'members', group],
    queryFn: () => api.listMembers.query({ group: group ?? null, offset: 0, limit: membersAtMost }),
    enabled: group !== undefined,
    placeholderData: keepPreviousData,
  });
export const useMembersById = (imageIds: readonly string[]) =>
  useQuery({
    queryKey: [...keys.allImages, 'data', 'by-id', imageIds],
    queryFn: () => api.findMembers.query({ imageIds: [...imageIds] }),
    enabled: imageIds.length > 0,
    placeholderData: keepPreviousData,
  });
export const useColumns = () =>
  useQuery({
    queryKey: [...keys.allImages, 'data', 'columns'],
    queryFn: () => api.metadataColumns.query(),
  });
/** What a table holds, with the column of file names that a person chose or that was found. */
export const useTable = (file: string | null, nameColumn: string | null) =>
  useQuery({
    queryKey: [...keys.allImages, 'data', 'table', file, nameColumn],
    queryFn: () => api.readMetadata.query({ file: file ?? '', ...(nameColumn !== null && { nameColumn }) }),
    enabled: file !== null,
    placeholderData: keepPreviousData,
    // The file may have been saved again in between.
    gcTime: 0,
    retry: false,
  });
export const useSplitPreview = (request: SplitRequest) =>
  useQuery({
    queryKey: [...keys.allImages, 'data', 'split', request],
    queryFn: () => api.previewSplit.query(request),
    placeholderData: keepPreviousData,
    retry: false,
  });

/** Runs a change of the host that is a gesture, and makes it known to this window's history: undo takes it back like any other. */
export function useGesture<In>(call: (input: In, gestureId: string) => Promise<Gesture>) {
  const session = useLabelSession();
  return useMutation({
    mutationFn: (input: In) => {
      session?.editor.flush();
      return call(input, newId());
    },
    onSuccess: (gesture) => {
      session?.editor.applyRemote(gesture);
      announce(hostSentence(gesture.label));
    },
    onError: (error) => announceError(readError(error)),
  });
}
