/** Files that are drawn piece by piece, since whole they would be larger than anything else in memory. */
import type { OutputFile } from './format.ts';
import { encodeText, joinBytes } from './text.ts';

/** Text of about so many characters makes one piece. */
const PIECE_CHARS = 256 * 1024;

/** A file of the texts that `draw` gives, one after the other. `draw` is called anew each time the file is asked for. */
export function drawInPieces(path: string, draw: () => Iterable<string>): OutputFile {
  const pieces = function* (): Generator<Uint8Array> {
    let waiting: string[] = [];
    let length = 0;
    for (const text of draw()) {
      waiting.push(text);
      length += text.length;
      if (length < PIECE_CHARS) continue;
      yield encodeText(waiting.join(''));
      waiting = [];
      length = 0;
    }
    if (waiting.length > 0) yield encodeText(waiting.join(''));
  };
  return {
    path,
    get bytes() {
      return joinBytes([...pieces()]);
    },
    pieces,
  };
}
