/** Pictures decoded ahead: at hand when they are asked for, given back when many came after them, and never from under a canvas that shows them. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

/** What a browser gives: a bitmap that has no width any more once it was given back. */
interface Bitmap {
  width: number;
  height: number;
  close(): void;
}

describe('pictures decoded ahead', () => {
  let cache: typeof import('../../src/renderer/canvas/picture-cache.ts');
  let asked: { url: string; priority: unknown }[] = [];
  let side = 1000;
  beforeEach(async () => {
    asked = [];
    side = 1000;
    vi.stubGlobal('fetch', (url: string, options?: { priority?: unknown }) => {
      asked.push({ url, priority: options?.priority });
      const isThere = !url.includes('missing');
      return Promise.resolve({ ok: isThere, status: isThere ? 200 : 404, blob: async () => url });
    });
    vi.stubGlobal('createImageBitmap', async (): Promise<Bitmap> => {
      const bitmap = {
        width: side,
        height: side,
        close() {
          bitmap.width = 0;
        },
      };
      return bitmap;
    });
    vi.resetModules();
    cache = await import('../../src/renderer/canvas/picture-cache.ts');
  });
  afterEach(() => vi.unstubAllGlobals());
  const isHeld = (url: string): boolean => cache.peekPicture(url) !== undefined;
  const load = async (...urls: string[]): Promise<void> => {
    for (const url of urls) await cache.loadPicture(url);
  };

  test('are asked for once, behind what a person waits for, and can be drawn without waiting', async () => {
    const ahead = cache.loadPicture('next', true);
    expect(isHeld('next')).toBe(false);
    const picture = await ahead;
    expect(cache.peekPicture('next')).toBe(picture);
    expect(await cache.loadPicture('next')).toBe(picture);
    await load('open');
    expect(asked).toEqual([
      { url: 'next', priority: 'low' },
      { url: 'open', priority: 'high' },
    ]);
  });

  test('are given back in the order they were last asked for, ten being kept', async () => {
    const first = await cache.loadPicture('0');
    await load('1', '2', '3', '4', '5', '6', '7', '8', '9', '1', '10', '11');
    expect(['0', '1', '2', '3', '11'].map(isHeld)).toEqual([false, true, false, true, true]);
    expect(first.width).toBe(0);
  });

  test('of many pixels are fewer: four of 32 million and no fifth', async () => {
    side = 5656;
    await load('a', 'b', 'c', 'd', 'e');
    expect(['a', 'b', 'c', 'd', 'e'].map(isHeld)).toEqual([false, true, true, true, true]);
  });

  test('stay while a canvas shows them, however many come after, and go with the next one when it let them go', async () => {
    const shown = await cache.loadPicture('shown');
    const letGo = cache.holdPicture('shown');
    await load(...Array.from({ length: 30 }, (_, i) => String(i)));
    expect(shown.width).toBe(1000);
    letGo();
    await load('one more');
    expect(isHeld('shown')).toBe(false);
    expect(shown.width).toBe(0);
  });

  test('that cannot be read are asked for again the next time', async () => {
    await expect(cache.loadPicture('missing')).rejects.toThrow('404');
    await expect(cache.loadPicture('missing')).rejects.toThrow('404');
    expect(asked).toHaveLength(2);
    cache.holdPicture('missing')();
  });
});
