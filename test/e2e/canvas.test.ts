/** The canvas alone in a real browser: real mouse and keys, device pixels, and speed with thousands of boxes. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ImageDocument } from '../../src/editor/types.ts';
import { bundleCanvasPage } from '../helpers/canvas-page.ts';
import { makeBox, makeDocument, makeImage, makePrediction } from '../helpers/editor-driver.ts';
import { eventually } from '../helpers/eventually.ts';

const executablePath = [
  process.env.CATCHLIGHT_TEST_BROWSER,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  chromium.executablePath(),
].find((path) => path !== undefined && path !== '' && existsSync(path));
const pictures = process.env.CATCHLIGHT_SCREENSHOTS ?? join(tmpdir(), 'catchlight-canvas');

describe.skipIf(executablePath === undefined)(
  'the canvas in a browser (skipped where no Chromium or Chrome is installed)',
  () => {
    let browser: Browser;
    let page: Page;
    let html: string;

    beforeAll(async () => {
      html = await bundleCanvasPage('#16191b');
      browser = await chromium.launch({ ...(executablePath && { executablePath }), args: ['--no-sandbox'] });
    });
    afterAll(async () => {
      await browser?.close();
    });

    async function start(document: ImageDocument, dpr = 1, isComparing = false): Promise<void> {
      await page?.context().close();
      page = await browser.newPage({ viewport: { width: 1220, height: 800 }, deviceScaleFactor: dpr });
      await page.setContent(html);
      await page.evaluate(([opened, compares]) => window.canvasTest.start(opened, compares), [
        document,
        isComparing,
      ] as const);
      await page.waitForFunction(() => window.canvasTest.editor.getSnapshot().viewport.widthView > 1);
    }
    /** Until what was moved as it was is painted anew. */
    const rest = async (): Promise<void> => {
      await page.waitForTimeout(200);
      await page.waitForFunction(
        () => document.querySelector<HTMLElement>('.konvajs-content')?.style.transform === '',
      );
      await page.evaluate(
        () =>
          new Promise<void>((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve()))),
      );
    };
    const shoot = async (name: string): Promise<void> => {
      mkdirSync(pictures, { recursive: true });
      await page.waitForTimeout(150);
      writeFileSync(join(pictures, `${name}.png`), await page.screenshot());
    };
    const boxes = () =>
      page.evaluate(() =>
        window.canvasTest.editor.getSnapshot().boxes.map(({ x, y, w, h }) => [x, y, w, h].map(Math.round)),
      );
    /** A point of the image on the page. */
    const at = (x: number, y: number) =>
      page.evaluate(
        ([xPx, yPx]) => {
          const { camera } = window.canvasTest.editor.getSnapshot();
          return [xPx * camera.scale + camera.xView, yPx * camera.scale + camera.yView] as const;
        },
        [x, y] as const,
      );
    const drag = async (from: readonly [number, number], to: readonly [number, number]): Promise<void> => {
      await page.mouse.move(...(await at(...from)));
      await page.mouse.down();
      await page.mouse.move(...(await at(...to)), { steps: 5 });
      await page.mouse.up();
    };

    test.each([1, 2])('real mouse and keys draw, undo and zoom at %i device pixels a pixel', async (dpr) => {
      await start(makeDocument(), dpr);
      await page.keyboard.press('w');
      await drag([50, 60], [150, 160]);
      expect(await boxes()).toEqual([[50, 60, 100, 100]]);
      // Wheel events carry whole pixels only, so the cursor is put on one.
      const under = () =>
        page.evaluate(() => {
          const { camera } = window.canvasTest.editor.getSnapshot();
          return [(400 - camera.xView) / camera.scale, (300 - camera.yView) / camera.scale].map((px) =>
            px.toFixed(3),
          );
        });
      const before = await under();
      await page.mouse.move(400, 300);
      await page.mouse.wheel(0, -500);
      await page.waitForFunction(() => !window.canvasTest.editor.getSnapshot().isFitted);
      expect(await under()).toEqual(before);
      await page.keyboard.press('Control+z');
      expect(await boxes()).toEqual([]);
      await page.keyboard.press('Control+Shift+z');
      expect(await boxes()).toHaveLength(1);
    });

    test('a drag that leaves the canvas goes on, and keys typed into a text field stay there', async () => {
      await start(makeDocument());
      await page.keyboard.press('w');
      await page.mouse.move(...(await at(500, 300)));
      await page.mouse.down();
      await page.mouse.move(1210, 790, { steps: 4 });
      await page.mouse.up();
      expect(await boxes()).toEqual([[500, 300, 140, 180]]);
      await page.getByLabel('a text field').fill('');
      await page.getByLabel('a text field').press('Control+z');
      await page.getByLabel('a text field').press('Delete');
      expect(await boxes()).toHaveLength(1);
    });

    test('screen readers are told the boxes, and Escape lets Tab leave the canvas', async () => {
      await start(makeDocument({ boxes: [makeBox('a')], predictions: [makePrediction('p')] }));
      const list = page.getByRole('region', { name: 'Boxes on this image' }).getByRole('listitem');
      await eventually(() => list.allTextContents()).toEqual([
        'ALB, 80 by 60 pixels at 100, 100',
        'Suggestion: YFT, 0.80, 90 by 50 pixels at 300, 200',
      ]);
      const canvas = page.getByRole('application', { name: 'Photograph' });
      await canvas.focus();
      await page.keyboard.press('Tab');
      expect(await page.evaluate(() => window.canvasTest.editor.getSnapshot().selectedBoxIds)).toEqual(['a']);
      await page.keyboard.press('Escape');
      await page.keyboard.press('Escape');
      await page.keyboard.press('Tab');
      expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('INPUT');
    });

    test('what is seen: labels solid, suggestions yellow and dashed, squares at high zoom', async () => {
      const scene = makeDocument({
        boxes: [
          makeBox('a'),
          makeBox('b', { x: 2, y: 2, classId: 'SHARK', w: 60, h: 40 }),
          makeBox('c', { x: 560, y: 420, w: 78, h: 58 }),
        ],
        predictions: [makePrediction('p'), makePrediction('q', { x: 100, y: 300, score: 0.41 })],
      });
      await start(scene, 2);
      await shoot('annotate');
      await page.keyboard.press('Tab');
      await shoot('selected');
      await page.keyboard.press('z');
      await page.keyboard.press('w');
      await page.mouse.move(400, 300);
      await shoot('zoomed-crosshair');
      await start(scene, 1, true);
      await shoot('compare');
      const yellow = await countPixels(page, [242, 194, 48]);
      const red = await countPixels(page, [240, 82, 79]);
      expect(yellow).toBeGreaterThan(100);
      expect(red).toBeGreaterThan(300);
      await page.keyboard.down('h');
      await eventually(() => countPixels(page, [240, 82, 79])).toBe(0);
      await page.keyboard.up('h');
    });

    test('a line from head to tail, a marquee around it, and its end turned with the mouse', async () => {
      await start(makeDocument({ boxes: [makeBox('a')] }), 2);
      await page.keyboard.press('l');
      await drag([110, 115], [170, 145]);
      await drag([400, 300], [520, 260]);
      // Out of the tool, then out of the selection.
      await page.keyboard.press('Escape');
      await page.keyboard.press('Escape');
      await drag([560, 350], [360, 220]);
      const read = () =>
        page.evaluate(() => {
          const { boxes: all, selectedBoxIds } = window.canvasTest.editor.getSnapshot();
          const round = (at: { x: number; y: number } | null) => at && [at.x, at.y].map(Math.round);
          return {
            lines: all.map(({ head, tail }) => [round(head), round(tail)]),
            selected: all.findIndex(({ id }) => id === selectedBoxIds[0]),
          };
        });
      expect(await read()).toEqual({
        lines: [
          [
            [110, 115],
            [170, 145],
          ],
          [
            [400, 300],
            [520, 260],
          ],
        ],
        selected: 1,
      });
      await drag([520, 260], [510, 290]);
      expect((await read()).lines[1]?.[1]).toEqual([510, 290]);
      expect((await boxes())[1]).toEqual([381, 241, 158, 78]);
      await page.mouse.move(...(await at(560, 340)));
      await page.mouse.down();
      await page.mouse.move(...(await at(90, 90)), { steps: 5 });
      await shoot('line-and-marquee');
      await page.mouse.up();
      expect(await page.evaluate(() => window.canvasTest.editor.getSnapshot().selectedBoxIds.length)).toBe(2);
      const mirror = page.getByRole('region', { name: 'Boxes on this image' }).getByRole('listitem');
      // What lies around the canvas follows a hand at its own pace.
      await eventually(async () => (await mirror.allTextContents())[0]).toBe(
        'ALB, 80 by 60 pixels at 100, 100, head at 110, 115, tail at 170, 145',
      );
    });

    test('5,000 boxes are moved as they are while a hand zooms, and painted anew when it rests: on the same canvases, without names over the fish', async () => {
      const many = Array.from({ length: 5000 }, (_, i) =>
        makeBox(`b${i}`, { x: (i % 100) * 39, y: Math.floor(i / 100) * 59, w: 34, h: 50 }),
      );
      await start(makeDocument({ image: makeImage('one', { widthPx: 4000, heightPx: 3000 }), boxes: many }));
      await rest();
      // How long that takes is measured in bench/canvas; what a frame does is the same on every machine.
      const drawn = await page.evaluate(async () => {
        const { editor } = window.canvasTest;
        const keys = { shift: false, alt: false, ctrl: false, meta: false };
        const frame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));
        // A full painting clips once.
        const counts = { clip: 0, strokeRect: 0, fillText: 0, measureText: 0 };
        const paint = CanvasRenderingContext2D.prototype;
        for (const name of ['clip', 'strokeRect', 'fillText', 'measureText'] as const) {
          const original = paint[name] as (...args: unknown[]) => unknown;
          Object.assign(paint, {
            [name](this: CanvasRenderingContext2D, ...args: unknown[]) {
              counts[name] += 1;
              return original.apply(this, args);
            },
          });
        }
        const canvases = [...document.querySelectorAll('canvas')];
        const sheet = document.querySelector<HTMLElement>('[role=application] .konvajs-content');
        const zoom = (deltaYView: number): void =>
          void editor.dispatch({
            type: 'wheel',
            atView: { x: 400, y: 300 },
            deltaXView: 0,
            deltaYView,
            ...keys,
          });
        zoom(-40);
        const moved = { transform: sheet?.style.transform ?? '', paintings: counts.clip };
        for (let step = 0; step < 6; step += 1) {
          await frame();
          zoom(step < 3 ? -40 : 40);
        }
        while (sheet?.style.transform !== '') await frame();
        const isSame = [...document.querySelectorAll('canvas')].every((one, i) => one === canvases[i]);
        const names = counts.fillText + counts.measureText;
        return { isSame, moved, names, paintings: counts.clip, strokes: counts.strokeRect / counts.clip };
      });
      await shoot('five-thousand');
      expect(drawn.isSame).toBe(true);
      expect(drawn.moved).toEqual({ transform: expect.stringContaining('scale'), paintings: 0 });
      expect(drawn.paintings).toBeGreaterThan(0);
      expect(drawn.strokes).toBeGreaterThan(1000);
      expect(drawn.strokes).toBeLessThanOrEqual(2 * 5000);
      expect(drawn.names).toBe(0);
    });

    test.each([1, 1.5])(
      'what is painted in a part looks as if all were painted, at %d device pixels a pixel',
      async (dpr) => {
        const many = Array.from({ length: 60 }, (_, i) =>
          makeBox(`b${i}`, { x: 20 + (i % 10) * 60, y: 20 + Math.floor(i / 10) * 70, w: 90, h: 90 }),
        );
        const suggested = makePrediction('p', { x: 110, y: 100, w: 120, h: 100 });
        await start(makeDocument({ boxes: many, predictions: [suggested] }), dpr);
        await rest();
        const paintAll = () =>
          page.evaluate(() => {
            const { editor } = window.canvasTest;
            // The layers are what they were; that they were set is enough to paint all.
            editor.setLayers({});
            return new Promise<void>((resolve) =>
              requestAnimationFrame(() => requestAnimationFrame(() => resolve())),
            );
          });
        const looksWhole = async (): Promise<void> => {
          await rest();
          const inParts = await page.screenshot();
          await paintAll();
          expect(inParts.equals(await page.screenshot())).toBe(true);
        };
        await drag([150, 130], [230, 190]);
        await looksWhole();
        await drag([225, 185], [100, 240]);
        await page.keyboard.press('Escape');
        await looksWhole();
        await page.keyboard.press('Control+z');
        await looksWhole();
        await page.mouse.move(300, 300);
        await page.mouse.wheel(0, -300);
        await page.mouse.wheel(0, -40);
        await page.keyboard.down(' ');
        await drag([300, 200], [250, 180]);
        await page.keyboard.up(' ');
        await looksWhole();
      },
    );
  },
);

/** How many pixels of the stage have about this colour. */
function countPixels(page: Page, color: readonly [number, number, number]): Promise<number> {
  return page.evaluate((wanted) => {
    let count = 0;
    for (const canvas of document.querySelectorAll<HTMLCanvasElement>('[role=application] canvas')) {
      const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? {
        data: new Uint8ClampedArray(),
      };
      for (let i = 0; i < data.length; i += 4) {
        if (
          wanted.every((value, channel) => Math.abs((data[i + channel] ?? 0) - value) < 12) &&
          (data[i + 3] ?? 0) > 200
        )
          count += 1;
      }
    }
    return count;
  }, color);
}
