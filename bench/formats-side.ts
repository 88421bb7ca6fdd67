/** Our side of formats.bench.ts, a process of its own so that its memory can be told: reads a data set from disk and writes it again. */
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import path from 'node:path';
import type { BoxRecord, ImageRecord } from '../src/core/records.ts';
import type { OutputFile, RecordList } from '../src/formats/format.ts';
import { createImageLookup } from '../src/formats/image-lookup.ts';
import { findFormat } from '../src/formats/list.ts';
import { openFileTree } from '../src/main/host/transfer/folder-tree.ts';
import { writeFilesTogether } from '../src/main/host/transfer/write-together.ts';
import { drawImages } from './formats-data.ts';

const [source = '', id = '', target = '', count = '0'] = process.argv.slice(2);
const format = findFormat(id);
if (format === undefined) throw new Error(`There is no format “${id}”.`);
const images = drawImages(Number(count));
/** Seconds on the clock and of the processor, all threads together, that `work` takes. */
async function time<T>(work: () => Promise<T>): Promise<{ value: T; s: number; cpuS: number }> {
  const began = performance.now();
  const before = process.cpuUsage();
  const value = await work();
  const { user, system } = process.cpuUsage(before);
  return { value, s: (performance.now() - began) / 1000, cpuS: (user + system) / 1e6 };
}

const read = await time(async () => {
  const records = await format.read(await openFileTree(source), createImageLookup(images));
  // Every box is drawn once, as the peer's annotations are.
  let boxes = 0;
  for (const { w, h } of records.boxList) if (w > 0 && h > 0) boxes++;
  return { records, boxes };
});
const { records } = read.value;

/** What was read, as a project would hand it to an export. */
const boxes: RecordList<BoxRecord> = {
  length: records.boxList.length,
  at: (i) => {
    const box = records.boxList.at(i);
    return box === undefined
      ? undefined
      : { ...box, id: String(i), classId: box.className, source: 'import', modelId: null };
  },
  *[Symbol.iterator]() {
    for (let i = 0; i < this.length; i++) yield this.at(i) as BoxRecord;
  },
};

const write = await time(async () => {
  // The project's own images, which an import marks; they are its, not the format's.
  const marked: ImageRecord[] = [...images];
  for (const { imageId, state, split } of records.imageList) {
    const place = Number(imageId.slice('image-'.length));
    const image = marked[place];
    if (image === undefined) throw new Error(`There is no image “${imageId}”.`);
    if (image.state !== state || image.split !== split)
      marked[place] = { ...image, state: state ?? 'unseen', split };
  }
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
    images: marked,
    boxes,
    nowMs: 0,
  });
  // The studio's own way of writing would make each of 100,000 files durable; the peer does not, so neither do we here.
  if (process.env.CATCHLIGHT_BENCH_DURABLE === '1')
    await writeFilesTogether(target, result.files, new AbortController().signal, () => undefined);
  else await writeFiles(result.files);
});

async function writeFiles(files: AsyncIterable<OutputFile>): Promise<void> {
  let folder = '';
  for await (const file of files) {
    const place = path.join(target, file.path);
    if (path.dirname(place) !== folder) {
      folder = path.dirname(place);
      mkdirSync(folder, { recursive: true });
    }
    const fd = openSync(place, 'w');
    for (const piece of file.pieces?.() ?? [file.bytes]) writeSync(fd, piece);
    closeSync(fd);
  }
}

const peakMiB = process.resourceUsage().maxRSS / 1024;
console.log(
  JSON.stringify({
    boxes: read.value.boxes,
    readS: read.s,
    readCpuS: read.cpuS,
    writeS: write.s,
    writeCpuS: write.cpuS,
    peakMiB,
  }),
);
