/**
 * Pictures that were decoded or are being decoded, the last few of them: the next image is on the canvas with the key press. They are kept
 * as bitmaps: a browser may forget what it decoded for an element and decode it anew within the frame that draws it; a bitmap stays.
 */

interface Kept {
  readonly promise: Promise<ImageBitmap>;
  /** Set once it can be drawn without waiting. */
  picture?: ImageBitmap;
  /** How many canvases show it: as long as one does, its memory is not given back. */
  holders: number;
}

const keptAtMost = 10;
/** Four bytes each: half a gigabyte, whatever was walked through; the largest photograph that is shown whole, two after it and one before. */
const pixelsAtMost = 128_000_000;
const kept = new Map<string, Kept>();

/** The picture if it can be drawn at once. */
export function peekPicture(url: string): ImageBitmap | undefined {
  return kept.get(url)?.picture;
}

/** Loads and decodes a picture once. `isAhead`: behind whatever a person waits for now. Rejects when it cannot be shown; then it is asked for anew next time. */
export function loadPicture(url: string, isAhead = false): Promise<ImageBitmap> {
  const known = kept.get(url);
  if (known !== undefined) {
    // To the end of the line: what was used last is dropped last.
    kept.delete(url);
    kept.set(url, known);
    return known.promise;
  }
  const entry: Kept = { promise: decode(url, isAhead), holders: 0 };
  kept.set(url, entry);
  entry.promise.then(
    (picture) => {
      entry.picture = picture;
      dropOldest();
    },
    () => kept.delete(url),
  );
  return entry.promise;
}

/** Keeps a picture while it is shown, until the returned function is called. */
export function holdPicture(url: string): () => void {
  const entry = kept.get(url);
  if (entry === undefined) return () => undefined;
  entry.holders += 1;
  return () => {
    entry.holders -= 1;
    dropOldest();
  };
}

/** Off the page's own thread, turned upright by its EXIF orientation. */
async function decode(url: string, isAhead: boolean): Promise<ImageBitmap> {
  const answer = await fetch(url, { priority: isAhead ? 'low' : 'high' });
  if (!answer.ok) throw new Error(`The picture could not be read (${answer.status}).`);
  return createImageBitmap(await answer.blob());
}

function dropOldest(): void {
  const weight = ({ picture }: Kept): number => (picture === undefined ? 0 : picture.width * picture.height);
  let pixels = [...kept.values()].reduce((sum, entry) => sum + weight(entry), 0);
  for (const [url, entry] of kept) {
    if (kept.size <= keptAtMost && pixels <= pixelsAtMost) return;
    if (kept.size === 1 || entry.holders > 0 || entry.picture === undefined) continue;
    kept.delete(url);
    pixels -= weight(entry);
    entry.picture.close();
  }
}
