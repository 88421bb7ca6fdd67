/** Draws a photograph of any size with a mark of its own colour in each corner, piece by piece. */
import sharp from 'sharp';

/** Side of the marks, pixels. */
export const cornerSidePx = 200;

export interface Corner {
  readonly x: number;
  readonly y: number;
  readonly colour: readonly [number, number, number];
}

/** The marks, exactly in the corners. */
export function cornersOf(sidePx: number): readonly Corner[] {
  const far = sidePx - cornerSidePx;
  return [
    { x: 0, y: 0, colour: [220, 30, 30] },
    { x: far, y: 0, colour: [30, 60, 220] },
    { x: 0, y: far, colour: [230, 210, 40] },
    { x: far, y: far, colour: [240, 240, 240] },
  ];
}

/** Writes a square JPEG of a sea with a swell, so that no two tiles are the same. */
export async function drawGiant(file: string, sidePx: number): Promise<void> {
  const waves = `<svg width="500" height="500"><defs><linearGradient id="g" x2="1" y2="1"><stop offset="0" stop-color="#1f5060"/><stop offset="1" stop-color="#4f8090"/></linearGradient></defs><rect width="500" height="500" fill="url(#g)"/><path d="M0 180 Q125 120 250 180 T500 180" stroke="#8fb0b8" stroke-width="9" fill="none"/></svg>`;
  const piece = await sharp(Buffer.from(waves)).png().toBuffer();
  const marks = await Promise.all(
    cornersOf(sidePx).map(async ({ x, y, colour: [r, g, b] }) => ({
      left: x,
      top: y,
      input: await sharp({
        create: { width: cornerSidePx, height: cornerSidePx, channels: 3, background: { r, g, b } },
      })
        .png()
        .toBuffer(),
    })),
  );
  await sharp({ create: { width: sidePx, height: sidePx, channels: 3, background: '#1f5060' } })
    .composite([{ input: piece, tile: true }, ...marks])
    .jpeg({ quality: 92, chromaSubsampling: '4:4:4' })
    .toFile(file);
}
