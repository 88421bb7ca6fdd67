/** What happens when a folder or file is dropped on the window: it is asked what it shall be. Dropped pictures never replace the page. */
import { Button, Modal } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type ReactElement, useEffect, useState } from 'react';
import type { ProjectSummary } from '../../contract/schemas.ts';
import { api } from '../api/client.ts';
import { readError } from '../api/errors.ts';
import { takeProject } from '../api/events.ts';
import { useAction, useProject } from '../api/queries.ts';
import layout from '../ui/layout.module.css';
import { t } from '../ui/messages.ts';
import { ErrorNote } from '../ui/notes.tsx';
import { announce } from './announcer.tsx';
import { nativeExtras } from './native.ts';
import { goTo } from './route.ts';

interface Dropped {
  readonly path: string;
  readonly isFolder: boolean;
}

/** The first dropped entry: its path where the window may know it, else its name alone. Null when no file was dropped. */
function readDrop(data: DataTransfer | null): Dropped | { readonly name: string } | null {
  const item = [...(data?.items ?? [])].find(({ kind }) => kind === 'file');
  const file = item?.getAsFile();
  if (item === undefined || file === null || file === undefined) return null;
  const path = nativeExtras()?.pathOf(file) ?? '';
  if (path === '') return { name: file.name };
  return { path, isFolder: item.webkitGetAsEntry()?.isDirectory === true };
}

export function DropTarget(): ReactElement | null {
  const [dropped, setDropped] = useState<Dropped | null>(null);
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
      if ('path' in found) setDropped(found);
      else announce(t('drop.pathUnknown', { name: found.name }), 'folder');
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
  const bring = useAction(
    () => api.startImport.mutate({ path: dropped.path }),
    () => {
      onClose();
      goTo('export');
    },
  );
  const isProject = dropped.isFolder && dropped.path.endsWith('.catchlight');
  const fault = create.error ?? open.error ?? bring.error;
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
        {isProject ? (
          <Button loading={open.isPending} onClick={() => open.mutate(undefined)}>
            {t('welcome.project')}
          </Button>
        ) : dropped.isFolder ? (
          <Button loading={create.isPending} onClick={() => create.mutate(undefined)}>
            {t('drop.create')}
          </Button>
        ) : null}
        {project === null || isProject ? null : (
          <Button variant="default" loading={bring.isPending} onClick={() => bring.mutate(undefined)}>
            {t('drop.import', { name: project.name })}
          </Button>
        )}
        <Button variant="subtle" color="gray" onClick={onClose}>
          {t('action.cancel')}
        </Button>
      </div>
    </Modal>
  );
}
