/** Reads what was dropped on a browser's window, which tells no paths: the label files go to the host, photographs stay where they are. */
import { t } from '../ui/messages.ts';

interface DroppedFile {
  /** With `/` between folders, beginning with what was dropped. */
  readonly name: string;
  readonly file: File;
}

/** Label folders of a file an image come near this; beyond, a path is the better way. */
const mostFiles = 20_000;
const photograph = /\.(jpe?g|jpe|png|webp|tiff?|bmp|gif|heic)$/i;
const uploadsAtOnce = 4;

/** Everything below an entry but photographs and hidden files. Throws a sentence for a person. */
async function collect(entry: FileSystemEntry, into: DroppedFile[], prefix = ''): Promise<void> {
  const name = `${prefix}${entry.name}`;
  if (entry.name.startsWith('.') || photograph.test(entry.name)) return;
  if (entry.isFile) {
    if (into.length >= mostFiles) throw new Error(t('drop.tooMany', { name, n: mostFiles }));
    const file = await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject),
    );
    into.push({ name, file });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    // It gives a hundred at a time, and none at the end.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return;
    for (const child of some) await collect(child, into, `${name}/`);
  }
}

/** Photographs among the first things in a folder and the folders in it: enough to tell photographs from labels. */
export async function countPhotographs(entry: FileSystemEntry | null, depth = 2): Promise<number> {
  if (entry === null || entry.isFile) return entry !== null && photograph.test(entry.name) ? 1 : 0;
  if (depth === 0) return 0;
  const some = await new Promise<FileSystemEntry[]>((resolve) =>
    (entry as FileSystemDirectoryEntry).createReader().readEntries(resolve, () => resolve([])),
  );
  let count = 0;
  for (const child of some) count += await countPhotographs(child, child.isFile ? depth : depth - 1);
  return count;
}

/** Hands the labels of what was dropped to the host and gives the paths under which it has them, one for each entry that holds any. Throws a sentence for a person, or the host's error. */
export async function uploadDrop(entries: readonly FileSystemEntry[]): Promise<string[]> {
  const files: DroppedFile[] = [];
  for (const entry of entries) await collect(entry, files);
  if (files.length === 0) throw new Error(t('drop.noLabels', { name: nameEntries(entries) }));
  const drop = crypto.randomUUID();
  const paths = new Set<string>();
  const queue = files[Symbol.iterator]();
  const work = async (): Promise<void> => {
    for (const { name, file } of queue) {
      const answer = await fetch(`/drops/${drop}?${new URLSearchParams({ name }).toString()}`, {
        method: 'PUT',
        body: file,
      });
      const said = (await answer.json()) as { path?: string; error?: unknown };
      if (!answer.ok || said.path === undefined) throw said.error ?? new Error(answer.statusText);
      paths.add(said.path);
    }
  };
  await Promise.all(Array.from({ length: uploadsAtOnce }, work));
  return [...paths].sort();
}

/** What was dropped, in a few words. */
export function nameEntries(entries: readonly { readonly name: string }[]): string {
  const names = entries.slice(0, 3).map(({ name }) => name);
  return names.join(', ') + (entries.length > names.length ? ', …' : '');
}
