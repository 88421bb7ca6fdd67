/** Our side of formats.bench.ts, a process of its own so that its memory can be told: reads a data set from disk and writes it again. */
// As the host and the command line begin.
import '../src/main/young-generation.ts';
import type { BoxRecord } from '../src/core/records.ts';
import type { ImportedBox, RecordList } from '../src/formats/format.ts';
import { createImageLookup } from '../src/formats/image-lookup.ts';
import { findFormat } from '../src/formats/list.ts';
import { openFileTree } from '../src/main/host/transfer/folder-tree.ts';
import { spareMemory } from '../src/main/host/transfer/spare-memory.ts';
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
  const value = await spareMemory(work);
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

/** A box as a project has it; its id, which only a fault would name, is drawn when it is asked for. */
class ProjectBox implements BoxRecord {
  readonly #number: number;
  readonly imageId: string;
  readonly classId: string;
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
  readonly source = 'import';
  readonly modelId = null;
  readonly score: number | null;
  readonly attributes: BoxRecord['attributes'];
  readonly head: BoxRecord['head'];
  readonly tail: BoxRecord['tail'];

  constructor(number: number, box: ImportedBox) {
    this.#number = number;
    this.imageId = box.imageId;
    this.classId = box.className;
    this.x = box.x;
    this.y = box.y;
    this.w = box.w;
    this.h = box.h;
    this.score = box.score;
    this.attributes = box.attributes;
    this.head = box.head;
    this.tail = box.tail;
  }

  get id(): string {
    return String(this.#number);
  }
}

/** What was read, as a project would hand it to an export. */
const boxes: RecordList<BoxRecord> = {
  length: records.boxList.length,
  at: (i) => {
    const box = records.boxList.at(i);
    if (box === undefined) return undefined;
    return new ProjectBox(i, box);
  },
  *[Symbol.iterator]() {
    for (let i = 0; i < this.length; i++) yield this.at(i) as BoxRecord;
  },
};

const write = await time(async () => {
  // The project's own images, which an import marks; they are its, not the format's, and there is one of each.
  for (const { imageId, state, split } of records.imageList) {
    const place = Number(imageId.slice('image-'.length));
    const image = images[place];
    if (image === undefined) throw new Error(`There is no image “${imageId}”.`);
    if (image.state !== state || image.split !== split)
      images[place] = { ...image, state: state ?? 'unseen', split };
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
    images,
    boxes,
    nowMs: 0,
  });
  // As the studio's export does it: into a folder of its own first, then moved into place.
  await writeFilesTogether(target, result.files, new AbortController().signal, () => undefined);
});

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
