/** Large photographs over HTTP: cut once, upright, and the same picture as the photograph. */
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lastLevel, tileBox, tileSidePx } from '../../src/core/tiles.ts';
import { makeProject, startTestHost, type TestHost } from '../helpers/test-host.ts';

describe('tiles of a large photograph', () => {
  let test: TestHost;
  let id = '';
  let address = '';
  /** Upright: the file lies on its side. */
  const size = { widthPx: 1100, heightPx: 9000 };

  beforeAll(async () => {
    test = await startTestHost({ images: 1 });
    const marks = await Promise.all(
      [
        { left: 200, top: 700, color: '#ff0000' },
        { left: 8500, top: 100, color: '#0000ff' },
      ].map(async ({ color, ...place }) => ({
        ...place,
        input: await sharp({ create: { width: 300, height: 200, channels: 3, background: color } })
          .png()
          .toBuffer(),
      })),
    );
    await sharp({ create: { width: 9000, height: 1100, channels: 3, background: '#208040' } })
      .composite(marks)
      .withMetadata({ orientation: 6 })
      .jpeg({ quality: 95 })
      .toFile(path.join(test.imagesDir, 'a_large.jpg'));
    const { imageIds } = await makeProject(test);
    id = imageIds[0] ?? '';
    ({ address } = await test.host.listen({ port: 0 }));
  });
  afterAll(async () => {
    await test?.[Symbol.asyncDispose]();
  });

  const ask = (where: string): Promise<Response> =>
    fetch(`${address}/images/${where}`, { headers: { 'x-catchlight-token': test.host.token } });
  const tile = async (level: number, x: number, y: number): Promise<Buffer> =>
    Buffer.from(await (await ask(`${id}/tiles/${level}/${x}/${y}`)).arrayBuffer());

  it('show the photograph upright, as its thumbnail does, at every level', async () => {
    for (const level of [0, 2, lastLevel(size)]) {
      const side = tileSidePx * 2 ** level;
      const columns = Math.ceil(size.widthPx / side);
      const rows = Math.ceil(size.heightPx / side);
      for (const [x, y] of [
        [0, 0],
        [columns - 1, rows - 1],
      ] as const) {
        const { data, info } = await sharp(await tile(level, x, y))
          .raw()
          .toBuffer({ resolveWithObject: true });
        const box = tileBox(size, { level, x, y });
        const small = await sharp(path.join(test.imagesDir, 'a_large.jpg'))
          .rotate()
          .extract({ left: box.x, top: box.y, width: box.w, height: box.h })
          .resize(info.width, info.height, { fit: 'fill' })
          .raw()
          .toBuffer();
        expect([info.width, info.height]).toEqual([
          Math.ceil(box.w / 2 ** level),
          Math.ceil(box.h / 2 ** level),
        ]);
        const difference = data.reduce((sum, value, i) => sum + Math.abs(value - (small[i] ?? 0)), 0);
        expect(difference / data.length).toBeLessThan(3);
      }
    }
  });

  it('are made once, and lie with the project, not with the photographs', async () => {
    const folders = (dir: string): string[] =>
      readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter((name) => /-tiles$/.test(name));
    const project = (await test.api.currentProject())?.path ?? '';
    const [folder = ''] = folders(project);
    const made = statSync(path.join(project, folder)).mtimeMs;
    await Promise.all([tile(0, 0, 0), tile(0, 1, 1), tile(1, 0, 0)]);
    expect(folders(project)).toEqual([folder]);
    expect(statSync(path.join(project, folder)).mtimeMs).toBe(made);
    expect(readdirSync(test.imagesDir).sort()).toEqual(['a_large.jpg', 'img_0.jpg']);
  });

  it('are refused kindly where there are none', async () => {
    const { items } = await test.api.listImages({ filter: { text: 'img_0' }, offset: 0, limit: 1 });
    const small = items[0]?.id ?? '';
    for (const where of [
      `${id}/tiles/0/99/0`,
      `${id}/tiles/99/0/0`,
      `${id}/tiles/0/-1/0`,
      `${id}/tiles/0/1.5/0`,
      `${id}/tiles/0/..%2f..%2fproject.db/0`,
      `${small}/tiles/0/0/0`,
      'nobody/tiles/0/0/0',
    ]) {
      const answer = await ask(where);
      expect([where, answer.status]).toEqual([where, 404]);
    }
  });
});
