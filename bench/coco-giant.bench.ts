/** A COCO file of about a gigabyte, outlines included as COCO's own have them, read as an import reads it: memory at its peak, against the 500 MB that are promised. */
import { execFileSync } from 'node:child_process';
import { createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { createRandom } from '../src/core/random.ts';
import type { Bench } from './bench.ts';
import { bundleSide } from './bundle-side.ts';

const megabytes = Number(process.env.CATCHLIGHT_BENCH_MB ?? 1000);
const promisedMb = 500;
/** As in COCO 2017: 860,001 annotations on 118,287 photographs in 449 MB, their outlines nearly all of it. */
const annotationsPerImage = 7;
const bytesPerAnnotation = 520;
const imageCount = Math.round((megabytes * 1e6) / (bytesPerAnnotation * annotationsPerImage + 60));
const limitMs = 1_800_000;

const sideSchema = z.object({
  format: z.string(),
  images: z.number(),
  boxes: z.number(),
  cpuS: z.number(),
  peakMb: z.number(),
});

function* drawCoco(): Generator<string> {
  const random = createRandom(11);
  // A hundred outlines again and again: drawing a new one for each takes longer than reading it.
  const outlines = Array.from({ length: 100 }, () =>
    Array.from({ length: 46 + random.int(16) }, () => random.range(10, 700).toFixed(2)).join(','),
  );
  yield '{"info":{},"licenses":[],"images":[';
  for (let i = 0; i < imageCount; i += 1)
    yield `${i === 0 ? '' : ','}{"id":${i + 1},"file_name":"${i}.jpg","width":1280,"height":720}`;
  yield '],"annotations":[';
  for (let n = 0; n < imageCount * annotationsPerImage; n += 1) {
    const [x, y] = [random.range(0, 1000).toFixed(2), random.range(0, 500).toFixed(2)];
    yield `${n === 0 ? '' : ','}{"segmentation":[[${outlines[n % outlines.length]}]],"area":2510.5,"iscrowd":0,"image_id":${1 + Math.floor(n / annotationsPerImage)},"bbox":[${x},${y},80.25,60],"category_id":${1 + (n % 80)},"id":${n + 1}}`;
  }
  const categories = Array.from({ length: 80 }, (_, i) => ({ id: i + 1, name: `species ${i + 1}` }));
  yield `],"categories":${JSON.stringify(categories)}}`;
}

export const cocoGiant: Bench = {
  name: 'coco-giant',
  summary: `memory of reading a COCO file of about ${megabytes} MB, against the ${promisedMb} MB promised`,
  goal: { ratio: 1, better: 'at-least' },
  run: async () => {
    const dir = mkdtempSync(path.join(tmpdir(), 'catchlight-bench-coco-'));
    try {
      const file = path.join(dir, 'instances_train.json');
      await pipeline(Readable.from(drawCoco()), createWriteStream(file));
      const fileMb = statSync(file).size / 1e6;
      const side = await bundleSide(path.join(import.meta.dirname, 'coco-giant-side.ts'), dir);
      const said = execFileSync(process.execPath, [side, file, String(imageCount)], {
        encoding: 'utf8',
        timeout: limitMs,
      });
      const ours = sideSchema.parse(JSON.parse(said));
      const wanted = { format: 'coco', images: imageCount, boxes: imageCount * annotationsPerImage };
      for (const [key, value] of Object.entries(wanted))
        if (ours[key as keyof typeof wanted] !== value)
          throw new Error(`Of ${value} ${key}, ${ours[key as keyof typeof wanted]} were read.`);
      return {
        figures: [
          { label: 'memory at its peak', value: ours.peakMb, unit: 'MB' },
          { label: 'size of the file', value: fileMb, unit: 'MB', note: `${ours.boxes} boxes` },
          { label: 'processor time', value: ours.cpuS, unit: 's' },
        ],
        peer: { label: 'memory promised', value: promisedMb, unit: 'MB' },
        ratio: promisedMb / ours.peakMb,
      };
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  },
};
