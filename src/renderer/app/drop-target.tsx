/** What happens when a folder or file is dropped on the window: it is asked what it shall be. Dropped pictures never replace the page. */
import { Button, Modal } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type ReactElement, useEffect, useRef, useState } from 'react';
import type { ProjectSummary } from '../../contract/schemas.ts';
import { api } from '../api/client.ts';
import { readError } from '../api/errors.ts';
import { takeProject } from '../api/events.ts';
import { useAction, useProject } from '../api/queries.ts';
import layout from '../ui/layout.module.css';
import { t } from '../ui/messages.ts';
import { ErrorNote } from '../ui/notes.tsx';
import { announce, announceError, announceWhile } from './announcer.tsx';
import { nativeExtras } from './native.ts';
import { goTo } from './route.ts';
import { countPhotographs, nameEntries, uploadDrop } from './upload-drop.ts';

interface Dropped {
  readonly name: string;
  /** Empty where the window may not know it. */
  readonly path: string;
  readonly isFolder: boolean;
  readonly entry: FileSystemEntry | null;
}

/** Paths that the dialog lists. */
const shownPaths = 6;
/** Beyond so many files of one folder, that folder stands for them. */
const mostFiles = 500;

/** Everything that was dropped, in its order. */
function readDrop(data: DataTransfer | null): Dropped[] {
  return [...(data?.items ?? [])].flatMap((item) => {
    const file = item.kind === 'file' ? item.getAsFile() : null;
    if (file === null) return [];
    const entry = item.webkitGetAsEntry();
    const path = nativeExtras()?.pathOf(file) ?? '';
    return [{ name: file.name, path, isFolder: entry?.isDirectory === true, entry }];
  });
}

/** What an import would do is shown before anything is written. */
function showImport(paths: readonly string[]): void {
  const folders = paths.map((path) => path.replace(/[\\/][^\\/]*$/, ''));
  const sources = paths.length > mostFiles ? [...new Set(folders)] : paths;
  const query = new URLSearchParams([['do', 'import'], ...sources.map((source) => ['source', source])]);
  goTo('export', null, { query: query.toString() });
}

export function DropTarget(): ReactElement | null {
  const [dropped, setDropped] = useState<readonly Dropped[]>([]);
  const project = useProject().data ?? null;
  const isOpen = useRef(false);
  isOpen.current = project !== null;
  useEffect(() => {
    const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') === true;
    const over = (event: DragEvent): void => {
      if (hasFiles(event)) event.preventDefault();
    };
    const drop = (event: DragEvent): void => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      const found = readDrop(event.dataTransfer);
      const [first] = found;
      if (first === undefined) return;
      if (first.path !== '') {
        // One folder may be photographs, labels or a project; several things at once are labels, with photographs or without.
        const isSure = isOpen.current && (found.length > 1 || !first.isFolder);
        if (isSure) showImport(found.map(({ path }) => path));
        else setDropped(found);
        return;
      }
      if (!isOpen.current) {
        announce(t('drop.noProject'), 'folder');
        return;
      }
      const entries = found.flatMap(({ entry }) => entry ?? []);
      const upload = uploadDrop(entries);
      announceWhile(upload, t('drop.reading', { name: nameEntries(found) }), 'import');
      upload.then(showImport, (error: unknown) => announceError(readError(error)));
    };
    window.addEventListener('dragover', over);
    window.addEventListener('drop', drop);
    return () => {
      window.removeEventListener('dragover', over);
      window.removeEventListener('drop', drop);
    };
  }, []);
  const chosen = usePhotographs(dropped);
  if (chosen === null) return null;
  return (
    <DropDialog
      dropped={chosen}
      others={dropped.filter((one) => one !== chosen)}
      onClose={() => setDropped([])}
    />
  );
}

/** Of several things, the folder that holds photographs: looked into where there is more than one folder. Null while nothing was dropped. */
function usePhotographs(dropped: readonly Dropped[]): Dropped | null {
  const [found, setFound] = useState<Dropped | null>(null);
  useEffect(() => {
    const folders = dropped.filter(({ isFolder }) => isFolder);
    setFound(folders.length > 1 ? null : (folders[0] ?? dropped[0] ?? null));
    if (folders.length < 2) return undefined;
    let isStale = false;
    void Promise.all(folders.map(async ({ entry }) => countPhotographs(entry))).then((counts) => {
      const most = counts.indexOf(Math.max(...counts));
      if (!isStale) setFound(folders[most] ?? null);
    });
    return () => {
      isStale = true;
    };
  }, [dropped]);
  return found;
}

interface DropDialogProps {
  readonly dropped: Dropped;
  /** What came with it: its labels, to be looked at once the photographs are open. */
  readonly others: readonly Dropped[];
  readonly onClose: () => void;
}

function DropDialog({ dropped, others, onClose }: DropDialogProps): ReactElement {
  const cache = useQueryClient();
  const project = useProject().data ?? null;
  const enter = (opened: ProjectSummary): void => {
    takeProject(cache, opened);
    onClose();
    if (others.length > 0) showImport(others.map(({ path }) => path));
    else goTo('annotate');
  };
  const create = useAction(
    () => api.createProject.mutate({ imagesDir: dropped.path }),
    (made) => enter(made.project),
  );
  const open = useAction(() => api.openProject.mutate({ path: dropped.path }), enter);
  const isProject = dropped.isFolder && dropped.path.endsWith('.catchlight');
  const fault = create.error ?? open.error;
  return (
    <Modal
      opened
      onClose={onClose}
      title={
        others.length > 0
          ? t('drop.several', { n: others.length + 1 })
          : t(dropped.isFolder ? 'drop.folder' : 'drop.file')
      }
      size={560}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      {[dropped, ...others].slice(0, shownPaths).map(({ path }) => (
        <p key={path}>{path}</p>
      ))}
      {others.length < shownPaths ? null : <p>…</p>}
      {fault === null ? null : <ErrorNote error={readError(fault)} />}
      {!dropped.isFolder && project === null ? <p className={layout.dim}>{t('drop.noProject')}</p> : null}
      <div className={layout.row}>
        {project === null || isProject ? null : (
          <Button
            onClick={() => {
              onClose();
              showImport([dropped.path]);
            }}
          >
            {t('drop.import', { name: project.name })}
          </Button>
        )}
        {isProject ? (
          <Button loading={open.isPending} onClick={() => open.mutate(undefined)}>
            {t('welcome.project')}
          </Button>
        ) : dropped.isFolder ? (
          <Button
            variant={project === null ? 'filled' : 'default'}
            loading={create.isPending}
            onClick={() => create.mutate(undefined)}
          >
            {others.length > 0 ? t('drop.createAnd', { name: dropped.name }) : t('drop.create')}
          </Button>
        ) : null}
        <Button variant="subtle" color="gray" onClick={onClose}>
          {t('action.cancel')}
        </Button>
      </div>
    </Modal>
  );
}
