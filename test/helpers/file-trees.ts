/** File trees for codec tests: from texts in memory, from a folder, from an export. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { ImageRecord } from '../../src/core/records.ts';
import type { ExportResult, FileTree, SourceFile } from '../../src/formats/format.ts';
import { createImageLookup, type ImageLookup } from '../../src/formats/image-lookup.ts';

export function treeOf(files: Readonly<Record<string, string | Uint8Array>>): FileTree {
  const list = Object.entries(files).map(
    ([name, content]): SourceFile => ({
      path: name,
      bytes: () => Promise.resolve(typeof content === 'string' ? new TextEncoder().encode(content) : content),
    }),
  );
  return {
    list: async function* () {
      yield* list;
    },
  };
}

/** All files below a folder, with `/` between folders. */
export function treeOfFolder(dir: string): FileTree {
  return {
    list: async function* () {
      for (const entry of await readdir(dir, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile()) continue;
        const absolute = path.join(entry.parentPath, entry.name);
        yield {
          path: path.relative(dir, absolute).split(path.sep).join('/'),
          bytes: async () => new Uint8Array(await readFile(absolute)),
        };
      }
    },
  };
}

/** What an export wrote, by path. */
export async function drainExport(result: ExportResult): Promise<Record<string, Uint8Array>> {
  const files: Record<string, Uint8Array> = {};
  for await (const { path: name, bytes } of result.files) files[name] = bytes;
  return files;
}

/** An image of a project; id is its path unless told. */
export function makeImage(imagePath: string, part: Partial<ImageRecord> = {}): ImageRecord {
  const widthPx = part.widthPx ?? 640;
  const heightPx = part.heightPx ?? 480;
  return {
    id: imagePath,
    path: imagePath,
    hash: '0'.repeat(64),
    rawWidthPx: widthPx,
    rawHeightPx: heightPx,
    orientation: 1,
    widthPx,
    heightPx,
    capturedAtMs: null,
    group: null,
    split: null,
    state: 'unseen',
    problem: null,
    ...part,
  };
}

export function lookupOf(...images: (string | ImageRecord)[]): ImageLookup {
  return createImageLookup(images.map((image) => (typeof image === 'string' ? makeImage(image) : image)));
}
