/** One side of `canvas-giant`, a process of its own so that its memory is its own: `tiles FILE FOLDER SIDE` or `whole FILE`. Prints what it took. */
import { setTimeout as sleep } from 'node:timers/promises';
import sharp from 'sharp';
import { createTiles } from '../src/main/host/tiles.ts';

const [kind = '', file = '', folder = '', side = '0'] = process.argv.slice(2);
// The library's own memory comes with its first picture, whatever its size.
await sharp({ create: { width: 64, height: 64, channels: 3, background: '#808080' } })
  .jpeg()
  .toBuffer();
const beforeKib = process.resourceUsage().maxRSS;
const started = performance.now();
if (kind === 'tiles') {
  const [widthPx, heightPx] = [Number(side), Number(side)];
  await createTiles().ensure(folder, { file, hash: 'giant', widthPx, heightPx }, { level: 0, x: 0, y: 0 });
} else {
  const { data } = await sharp(file).raw().toBuffer({ resolveWithObject: true });
  // Held while the peak is read.
  await sleep(1);
  if (data.length === 0) throw new Error('nothing was decoded');
}
const elapsedMs = performance.now() - started;
const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
const workMs = (userCPUTime + systemCPUTime) / 1000;
console.log(JSON.stringify({ elapsedMs, workMs, peakMib: (maxRSS - beforeKib) / 1024 }));
