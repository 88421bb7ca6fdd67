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
import { announce, announceError } from './announcer.tsx';
import { nativeExtras } from './native.ts';
import { goTo } from './route.ts';
import { uploadDrop } from './upload-drop.ts';

interface Dropped {
  readonly path: string;
  readonly isFolder: boolean;
}

/** The first dropped entry: its path where the window may know it, else the entry itself. Null when no file was dropped. */
function readDrop(data: DataTransfer | null): Dropped | FileSystemEntry | null {
  const item = [...(data?.items ?? [])].find(({ kind }) => kind === 'file');
  const file = item?.getAsFile();
  if (item === undefined || file === null || file === undefined) return null;
  const entry = item.webkitGetAsEntry();
  const path = nativeExtras()?.pathOf(file) ?? '';
  return path === '' ? entry : { path, isFolder: entry?.isDirectory === true };
}

/** What an import would do is shown before anything is written. */
const showImport = (path: string): void =>
  goTo('export', null, { query: new URLSearchParams({ do: 'import', source: path }).toString() });

export function DropTarget(): ReactElement | null {
  const [dropped, setDropped] = useState<Dropped | null>(null);
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
      if (found === null) return;
      if ('path' in found) {
        if (isOpen.current && !found.isFolder) showImport(found.path);
        else setDropped(found);
        return;
      }
      if (!isOpen.current) {
        announce(t('drop.noProject'), 'folder');
        return;
      }
      announce(t('drop.reading', { name: found.name }), 'import');
      uploadDrop(found).then(showImport, (error: unknown) => announceError(readError(error)));
    };
    window.addEventListener('dragover', over);
    window.addEventListener('drop', drop);
    return () => {
      window.removeEventListener('dragover', over);
      window.removeEventListener('drop', drop);
    };
  }, []);
  return dropped === null ? null : <DropDialog dropped={dropped} onClose={() => setDropped(null)} />;
}

function DropDialog({ dropped, onClose }: { dropped: Dropped; onClose: () => void }): ReactElement {
  const cache = useQueryClient();
  const project = useProject().data ?? null;
  const enter = (opened: ProjectSummary): void => {
    takeProject(cache, opened);
    onClose();
    goTo('annotate');
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
      title={t(dropped.isFolder ? 'drop.folder' : 'drop.file')}
      size={560}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <p>{dropped.path}</p>
      {fault === null ? null : <ErrorNote error={readError(fault)} />}
      {!dropped.isFolder && project === null ? <p className={layout.dim}>{t('drop.noProject')}</p> : null}
      <div className={layout.row}>
        {project === null || isProject ? null : (
          <Button
            onClick={() => {
              onClose();
              showImport(dropped.path);
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
            {t('drop.create')}
          </Button>
        ) : null}
        <Button variant="subtle" color="gray" onClick={onClose}>
          {t('action.cancel')}
        </Button>
      </div>
    </Modal>
  );
}
