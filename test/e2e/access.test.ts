/** Access: nothing that axe finds, everything by keyboard, room at 200 %, no motion for who wants none, and a second language. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import axeCore from 'axe-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { type Studio, startStudio, whyNoWindow } from '../helpers/studio.ts';
import { openSuggestedProject } from '../helpers/suggested-project.ts';

const reason = whyNoWindow();

interface AxeRunner {
  run(root: Document, options: object): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>;
}

describe.skipIf(reason !== null)(`access${reason === null ? '' : ` (${reason})`}`, () => {
  let studio: Studio;
  let dir = '';

  beforeAll(async () => {
    dir = mkdtempSync(path.join(tmpdir(), 'catchlight-access-'));
    studio = await startStudio({ dir, width: 1440, height: 900 });
    await openSuggestedProject(studio.host, dir, [
      { hand: [{ classId: 'cod', at: [40, 40, 80, 60] }] },
      {
        hand: [{ classId: 'hake', at: [30, 30, 50, 50] }],
        model: [{ classId: 'ling', at: [32, 31, 50, 50], score: 0.85 }],
      },
      { model: [{ classId: 'cod', at: [40, 40, 80, 60], score: 0.55 }] },
    ]);
    await goTo('Annotate');
    await studio.page.getByRole('application').waitFor();
  });
  afterAll(async () => {
    await studio?.[Symbol.asyncDispose]();
    rmSync(dir, { recursive: true, force: true });
  });

  const goTo = (place: string): Promise<void> =>
    studio.page.getByRole('navigation').getByRole('link', { name: place }).click();
  const faults = async (): Promise<string[]> => {
    await studio.page.waitForTimeout(400);
    await studio.page.evaluate(axeCore.source);
    return studio.page.evaluate(async () => {
      const { run } = (globalThis as unknown as { axe: AxeRunner }).axe;
      const { violations } = await run(document, {
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
      });
      return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`);
    });
  };

  it('has no fault that axe can find, in the dark and in the light, with all panels open', async () => {
    const { page } = studio;
    const found: Record<string, string[]> = {};
    for (const scheme of ['dark', 'light'] as const) {
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
      await page.keyboard.press('y');
      found[`${scheme} canvas`] = await faults();
      await page.keyboard.press('Control+0');
      for (let i = 0; i < 6; i += 1) await page.keyboard.press('+');
      await page.getByRole('group', { name: /^Overview/ }).waitFor();
      await page.getByRole('button', { name: 'Filter', exact: true }).click();
      found[`${scheme} filter`] = await faults();
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'hidden' });
      await page.getByRole('application').focus();
      await page.keyboard.press('f');
      await page.keyboard.press('g');
      await page.getByRole('application').waitFor({ state: 'hidden' });
      found[`${scheme} grid`] = await faults();
      await page.keyboard.press('g');
      await page.getByRole('application').waitFor();
      await page.keyboard.press('F1');
      await page.getByRole('button', { name: 'Change keys' }).click();
      found[`${scheme} keys`] = await faults();
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'hidden' });
      await page.keyboard.press('y');
    }
    expect(Object.entries(found).filter(([, list]) => list.length > 0)).toEqual([]);
  });

  it('is used by keyboard alone: from part to part, in and out of the canvas, with the focus in sight', async () => {
    const { page } = studio;
    await page.getByRole('application').focus();
    const where = () =>
      page.evaluate(() => {
        const active = document.activeElement;
        const part = active?.closest('aside, nav, [role=toolbar], [role=application]');
        return part?.getAttribute('aria-label') ?? '';
      });
    const visited: string[] = [];
    for (let i = 0; i < 5; i += 1) {
      await page.keyboard.press('F6');
      visited.push(await where());
    }
    expect(visited.sort()).toEqual(['Images', 'Photograph and boxes', 'Places', 'This image', 'Tools']);
    expect(await where()).toBe('Photograph and boxes');
    await page.getByRole('searchbox', { name: 'Find by name' }).focus();
    for (let i = 0; i < 12; i += 1) {
      await page.keyboard.press('Tab');
      const ring = await page.evaluate(() => {
        const active = document.activeElement;
        if (active === null || active === document.body) return 'none';
        const { outlineStyle, outlineWidth, borderColor, boxShadow } = getComputedStyle(active);
        const hasOutline = outlineStyle !== 'none' && Number.parseFloat(outlineWidth) > 0;
        const canvas = active.getAttribute('role') === 'application';
        // Text fields show theirs by their border.
        const isField = active.matches('input, [role=slider]');
        return hasOutline || canvas || (isField && borderColor + boxShadow !== '')
          ? 'seen'
          : active.outerHTML;
      });
      expect(ring).toBe('seen');
    }
  });

  it('leaves everything within reach at 200 %', async () => {
    const { page } = studio;
    await page.setViewportSize({ width: 720, height: 450 });
    for (const place of ['Annotate', 'Train', 'Review', 'Compare', 'Export']) {
      await goTo(place);
      await page.waitForTimeout(500);
      const lost = await page.evaluate(() => {
        const controls = [
          ...document.querySelectorAll<HTMLElement>(
            'a[href], button, input, [role=slider], [role=application]',
          ),
        ];
        return controls
          .filter((one) => one.offsetParent !== null && one.closest('[aria-hidden=true]') === null)
          .filter((one) => {
            one.scrollIntoView({ block: 'nearest', inline: 'nearest' });
            const { left, right, top, bottom, width, height } = one.getBoundingClientRect();
            // Drawn nowhere on purpose: its label is pressed instead.
            if (width <= 1 || height <= 1 || getComputedStyle(one).opacity === '0') return false;
            const isWide = one.getAttribute('role') === 'application';
            return left < -1 || top < -1 || (!isWide && (right > innerWidth + 1 || bottom > innerHeight + 1));
          })
          .map((one) => one.outerHTML.slice(0, 160));
      });
      expect([place, lost]).toEqual([place, []]);
    }
    await goTo('Annotate');
    const canvas = await page.getByRole('application').boundingBox();
    expect(canvas?.width).toBeGreaterThan(300);
    expect(canvas?.height).toBeGreaterThan(150);
    await page.setViewportSize({ width: 1440, height: 900 });
  });

  it('moves nothing for people who asked for no motion', async () => {
    const { page } = studio;
    const moving = await page.evaluate(() =>
      [...document.querySelectorAll('*')]
        .filter((one) => {
          const { transitionDuration, animationDuration } = getComputedStyle(one);
          return `${transitionDuration},${animationDuration}`
            .split(',')
            .some((text) => Number.parseFloat(text) * (text.trim().endsWith('ms') ? 1 : 1000) > 1);
        })
        .map((one) => one.className),
    );
    expect(moving).toEqual([]);
  });

  it('speaks German when that is chosen, nothing cut off, and English again', async () => {
    const { page } = studio;
    const speak = async (from: string, to: string): Promise<void> => {
      await page.getByRole('button', { name: from, exact: true }).click();
      await page.getByRole('menuitemradio', { name: to }).click();
    };
    await speak('Language', 'Deutsch');
    await page.getByRole('link', { name: 'Vergleichen' }).waitFor();
    await eventually(() => page.locator('html').getAttribute('lang')).toBe('de');
    for (const width of [1440, 1024]) {
      await page.setViewportSize({ width, height: 800 });
      for (const place of ['Labeln', 'Trainieren', 'Prüfen', 'Vergleichen', 'Export']) {
        await goTo(place);
        await page.waitForTimeout(500);
        const cut = await page.evaluate(() =>
          [...document.querySelectorAll('button, label, legend, h2, h3, a')]
            .filter((one) => one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 1)
            // Names of files and models may be long; these end in an ellipsis and are told whole on hovering.
            .filter((one) => !one.hasAttribute('title') && getComputedStyle(one).display !== 'inline')
            .filter((one) => one.querySelector('[title], img, svg') === null)
            .map((one) => one.textContent),
        );
        expect([width, place, cut]).toEqual([width, place, []]);
      }
    }
    await goTo('Labeln');
    expect(await faults()).toEqual([]);
    await page.setViewportSize({ width: 1440, height: 900 });
    await speak('Sprache', 'English');
    await page.getByRole('link', { name: 'Compare' }).waitFor();
    await eventually(() => studio.host.api.preferences()).toMatchObject({ language: 'en' });
    expect(studio.faults).toEqual([]);
  });
});
