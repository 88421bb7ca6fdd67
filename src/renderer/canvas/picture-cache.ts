/** Pictures that were decoded or are being decoded, the last few of them: the next image is on the canvas with the key press. */

interface Kept {
  readonly promise: Promise<HTMLImageElement>;
  /** Set once it can be drawn without waiting. */
  picture?: HTMLImageElement;
}

const keptAtMost = 10;
/** Four bytes each: half a gigabyte, whatever was walked through. */
const pixelsAtMost = 128_000_000;
const kept = new Map<string, Kept>();

/** The picture if it can be drawn at once. */
export function peekPicture(url: string): HTMLImageElement | undefined {
  return kept.get(url)?.picture;
}

/** Loads and decodes a picture once. `isAhead`: behind whatever a person waits for now. Rejects when it cannot be shown; then it is asked for anew next time. */
export function loadPicture(url: string, isAhead = false): Promise<HTMLImageElement> {
  const known = kept.get(url);
  if (known !== undefined) {
    // To the end of the line: what was used last is dropped last.
    kept.delete(url);
    kept.set(url, known);
    return known.promise;
  }
  const picture = new Image();
  if (isAhead) picture.fetchPriority = 'low';
  picture.src = url;
  const entry: Kept = { promise: picture.decode().then(() => picture) };
  kept.set(url, entry);
  entry.promise.then(
    () => {
      entry.picture = picture;
      dropOldest();
    },
    () => kept.delete(url),
  );
  return entry.promise;
}

function dropOldest(): void {
  const weight = ({ picture }: Kept): number =>
    picture === undefined ? 0 : picture.naturalWidth * picture.naturalHeight;
  let pixels = [...kept.values()].reduce((sum, entry) => sum + weight(entry), 0);
  for (const [url, entry] of kept) {
    const isOver = kept.size > keptAtMost || pixels > pixelsAtMost;
    if (!isOver || kept.size === 1) return;
    kept.delete(url);
    pixels -= weight(entry);
  }
}
