/** Our side of formats.bench.ts, a process of its own so that its memory can be told: reads a data set from disk and writes it again. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createImageLookup } from '../src/formats/image-lookup.ts';
import { findFormat } from '../src/formats/list.ts';
import { openFileTree } from '../src/main/host/transfer/folder-tree.ts';
import { writeFilesTogether } from '../src/main/host/transfer/write-together.ts';
import { drawImages } from './formats-data.ts';

const [source = '', id = '', target = '', count = '0'] = process.argv.slice(2);
const format = findFormat(id);
if (format === undefined) throw new Error(`There is no format “${id}”.`);
const images = drawImages(Number(count));
let began = performance.now();
const records = await format.read(await openFileTree(source), createImageLookup(images));
const readS = (performance.now() - began) / 1000;
began = performance.now();
const states = new Map(records.images.map(({ imageId, state, split }) => [imageId, { state, split }]));
const result = format.write({
  projectName: 'Bench',
  classes: records.classes.map(({ name, position }) => ({
    id: name,
    name,
    color: '#336699',
    key: null,
    scientificName: null,
    position,
  })),
  images: images.map((image) => ({
    ...image,
    state: states.get(image.id)?.state ?? 'unseen',
    split: states.get(image.id)?.split ?? null,
  })),
  boxes: records.boxes.map((box, i) => ({
    ...box,
    id: String(i),
    classId: box.className,
    source: 'import',
    modelId: null,
  })),
  nowMs: 0,
});
// The studio's own way of writing would make each of 100,000 files durable; the peer does not, so neither do we here.
if (process.env.CATCHLIGHT_BENCH_DURABLE === '1')
  await writeFilesTogether(target, result.files, new AbortController().signal, () => undefined);
else
  for await (const file of result.files) {
    const place = path.join(target, ...file.path.split('/'));
    mkdirSync(path.dirname(place), { recursive: true });
    writeFileSync(place, file.bytes);
  }
const writeS = (performance.now() - began) / 1000;
const peakMiB = process.resourceUsage().maxRSS / 1024;
console.log(JSON.stringify({ boxes: records.report.boxes, readS, writeS, peakMiB }));
