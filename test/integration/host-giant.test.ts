/** A giant photograph from file to label: cut into tiles once by a real host, shown from them, and boxes drawn at its corners where they belong. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Gesture } from '../../src/core/diffs.ts';
import { lastLevel, needsTiles, type Tile, tileBox, tileSidePx } from '../../src/core/tiles.ts';
import { toView } from '../../src/editor/camera.ts';
import { chooseLevel, listTiles } from '../../src/editor/tiles.ts';
import { driveEditor } from '../helpers/editor-driver.ts';
import { cornerSidePx, cornersOf, drawGiant } from '../helpers/giant-photograph.ts';
import { makeProject, startTestHost, type TestHost } from '../helpers/test-host.ts';

/** CATCHLIGHT_GIANT=10000 plays it at full size; what that costs is measured by `npm run bench -- canvas-giant`. */
const sidePx = Number(process.env.CATCHLIGHT_GIANT ?? 6000);

describe(`a photograph of ${sidePx} × ${sidePx} pixels`, { timeout: 600_000 }, () => {
  let test: TestHost;
  let imageId = '';
  let address = '';
  const size = { widthPx: sidePx, heightPx: sidePx };

  beforeAll(async () => {
    test = await startTestHost({ images: 1 });
    await drawGiant(path.join(test.imagesDir, 'a_giant.jpg'), sidePx);
    const { imageIds } = await makeProject(test);
    imageId = imageIds[0] ?? '';
    ({ address } = await test.host.listen({ port: 0 }));
  }, 600_000);
  afterAll(async () => {
    await test?.[Symbol.asyncDispose]();
  });

  const fetchTile = async ({ level, x, y }: Tile): Promise<Buffer> => {
    const answer = await fetch(`${address}/images/${imageId}/tiles/${level}/${x}/${y}`, {
      headers: { 'x-catchlight-token': test.host.token },
    });
    expect(answer.status).toBe(200);
    return Buffer.from(await answer.arrayBuffer());
  };
  /** The colour that a person sees at a point of the photograph with this camera. */
  const colourAt = async (tile: Tile, xPx: number, yPx: number): Promise<number[]> => {
    const box = tileBox(size, tile);
    const { data, info } = await sharp(await fetchTile(tile))
      .raw()
      .toBuffer({ resolveWithObject: true });
    const at = (value: number, from: number, length: number, side: number): number =>
      Math.min(side - 1, Math.floor(((value - from) / length) * side));
    const column = at(xPx, box.x, box.w, info.width);
    const row = at(yPx, box.y, box.h, info.height);
    const i = (row * info.width + column) * info.channels;
    return [...data.subarray(i, i + 3)];
  };
  const near = (a: readonly number[], b: readonly number[]): boolean =>
    a.every((value, i) => Math.abs(value - (b[i] ?? 0)) < 24);

  it('is cut once: the first look makes the pyramid, every other only reads it', async () => {
    expect(needsTiles(size)).toBe(true);
    await fetchTile({ level: lastLevel(size), x: 0, y: 0 });
    const project = (await test.api.currentProject())?.path ?? '';
    const folders = readdirSync(project, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('-tiles'),
    );
    expect(folders).toHaveLength(1);
    const folder = path.join(project, folders[0] ?? '');
    const made = statSync(folder).mtimeMs;
    const last = Math.ceil(sidePx / tileSidePx) - 1;
    await Promise.all([fetchTile({ level: 0, x: 0, y: 0 }), fetchTile({ level: 0, x: last, y: last })]);
    expect(statSync(folder).mtimeMs).toBe(made);
    expect(existsSync(path.join(folder, String(lastLevel(size)), `${last}_${last}.jpeg`))).toBe(true);
  });

  it('shows at every zoom, at its corners, what lies there', async () => {
    const document = await test.api.getImage({ id: imageId });
    const classes = await test.api.listClasses();
    const { editor } = driveEditor({ document: { ...document, classes } });
    for (const { x, y, colour } of cornersOf(sidePx)) {
      editor.run('view.fit');
      const scales: number[] = [];
      for (let step = 0; step < 4; step += 1) {
        const { camera, viewport } = editor.getSnapshot();
        scales.push(camera.scale);
        const level = chooseLevel(size, camera, viewport);
        const inSight = listTiles(size, camera, viewport, level);
        const middle = { x: x + cornerSidePx / 2, y: y + cornerSidePx / 2 };
        const tile = inSight.find((one) => {
          const box = tileBox(size, one);
          return (
            middle.x >= box.x && middle.x < box.x + box.w && middle.y >= box.y && middle.y < box.y + box.h
          );
        });
        if (tile === undefined) throw new Error(`no tile in sight shows the corner at level ${level}`);
        expect(near(await colourAt(tile, middle.x, middle.y), colour)).toBe(true);
        const atView = toView(camera, middle);
        const none = { shift: false, alt: false, ctrl: true, meta: false };
        for (let i = 0; i < 6; i += 1)
          editor.dispatch({ type: 'wheel', atView, deltaXView: 0, deltaYView: -25, ...none });
      }
      expect(scales[3]).toBeGreaterThan(50 * (scales[0] ?? 0));
    }
  });

  it('keeps boxes that are drawn around the marks in its corners at the very pixels, through host and file', async () => {
    const document = await test.api.getImage({ id: imageId });
    const classes = await test.api.listClasses();
    const saves: Gesture[] = [];
    const hand = driveEditor({
      document: { ...document, classes },
      newId: () => crypto.randomUUID(),
      onGesture: (gesture) => {
        saves.push(gesture);
        return undefined;
      },
    });
    const { editor } = hand;
    hand.press('W');
    for (const { x, y } of cornersOf(sidePx)) {
      const box = { x, y, w: cornerSidePx, h: cornerSidePx };
      editor.zoomToBox(box);
      // In three steps of the hand, at a scale at which a pixel is more than one of the screen's.
      expect(editor.getSnapshot().camera.scale).toBeGreaterThan(1);
      hand.drag({ x, y }, { x: x + cornerSidePx, y: y + cornerSidePx });
    }
    for (const gesture of saves) await test.api.applyGesture(gesture);
    const { boxes } = await test.api.getImage({ id: imageId });
    const places = boxes.map(({ x, y, w, h }) => ({ x, y, w, h }));
    expect(places).toHaveLength(4);
    for (const { x, y } of cornersOf(sidePx))
      expect(places).toContainEqual({ x, y, w: cornerSidePx, h: cornerSidePx });
  });
});
