/** Reads a VIAME file of many one-frame tracks that is made while it is read: `node many-tracks.ts COUNT`. Prints what came over as JSON. */
import type { SourceFile } from '../../src/formats/format.ts';
import { createImageLookup } from '../../src/formats/image-lookup.ts';
import { viameFormat } from '../../src/formats/viame.format.ts';

const count = Number(process.argv[2]);
const images = 400;
const line = (n: number): string =>
  `${n},${n % images}.jpg,${n % images},${n % 500},7,${20 + (n % 500)},40,0.9,-1,${n % 2 === 0 ? 'cod' : 'hake'},0.9\n`;
const encoder = new TextEncoder();
const file: SourceFile = {
  path: 'tracks.csv',
  bytes: async () => {
    let text = '';
    for (let n = 0; n < count; n += 1) text += line(n);
    return encoder.encode(text);
  },
  stream: async function* () {
    for (let n = 0; n < count; n += 1) yield encoder.encode(line(n));
  },
};
const lookup = createImageLookup(
  Array.from({ length: images }, (_, i) => ({
    ...{ id: `i${i}`, path: `${i}.jpg`, widthPx: 640, heightPx: 480, rawWidthPx: 640, rawHeightPx: 480 },
    orientation: 1,
  })),
);
const tree = {
  list: async function* () {
    yield file;
  },
};
const { boxes, report } = await viameFormat.read(tree, lookup);
console.log(JSON.stringify({ boxes: boxes.length, skipped: report.skipped.length }));
