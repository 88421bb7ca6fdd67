/** What the window does besides the main story: lines that are cut or used up, and answers given by key in Review and Compare. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '../../src/core/errors.ts';
import type { EngineStatus } from '../../src/core/learning.ts';
import { dropOn } from '../helpers/drop.ts';
import { eventually } from '../helpers/eventually.ts';
import { createScriptedEngine, type ScriptedEngine } from '../helpers/scripted-engine.ts';
import { type Studio, startStudio, whyNoWindow } from '../helpers/studio.ts';
import { openSuggestedProject } from '../helpers/suggested-project.ts';
import { writeJpeg } from '../helpers/test-host.ts';

const reason = whyNoWindow();

describe.skipIf(reason !== null)(`the window${reason === null ? '' : ` (${reason})`}`, () => {
  let studio: Studio;
  let dir = '';
  let ids: string[] = [];

  beforeAll(async () => {
    dir = mkdtempSync(path.join(tmpdir(), 'catchlight-window-'));
    await writeJpeg(path.join(dir, 'lonely.jpg'), 1);
    studio = await startStudio({ dir, width: 1280, height: 800 });
  });
  afterAll(async () => {
    await studio?.[Symbol.asyncDispose]();
    rmSync(dir, { recursive: true, force: true });
  });

  const goTo = (place: string): Promise<void> =>
    studio.page.getByRole('navigation').getByRole('link', { name: place }).click();
  const boxesOf = async (index: number) => (await studio.host.api.getImage({ id: ids[index] ?? '' })).boxes;

  it('works on while the computer is offline: the host is on this machine', async () => {
    const { page } = studio;
    await page.evaluate(() => window.dispatchEvent(new Event('offline')));
    await page.getByRole('button', { name: /folder of photographs/ }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Path').fill(dir);
    await dialog.getByRole('button', { name: 'Go' }).click();
    await dialog.getByText('1 image here').waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
  });

  it('says what labels dropped before there is a project would need, and keeps the page', async () => {
    const { page } = studio;
    const file = path.join(dir, 'labels.json');
    writeFileSync(file, '{}');
    await dropOn(page, file);
    await page.getByText(/open the project they belong to first/).waitFor();
  });

  it('asks what a dropped file shall be where the desktop tells its path', async () => {
    const { page, host } = studio;
    await page.evaluate(
      (told) => {
        Object.assign(window, { catchlightNative: { pathOf: () => told } });
        const data = new DataTransfer();
        data.items.add(new File([''], 'lonely.jpg'));
        document.body.dispatchEvent(
          new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }),
        );
        // No project is open yet, so its labels have nowhere to go.
      },
      path.join(dir, 'lonely.jpg'),
    );
    const dialog = page.getByRole('dialog');
    await dialog.getByText(/lonely\.jpg/).waitFor();
    await dialog.getByText(/open the project they belong to first/).waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    expect(await host.api.currentProject()).toBeNull();
    await page.reload();
  });

  it('serves more windows than a browser opens connections, and tells each what happens', async () => {
    const { page, context, host } = studio;
    const address = new URL(page.url()).origin;
    const others = await Promise.all(Array.from({ length: 6 }, () => context.newPage()));
    for (const other of others) await other.goto(address);
    ids = await openSuggestedProject(host, dir, [
      { model: [{ classId: 'cod', at: [40, 40, 80, 60], score: 0.55 }] },
      { model: [{ classId: 'hake', at: [60, 50, 90, 70], score: 0.6 }] },
      { model: [{ classId: 'ling', at: [20, 30, 70, 70], score: 0.9 }] },
      {
        hand: [{ classId: 'cod', at: [100, 80, 60, 60] }],
        model: [{ classId: 'cod', at: [120, 95, 60, 60], score: 0.8 }],
      },
      {
        hand: [{ classId: 'hake', at: [30, 30, 50, 50] }],
        model: [{ classId: 'ling', at: [32, 31, 50, 50], score: 0.85 }],
      },
    ]);
    for (const other of [page, ...others]) await other.getByText('story', { exact: true }).first().waitFor();
    // The first window held the line for all; when it goes, another takes it over.
    await page.reload();
    await host.api.applyGesture({
      id: 'told',
      kind: 'do',
      of: null,
      label: 'Draw box',
      imageId: ids[2] ?? '',
      source: 'person',
      diffs: [
        {
          table: 'boxes',
          id: 'told-box',
          before: null,
          after: {
            ...{ id: 'told-box', imageId: ids[2] ?? '', classId: 'cod', x: 200, y: 150, w: 40, h: 40 },
            ...{ source: 'person', modelId: null, score: null, attributes: {}, head: null, tail: null },
          },
        },
        {
          table: 'images',
          id: ids[2] ?? '',
          before: { id: ids[2] ?? '', state: 'unseen' },
          after: { id: ids[2] ?? '', state: 'labelled' },
        },
      ],
    });
    await others[5]?.getByText(/3 boxes/).waitFor();
    for (const other of others) await other.close();
  });

  it('says when the host does not answer, keeps what is drawn, and saves it afterwards', async () => {
    const { page } = studio;
    await goTo('Annotate');
    await page.getByRole('button', { name: /story_02/ }).click();
    await page.getByRole('region', { name: 'Boxes', exact: true }).getByRole('listitem').first().click();
    const mend = await studio.cutLine();
    await page
      .getByRole('alert')
      .getByText(/does not answer/)
      .waitFor();
    await page.getByRole('application').focus();
    await page.keyboard.press('Delete');
    await page.getByText('Saving…').waitFor();
    expect((await boxesOf(2)).length).toBe(1);
    await mend();
    await eventually(async () => (await boxesOf(2)).length).toBe(0);
    await eventually(() => page.getByRole('alert').count()).toBe(0);
    await page.keyboard.press('Control+z');
    await eventually(async () => (await boxesOf(2)).length).toBe(1);
  });

  it('accepts a suggestion under another class by its digit', async () => {
    const { page, host } = studio;
    // In the order of the list: none drawn at random between them.
    await host.api.saveReviewSettings({ randomShare: 0, oneFish: false });
    await goTo('Review');
    const accept = page.getByRole('button', { name: 'Accept', exact: false });
    await eventually(() => accept.isEnabled()).toBe(true);
    await page.keyboard.press('3');
    await eventually(async () =>
      (await boxesOf(0)).map(({ classId, modelId }) => [classId, modelId]),
    ).toEqual([['ling', 'model-story']]);
  });

  it('takes a suggestion for adjusting by E and moves it with the arrow keys', async () => {
    const { page, host } = studio;
    await page.getByText('story_01.jpg').waitFor();
    await eventually(() => page.getByRole('button', { name: 'Adjust' }).isEnabled()).toBe(true);
    await page.keyboard.press('e');
    await page.keyboard.press('Shift+ArrowRight');
    await eventually(async () => (await boxesOf(1)).map(({ x }) => x)).toEqual([70]);
    const { predictions } = await host.api.getImage({ id: ids[1] ?? '' });
    expect(predictions.map(({ status }) => status)).toEqual(['adjusted']);
  });

  it('sets a wrong box right on Compare by the model, and keeps the hand where the hand is right', async () => {
    const { page, host } = studio;
    await goTo('Compare');
    await page.getByRole('combobox', { name: 'Images' }).click();
    await page.getByRole('option', { name: 'All images' }).click();
    const pair = page.getByRole('region', { name: 'Chosen pair' });
    const totals = page.getByRole('toolbar', { name: 'Totals' });
    await totals.getByRole('button', { name: /wrong class/ }).click();
    await page
      .getByRole('button', { name: /^wrong class.*story_04/ })
      .first()
      .click();
    await pair.getByRole('button', { name: /Take the model/ }).click();
    await eventually(async () => (await boxesOf(4)).map(({ classId, x }) => [classId, x])).toEqual([
      ['ling', 32],
    ]);
    await totals.getByRole('button', { name: /all$/ }).click();
    await page
      .getByRole('button', { name: /^matched.*story_03/ })
      .first()
      .click();
    await eventually(() => pair.getByRole('button', { name: 'The hand is right' }).isEnabled()).toBe(true);
    await pair.getByRole('button', { name: 'The hand is right' }).click();
    const statuses = async () =>
      (await host.api.getImage({ id: ids[3] ?? '' })).predictions.map(({ status }) => status);
    await eventually(statuses).toEqual(['rejected']);
    expect((await boxesOf(3)).map(({ x }) => x)).toEqual([100]);
    expect(studio.faults).toEqual([]);
  });
});

const slow: EngineStatus = {
  node: process.version,
  backend: 'wasm',
  backends: [
    {
      id: 'native-gpu',
      available: false,
      reason: 'NVIDIA RTX A4000 could train here, and TensorFlow for it is not installed.',
      install: 'cuda',
    },
    { id: 'native', available: false, reason: 'Native TensorFlow is not installed.', install: 'cpu' },
    { id: 'wasm', available: true, reason: 'WebAssembly with SIMD, on one core.' },
    { id: 'cpu', available: true, reason: 'Plain JavaScript.' },
  ],
  installed: [],
  providers: ['cpu'],
  backbone: null,
};

describe.skipIf(reason !== null)('the engine panel of a small window', () => {
  let studio: Studio;
  let engine: ScriptedEngine;

  beforeAll(async () => {
    engine = createScriptedEngine();
    engine.status = slow;
    studio = await startStudio({ engine, width: 1024, height: 700 });
  });
  afterAll(async () => {
    await studio?.[Symbol.asyncDispose]();
  });

  /** Nothing of the panel is cut off or lies outside the window. */
  const fits = () =>
    studio.page.getByRole('dialog').evaluate((panel) => {
      const { left, right, bottom } = panel.getBoundingClientRect();
      const cut = [...panel.querySelectorAll('button, p, strong')].filter(
        (one) => one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).display !== 'inline',
      );
      return left >= 0 && right <= innerWidth && bottom <= innerHeight && cut.length === 0;
    });

  it('says why nothing better trains, and offers what would', async () => {
    const { page } = studio;
    await page.getByRole('button', { name: 'Engine: WebAssembly' }).click();
    const panel = page.getByRole('dialog');
    await panel.getByText(/NVIDIA RTX A4000 could train here/).waitFor();
    await panel.getByRole('button', { name: 'Install native TensorFlow' }).waitFor();
    await panel.getByRole('button', { name: 'Install TensorFlow for NVIDIA cards' }).waitFor();
    expect(await fits()).toBe(true);
  });

  it('says what to install first when the machine lacks a compiler', async () => {
    const panel = studio.page.getByRole('dialog');
    engine.next.installNative = async () => {
      throw new AppError({
        code: 'engine-install/no-compiler',
        message: 'No C++ compiler was found, so nothing was installed.',
        hint: 'Install one (Debian, Ubuntu: `apt install g++`), then try again.',
      });
    };
    await panel.getByRole('button', { name: 'Install native TensorFlow' }).click();
    await panel
      .getByRole('alert')
      .getByText(/apt install g\+\+/)
      .waitFor();
    expect(await fits()).toBe(true);
  });

  it('shows how far an install is, and stops it', async () => {
    const panel = studio.page.getByRole('dialog');
    engine.next.installNative = ({ onProgress, signal }) =>
      new Promise((_, reject) => {
        onProgress?.({ phase: 'download', done: 500e6, total: 3379e6, unit: 'bytes', etaMs: 90_000 });
        signal?.addEventListener('abort', () =>
          reject(new AppError({ code: 'job/cancelled', message: 'The step was cancelled.' })),
        );
      });
    await panel.getByRole('button', { name: 'Install TensorFlow for NVIDIA cards' }).click();
    await panel.getByText('Downloads · 500 of 3,379 MB').waitFor();
    const bar = panel.getByRole('progressbar', { name: 'Install of native TensorFlow' });
    expect(Number(await bar.getAttribute('aria-valuenow'))).toBeCloseTo(14.8, 1);
    expect(await fits()).toBe(true);
    await panel.getByRole('button', { name: 'Stop the install' }).click();
    await panel.getByRole('button', { name: 'Install TensorFlow for NVIDIA cards' }).waitFor();
    expect(engine.calls.filter(({ method }) => method === 'installNative').at(-1)?.input).toEqual({
      variant: 'cuda',
    });
  });

  it('trains on TensorFlow once it is installed, and without it once it is removed', async () => {
    const { page } = studio;
    const panel = page.getByRole('dialog');
    engine.next.installNative = async () => {
      const [gpu, , ...others] = slow.backends;
      const native = { id: 'native', available: true, reason: 'TensorFlow 2.21.0, installed.' };
      engine.status = {
        ...slow,
        backend: 'native',
        backends: [...(gpu === undefined ? [] : [gpu]), native, ...others],
        installed: ['cpu'],
      };
      return { version: '2.21.0', folder: 'cache' };
    };
    await panel.getByRole('button', { name: 'Install native TensorFlow' }).click();
    await page.getByRole('button', { name: 'Engine: TensorFlow', exact: true }).waitFor();
    await panel.getByRole('button', { name: 'Remove native TensorFlow' }).click();
    await panel.getByText(/Your projects and models stay/).waitFor();
    expect(await fits()).toBe(true);
    engine.next.uninstallNative = async () => {
      engine.status = slow;
      return { removed: true };
    };
    await panel.getByRole('button', { name: 'Remove it' }).click();
    await page.getByRole('button', { name: 'Engine: WebAssembly' }).waitFor();
    await panel.getByRole('button', { name: 'Install native TensorFlow' }).waitFor();
    expect(studio.faults).toEqual([]);
  });
});
