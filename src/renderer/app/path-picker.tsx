/** Asks for a folder or file on the host's disk: the system's own dialog on the desktop, ours in a browser. */
import { Button, Modal, TextInput } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import type { FolderListing } from '../../contract/schemas.ts';
import { readError } from '../api/errors.ts';
import { useFolder } from '../api/queries.ts';
import { formatCount } from '../ui/format-numbers.ts';
import { IconButton } from '../ui/icon-button.tsx';
import { Icon, type IconName } from '../ui/icons.tsx';
import { t } from '../ui/messages.ts';
import { EmptyState, ErrorNote, Waiting } from '../ui/notes.tsx';
import { nativeExtras } from './native.ts';
import styles from './path-picker.module.css';

export interface PathQuestion {
  readonly title: string;
  /** What may be chosen: a folder, or a folder and also a file. */
  readonly kind: 'folder' | 'file-or-folder' | 'project';
  readonly onPick: (path: string) => void;
}

/** Gives `ask` and the element that must be drawn. */
export function usePathPicker(): { ask: (question: PathQuestion) => void; dialog: ReactElement | null } {
  const [question, setQuestion] = useState<PathQuestion | null>(null);
  const ask = (next: PathQuestion): void => {
    const native = nativeExtras();
    if (native === undefined || next.kind === 'file-or-folder') {
      setQuestion(next);
      return;
    }
    void native.pickFolder(next.title).then((path) => {
      if (path !== null) next.onPick(path);
    });
  };
  return {
    ask,
    dialog: question === null ? null : <PathDialog question={question} onClose={() => setQuestion(null)} />,
  };
}

function PathDialog({ question, onClose }: { question: PathQuestion; onClose: () => void }): ReactElement {
  const [path, setPath] = useState<string | null>(null);
  // Null until a person types or goes somewhere: what is typed stays, even when the first listing comes late.
  const [typed, setTyped] = useState<string | null>(null);
  const [file, setFile] = useState<string | null>(null);
  const folder = useFolder(path, true);
  const field = typed ?? folder.data?.path ?? '';
  const go = (next: string): void => {
    setFile(null);
    setTyped(next);
    setPath(next);
  };
  const chosen = file ?? folder.data?.path ?? null;
  const finish = (value: string | null): void => {
    if (value === null) return;
    onClose();
    question.onPick(value);
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={question.title}
      size={640}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <form
        className={styles.path}
        onSubmit={(event) => {
          event.preventDefault();
          go(field);
        }}
      >
        <IconButton
          icon="up"
          label={t('folder.up')}
          disabled={folder.data?.parent === null}
          onClick={() => {
            if (folder.data !== undefined && folder.data.parent !== null) go(folder.data.parent);
          }}
        />
        <TextInput
          className={styles.field ?? ''}
          aria-label={t('folder.path')}
          value={field}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <Button type="submit" variant="default">
          {t('folder.go')}
        </Button>
      </form>
      <div className={styles.list}>
        {folder.isError ? <ErrorNote error={readError(folder.error)} /> : null}
        {folder.isPending ? <Waiting label={t('action.loading')} /> : null}
        {folder.data === undefined || folder.isError ? null : (
          <FolderEntries
            listing={folder.data}
            question={question}
            file={file}
            onOpen={go}
            onFile={setFile}
            onPick={finish}
          />
        )}
      </div>
      <div className={styles.foot}>
        <span>{folder.data === undefined ? '' : t('folder.images', { n: folder.data.images })}</span>
        <Button variant="default" onClick={onClose}>
          {t('action.cancel')}
        </Button>
        <Button disabled={chosen === null} onClick={() => finish(chosen)}>
          {file === null ? t('folder.choose') : t('folder.chooseFile')}
        </Button>
      </div>
    </Modal>
  );
}

const icons: Readonly<Record<FolderListing['entries'][number]['kind'], IconName>> = {
  folder: 'folder',
  project: 'fish',
  image: 'image',
  file: 'file',
};
const shownEntries = 400;

function FolderEntries(props: {
  listing: FolderListing;
  question: PathQuestion;
  file: string | null;
  onOpen: (path: string) => void;
  onFile: (path: string) => void;
  onPick: (path: string) => void;
}): ReactElement {
  const { listing, question, file, onOpen, onFile, onPick } = props;
  if (listing.entries.length === 0)
    return <EmptyState icon="folder" title={t('folder.empty')} text={t('folder.emptyText')} />;
  return (
    <ul>
      {listing.entries.slice(0, shownEntries).map((entry) => {
        const isChoice =
          entry.kind === 'folder' || entry.kind === 'project' || question.kind === 'file-or-folder';
        const act = (): void => {
          if (entry.kind === 'project' && question.kind === 'project') onPick(entry.path);
          else if (entry.kind === 'folder' || entry.kind === 'project') onOpen(entry.path);
          else onFile(entry.path);
        };
        return (
          <li key={entry.path}>
            <button
              type="button"
              disabled={!isChoice}
              onClick={act}
              aria-pressed={entry.path === file}
              data-kind={entry.kind}
            >
              <Icon name={icons[entry.kind]} />
              <span>{entry.name}</span>
            </button>
          </li>
        );
      })}
      {listing.entries.length > shownEntries ? (
        <li className={styles.more}>
          {t('folder.more', { n: formatCount(listing.entries.length - shownEntries) })}
        </li>
      ) : null}
    </ul>
  );
}
