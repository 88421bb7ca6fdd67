/** The view of the image list as the address has it; and coming back to the place, as it was left in this project. */
import { useCallback, useEffect, useMemo, useRef } from 'react';
import { goTo, useRoute } from '../../app/route.ts';
import { formatListView, type ListView, parseListView } from './list-view.ts';

interface LeftAt {
  readonly query: string;
  readonly imageId: string | null;
}

const nameOf = (projectPath: string): string => `catchlight-list:${projectPath}`;

function readLeft(projectPath: string): LeftAt | null {
  try {
    const left: unknown = JSON.parse(localStorage.getItem(nameOf(projectPath)) ?? 'null');
    if (typeof left !== 'object' || left === null || !('query' in left) || !('imageId' in left)) return null;
    const { query, imageId } = left;
    if (typeof query !== 'string' || !(typeof imageId === 'string' || imageId === null)) return null;
    return { query, imageId };
  } catch {
    // Damaged, or a browser that keeps nothing: the list then begins plain.
    return null;
  }
}

export function useListView(
  projectPath: string,
  imageId: string | null,
): readonly [ListView, (view: ListView) => void] {
  const { query } = useRoute();
  const view = useMemo(() => parseListView(query), [query]);
  useEffect(() => {
    if (imageId !== null || query !== '') return;
    const left = readLeft(projectPath);
    if (left !== null && (left.query !== '' || left.imageId !== null))
      goTo('annotate', left.imageId, { replace: true, query: left.query });
  }, [projectPath, imageId, query]);
  useEffect(() => {
    if (imageId === null) return;
    try {
      localStorage.setItem(nameOf(projectPath), JSON.stringify({ query, imageId } satisfies LeftAt));
    } catch {
      // A browser that keeps nothing.
    }
  }, [projectPath, imageId, query]);
  const latestId = useRef(imageId);
  latestId.current = imageId;
  const setView = useCallback(
    (next: ListView) => goTo('annotate', latestId.current, { replace: true, query: formatListView(next) }),
    [],
  );
  return [view, setView];
}
