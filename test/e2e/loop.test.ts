/** The loop in Chromium, on a real host and engine: label, train, review by keyboard, train again, compare, fix, export; with an engine and a host that are killed. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createTRPCClient, httpLink } from '@trpc/client';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { AppRouter } from '../../src/contract/router.ts';
import { isJobOver } from '../../src/core/jobs.ts';
import { fitCamera } from '../../src/editor/camera.ts';
import { openProjectDatabase } from '../../src/main/db/project-database.ts';
import { createEngineClient, type EngineClient } from '../../src/main/engine-client/engine-client.ts';
import { createForkSpawner } from '../../src/main/engine-client/fork.spawner.ts';
import { entryPath } from '../../src/main/entries.ts';
import type { Host } from '../../src/main/host/host.ts';
import { findTrainingSet } from '../../src/main/host/learning/training-set.ts';
import { generateSample, type SampleManifest } from '../../src/main/sample/sample.ts';
import { eventually } from '../helpers/eventually.ts';
import { type Studio, startStudio, whyNoWindow } from '../helpers/studio.ts';
import { whenOver } from '../helpers/test-host.ts';

const reason = whyNoWindow();

const labelledCount = 20;
const reviewed = 40;
/** By steps, not by time: a busy machine learns as much. Enough to suggest, on a narrow net. */
const settings = { Width: '32' } as const;
const token = 'loop-story-token';

const goTo = (page: Page, place: string): Promise<void> =>
  page.getByRole('navigation').getByRole('link', { name: place }).click();

interface Answered {
  readonly status: string;
}

/** Every answer that a project holds, whatever model asked. */
async function listAnswers(host: Host): Promise<Answered[]> {
  const { items } = await host.api.listImages({ filter: {}, offset: 0, limit: 500 });
  const models = await host.api.listModels();
  const answers: Answered[] = [];
  for (const { id } of items)
    for (const model of models) {
      const { predictions } = await host.api.getImage({ id, modelId: model.id });
      answers.push(...predictions.filter(({ status }) => status !== 'pending'));
    }
  return answers;
}

/** Draws the boxes that were drawn into a photograph, with the mouse, on the canvas as it is fitted. */
async function drawTruth(page: Page, image: SampleManifest['images'][number]): Promise<void> {
  const area = await page.getByRole('application').boundingBox();
  if (area === null) throw new Error('The canvas is not on the page.');
  const viewport = { widthView: area.width, heightView: area.height, dpr: 1 };
  const camera = fitCamera({ widthPx: image.widthPx, heightPx: image.heightPx }, viewport);
  const at = (x: number, y: number): [number, number] => [
    area.x + camera.xView + x * camera.scale,
    area.y + camera.yView + y * camera.scale,
  ];
  for (const { box } of image.boxes) {
    await page.mouse.move(...at(box.x, box.y));
    await page.mouse.down();
    await page.mouse.move(...at(box.x + box.w / 2, box.y + box.h / 2));
    await page.mouse.move(...at(box.x + box.w, box.y + box.h));
    await page.mouse.up();
  }
}

/** A host in a process of its own, which can be killed; it listens where the one before it did. */
async function startHostProcess(userDataDir: string, project: string, port: number) {
  const child = fork(
    entryPath('host'),
    ['--shell=serve', `--user-data=${userDataDir}`, `--port=${port}`, `--project=${project}`],
    {
      execArgv: ['--disable-warning=ExperimentalWarning'],
      env: { ...process.env, CATCHLIGHT_TOKEN: token },
    },
  );
  const [message] = await once(child, 'message', { signal: AbortSignal.timeout(60_000) });
  return { child, address: z.object({ address: z.string() }).parse(message).address };
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'exit');
}

describe.skipIf(reason !== null)(`the loop in a browser${reason === null ? '' : ` (${reason})`}`, () => {
  let dir = '';
  let engine: EngineClient;
  let studio: Studio;
  let manifest: SampleManifest;
  let projectDir = '';
  /** Boxes that models may not touch: those drawn by hand. */
  let drawn = 0;
  const acceptedCount = 10;

  beforeAll(async () => {
    dir = mkdtempSync(path.join(tmpdir(), 'catchlight-loop-'));
    manifest = await generateSample({ outDir: path.join(dir, 'photographs'), seed: 5, images: 32 });
    engine = createEngineClient({ spawner: createForkSpawner({ entry: entryPath('engine') }) });
    studio = await startStudio({ dir, width: 1440, height: 900, engine });
    const { project, jobId } = await studio.host.api.createProject({
      imagesDir: path.join(dir, 'photographs'),
      dir: path.join(dir, 'loop.catchlight'),
      classes: manifest.classes.map(({ name }) => name),
    });
    projectDir = project.path;
    await whenOver(studio.host.api, jobId);
  }, 180_000);
  afterAll(async () => {
    await studio?.[Symbol.asyncDispose]();
    rmSync(dir, { recursive: true, force: true });
  });

  /** Chooses the detector with its settings in the window, and presses Train. */
  const startTraining = async (
    epochs: string,
    meanwhile: () => Promise<void> = () => Promise.resolve(),
  ): Promise<void> => {
    const { page } = studio;
    await goTo(page, 'Train');
    await page
      .getByRole('radio', { name: /^Detector/ })
      .first()
      .check();
    await page.getByRole('button', { name: 'Plan and settings' }).click();
    for (const [name, value] of Object.entries({ ...settings, Epochs: epochs })) {
      const field = page.getByLabel(name, { exact: true });
      await field.fill(value);
      await field.press('Tab');
    }
    await meanwhile();
    await page.getByRole('button', { name: 'Train', exact: true }).click({ timeout: 120_000 });
  };

  it('labels twenty photographs with the mouse', async () => {
    const { page, host } = studio;
    const { items } = await host.api.listImages({ filter: {}, offset: 0, limit: 100 });
    await goTo(page, 'Annotate');
    await page.getByRole('application').waitFor();
    for (const item of items.slice(0, labelledCount)) {
      const truth = manifest.images.find(({ fileName }) => item.path.endsWith(fileName));
      if (truth === undefined) throw new Error(`${item.path} was not drawn.`);
      await page.goto(`${new URL(page.url()).origin}/#/annotate/${item.id}`);
      await page.getByText(item.path, { exact: true }).first().waitFor();
      await page.keyboard.press('w');
      await drawTruth(page, truth);
      if (truth.boxes.length === 0) await page.keyboard.press('n');
      await eventually(async () => {
        const { image, boxes } = await host.api.getImage({ id: item.id });
        return [boxes.length, image.state === 'unseen'];
      }).toEqual([truth.boxes.length, false]);
      drawn += truth.boxes.length;
    }
    expect(drawn).toBeGreaterThan(labelledCount / 2);
  }, 180_000);

  it('is told of an engine that was killed in the middle of a training, and goes on with it at a press', async () => {
    const { page, host } = studio;
    await startTraining('12');
    await eventually(async () => {
      const job = (await host.api.listJobs()).find(({ kind }) => kind === 'train');
      return job?.state.status === 'running' ? job.state.progress.phase : '';
    }, 120_000).toBe('train');
    engine.kill();
    const row = page.getByTestId('job-train');
    await row.getByText(/ended unexpectedly/).waitFor({ timeout: 60_000 });
    expect((await host.api.currentProject())?.counts.boxes).toBe(drawn);
    await row.getByRole('button', { name: 'Resume' }).click();
    await eventually(async () => (await host.api.listModels()).length, 240_000).toBe(1);
    await eventually(
      async () => (await host.api.currentProject())?.counts.pendingSuggestions ?? 0,
      120_000,
    ).toBeGreaterThan(0);
    expect(await listAnswers(host)).toEqual([]);
  }, 400_000);

  it('answers forty suggestions with keys, and takes one answer back', async () => {
    const { page, host } = studio;
    // No photograph is drawn here: a weak model suggests more than forty on one, and all forty answers would be spent there.
    await host.api.saveReviewSettings({ randomShare: 0, oneFish: false });
    await goTo(page, 'Review');
    // A model of seconds is rarely sure: the cut goes down until enough wait.
    let score = 0.25;
    for (; score > 0.06 && (await host.api.reviewState({ minScore: score })).waiting < 80; score -= 0.05)
      await page.getByRole('slider', { name: 'Score at least' }).press('ArrowLeft');
    const accept = page.getByRole('button', { name: 'Accept', exact: false });
    const bar = page.getByRole('status').filter({ hasText: 'answered' });
    for (let done = 0; done < reviewed; ) {
      await eventually(() => accept.isEnabled().catch(() => false)).toBe(true);
      await page.keyboard.press(['Enter', 'x', 'x', 'u'][done % 4] ?? 'x');
      done += 1;
      await eventually(() => bar.first().textContent()).toContain(`${done} answered`);
    }
    await eventually(async () => (await listAnswers(host)).length).toBe(reviewed);
    const answers = await listAnswers(host);
    const count = (status: string): number => answers.filter((answer) => answer.status === status).length;
    expect([count('accepted'), count('rejected'), count('unsure')]).toEqual([acceptedCount, 20, 10]);
    expect((await host.api.currentProject())?.counts.boxes).toBe(drawn + acceptedCount);
    await page.keyboard.press('Control+z');
    await eventually(async () => (await listAnswers(host)).length).toBe(reviewed - 1);
    await page.keyboard.press('Control+y');
    await eventually(async () => (await listAnswers(host)).length).toBe(reviewed);
    // Given again, the answer goes on to the next question as it did.
    await eventually(() => accept.isEnabled().catch(() => false)).toBe(true);
    await page
      .getByRole('region', { name: 'This session' })
      .getByText(/\d+ answers/)
      .waitFor();
  }, 300_000);

  it('looks over a photograph drawn at random, once all that is suggested there is answered', async () => {
    const { page, host } = studio;
    const countWhole = async (): Promise<number> => {
      const { items } = await host.api.listImages({ filter: {}, offset: 0, limit: 500 });
      return items.filter(({ state }) => state === 'reviewed' || state === 'empty').length;
    };
    const before = await countWhole();
    const accept = page.getByRole('button', { name: 'Accept', exact: false });
    const whole = page.getByRole('button', { name: 'Nothing missing' });
    const bar = page.getByRole('status').filter({ hasText: 'answered' });
    await host.api.saveReviewSettings({ randomShare: 1, oneFish: false });
    const isAsked = async (button: typeof whole): Promise<boolean> =>
      (await button.isVisible()) && (await button.isEnabled().catch(() => false));
    for (let done = reviewed; ; ) {
      await eventually(async () => (await isAsked(whole)) || (await isAsked(accept))).toBe(true);
      if (await whole.isVisible()) break;
      await page.keyboard.press('x');
      done += 1;
      await eventually(() => bar.first().textContent()).toContain(`${done} answered`);
    }
    await page.keyboard.press('Enter');
    await eventually(countWhole).toBe(before + 1);
    await host.api.saveReviewSettings({ randomShare: 0, oneFish: false });
  }, 300_000);

  it('comes back to what was put aside', async () => {
    const { page, host } = studio;
    const before = (await listAnswers(host)).length;
    await page.getByRole('combobox', { name: 'Which suggestions' }).click();
    await page.getByRole('option', { name: /Not sure \(10\)/ }).click();
    const accept = page.getByRole('button', { name: 'Accept', exact: false });
    await eventually(() => accept.isEnabled().catch(() => false)).toBe(true);
    await page.keyboard.press('x');
    await eventually(async () => (await host.api.reviewState({ minScore: 0 })).unsure).toBe(9);
    expect(await listAnswers(host)).toHaveLength(before);
  }, 120_000);

  it('learns again from the answers, and not from suggestions that nobody answered on photographs of which others were', async () => {
    const { page, host } = studio;
    await startTraining('6', async () => {
      await page
        .getByText(/suggestions? on \d+ labelled images? without an answer/)
        .waitFor({ timeout: 60_000 });
    });
    await eventually(async () => (await host.api.listModels()).length, 240_000).toBe(2);
    await eventually(
      async () => (await host.api.listJobs()).every(({ state }) => isJobOver(state)),
      120_000,
    ).toBe(true);
    const newest = (await host.api.listModels()).toSorted((a, b) => b.createdAtMs - a.createdAtMs)[0];
    const set = findTrainingSet(path.join(projectDir, 'models', newest?.id ?? ''));
    // What was accepted may lie on photographs that had boxes already: more boxes, not always more photographs.
    const taught = set?.samples.reduce((sum, { boxes }) => sum + boxes.length, 0);
    expect(taught).toBeGreaterThan(drawn);
    expect(set?.samples.some(({ ignored }) => ignored !== undefined)).toBe(true);
  }, 400_000);

  it('sets the newer model against the hand, and corrects two boxes with one key each', async () => {
    const { page, host } = studio;
    await goTo(page, 'Compare');
    await page.getByLabel('Images', { exact: true }).first().click();
    await page.getByRole('option', { name: 'All images' }).click();
    await page.getByRole('slider', { name: 'Score at least' }).press('Home');
    await page.getByRole('button', { name: /^\d+ matched/ }).click();
    const take = page.getByRole('button', { name: 'Take the model’s box' });
    const places = async (): Promise<ReadonlyMap<string, string>> => {
      const { items } = await host.api.listImages({ filter: {}, offset: 0, limit: 500 });
      const documents = await Promise.all(items.map(({ id }) => host.api.getImage({ id })));
      return new Map(
        documents.flatMap(({ boxes }) => boxes.map(({ id, x, y, w, h }) => [id, [x, y, w, h].join()])),
      );
    };
    const before = await places();
    const countMoved = async (): Promise<number> =>
      [...(await places())].filter(([id, place]) => before.get(id) !== place).length;
    for (const corrected of [1, 2]) {
      await eventually(() => take.isEnabled()).toBe(true);
      await page.keyboard.press('Enter');
      await eventually(countMoved).toBe(corrected);
    }
    expect((await host.api.currentProject())?.counts.boxes).toBe(drawn + acceptedCount);
  }, 300_000);

  it('exports every label, and nothing that nobody said', async () => {
    const { page, host } = studio;
    const target = path.join(dir, 'exported');
    await goTo(page, 'Export');
    await page.getByRole('button', { name: /^COCO/ }).click();
    await page.getByRole('textbox', { name: 'Folder to write' }).fill(target);
    await page.getByRole('button', { name: 'Export labels' }).click();
    await page
      .getByRole('region', { name: 'Report' })
      .getByText(/^\d+ files?$/)
      .click();
    const file = readdirSync(target, { recursive: true })
      .map(String)
      .find((name) => name.endsWith('.json'));
    const coco = JSON.parse(readFileSync(path.join(target, file ?? ''), 'utf8')) as {
      annotations: unknown[];
    };
    expect(coco.annotations).toHaveLength((await host.api.currentProject())?.counts.boxes ?? -1);
    expect(studio.faults).toEqual([]);
  }, 120_000);

  it('loses nothing when the host is killed in the middle of a review, and the same page goes on', async () => {
    const { page, host } = studio;
    const before = (await listAnswers(host)).length;
    await host.api.closeProject();
    const home = path.join(dir, 'second-home');
    const first = await startHostProcess(home, projectDir, 0);
    const port = Number(new URL(first.address).port);
    let child = first.child;
    try {
      await page.goto(`${first.address}/?token=${token}`);
      await goTo(page, 'Review');
      await page.getByRole('slider', { name: 'Score at least' }).press('Home');
      const bar = page.getByRole('status').filter({ hasText: 'answered' });
      const accept = page.getByRole('button', { name: 'Accept', exact: false });
      const isAsked = () => eventually(() => accept.isEnabled().catch(() => false)).toBe(true);
      const answer = async (done: number): Promise<void> => {
        await isAsked();
        await page.keyboard.press('x');
        await eventually(() => bar.first().textContent()).toContain(`${done} answered`);
      };
      for (const done of [1, 2, 3]) await answer(done);
      await isAsked();
      await kill(child);
      // The fourth answer meets no host: it waits, and is saved once there is one again.
      await page.keyboard.press('x');
      ({ child } = await startHostProcess(home, projectDir, port));
      await answer(5);
      const again = createTRPCClient<AppRouter>({
        links: [httpLink({ url: `${first.address}/rpc`, headers: { 'x-catchlight-token': token } })],
      });
      await eventually(async () =>
        (await again.listGestures.query({ limit: 6 })).map(({ label }) => label === 'Reject suggestion'),
      ).toEqual([false, true, true, true, true, true]);
    } finally {
      await kill(child);
    }
    const db = openProjectDatabase(projectDir, { create: false, nowMs: Date.now() });
    try {
      const statuses = db.models
        .list()
        .flatMap(({ id }) => db.images.listAll().flatMap((image) => db.predictions.listByImage(image.id, id)))
        .filter(({ status }) => status !== 'pending');
      expect(statuses).toHaveLength(before + 5);
      expect(db.changes.listNewest(5).map(({ label }) => label)).toEqual(Array(5).fill('Reject suggestion'));
    } finally {
      db.close();
    }
  }, 300_000);
});
