/** Small photographs drawn for tests, with colours that can be looked up in the features of the tiny backbone. */
import path from 'node:path';
import sharp from 'sharp';
import type { EngineImage } from '../../src/engine/messages.ts';

/** Left half red (or of another colour), right half blue: tells a mirror image, a turned picture and swapped colours apart. */
export async function drawHalves(
  folder: string,
  name: string,
  widthPx = 64,
  heightPx = 64,
  leftColor = { r: 200, g: 0, b: 0 },
): Promise<EngineImage> {
  const file = path.join(folder, name);
  const left = Math.floor(widthPx / 2);
  await sharp({
    create: { width: widthPx, height: heightPx, channels: 3, background: leftColor },
  })
    .composite([
      {
        input: {
          create: {
            width: widthPx - left,
            height: heightPx,
            channels: 3,
            background: { r: 0, g: 0, b: 100 },
          },
        },
        left,
        top: 0,
      },
    ])
    .toFile(file);
  return { id: name, file, hash: `hash-${name}`, widthPx, heightPx };
}

/** `count` JPEGs of one grey each, `drawn-000.jpg` on. */
export async function drawMany(folder: string, count: number, sizePx = 256): Promise<EngineImage[]> {
  return await Promise.all(
    Array.from({ length: count }, async (_, i) => {
      const name = `drawn-${String(i).padStart(3, '0')}.jpg`;
      const file = path.join(folder, name);
      const grey = i % 256;
      await sharp({
        create: { width: sizePx, height: sizePx, channels: 3, background: { r: grey, g: grey, b: grey } },
      })
        .jpeg()
        .toFile(file);
      return { id: name, file, hash: `hash-${i}`, widthPx: sizePx, heightPx: sizePx };
    }),
  );
}
