/** A training on the command line that is killed: nothing it had learnt is lost, and `--resume` goes on from there. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CurvePoint, Job } from '../../src/core/jobs.ts';
import { createHost } from '../../src/main/host/host.ts';
import { generateSample } from '../../src/main/sample/sample.ts';
import { runCli } from '../helpers/run-cli.ts';

const entry = path.resolve(import.meta.dirname, '..', '..', 'bin', 'catchlight.js');
let folder = '';
let home = '';
let project = '';

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'catchlight-resume-'));
  home = path.join(folder, 'home');
  project = path.join(folder, 'boats.catchlight');
  const photographs = path.join(folder, 'photographs');
  const { classes, images } = await generateSample({ outDir: photographs, seed: 3, images: 8 });
  const names = classes.map((kind) => kind.name);
  const labels = {
    images: images.map(({ fileName, widthPx, heightPx }, i) => ({
      id: i + 1,
      file_name: fileName,
      width: widthPx,
      height: heightPx,
    })),
    categories: names.map((name, i) => ({ id: i + 1, name })),
    annotations: images
      .flatMap(({ boxes }, i) => boxes.map(({ className, box }) => ({ i, className, box })))
      .map(({ i, className, box: { x, y, w, h } }, k) => ({
        id: k + 1,
        image_id: i + 1,
        category_id: names.indexOf(className) + 1,
        bbox: [x, y, w, h],
        area: w * h,
        iscrowd: 0,
      })),
  };
  await writeFile(path.join(folder, 'labels.json'), JSON.stringify(labels));
  const made = await runCli(home, [
    ...['create', project, '--images', photographs, '--labels', path.join(folder, 'labels.json')],
  ]);
  expect(made.stderr).not.toMatch(/error/i);
  expect(made.code).toBe(0);
  // Beforehand, so that the time of the training is for training.
  expect((await runCli(home, ['features', project])).code).toBe(0);
}, 120_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

/** The project's only training and its curve, as a window would see them. */
async function look(): Promise<{ job: Job | undefined; curve: CurvePoint[] }> {
  const host = await createHost({ shell: 'serve', userDataDir: home });
  try {
    await host.api.openProject({ path: project });
    const jobs = (await host.api.listJobs()).filter(({ kind }) => kind === 'train');
    expect(jobs.length).toBeLessThanOrEqual(1);
    const [job] = jobs;
    return { job, curve: job === undefined ? [] : await host.api.listCurve({ jobId: job.id }) };
  } finally {
    await host.close();
  }
}

async function findCheckpointFile(): Promise<string | undefined> {
  const models = path.join(project, 'models');
  const ids = existsSync(models) ? await readdir(models) : [];
  return ids.map((id) => path.join(models, id, 'checkpoint.bin')).find((file) => existsSync(file));
}

describe('a training on the command line', () => {
  it('has nothing to go on with before one was stopped, and says so', async () => {
    const run = await runCli(home, ['train', project, '--resume', '--json']);
    expect(run.code).toBe(1);
    expect(run.json()).toMatchObject({ error: { code: 'train/nothing-to-resume' } });
  });

  it('wants either a recipe or --resume, and not both', async () => {
    const neither = await runCli(home, ['train', project, '--json']);
    expect([neither.code, neither.json()]).toMatchObject([
      2,
      { error: { message: expect.stringContaining('--recipe') as string } },
    ]);
    const both = await runCli(home, ['train', project, '--resume', '--minutes', '1', '--json']);
    expect([both.code, both.json()]).toMatchObject([
      2,
      { error: { message: expect.stringContaining('--resume') as string } },
    ]);
  });

  it('that was killed goes on from its checkpoint when asked, as the same model', async () => {
    const settings = ['copies=0', 'flip=false'];
    const args = ['train', project, '--recipe', 'box-and-class', '--minutes', '0.12', '--set', ...settings];
    const child = spawn(process.execPath, [entry, ...args], {
      env: { ...process.env, CATCHLIGHT_HOME: home },
      stdio: 'ignore',
    });
    const ended = new Promise((resolve) => child.once('close', resolve));
    let checkpoint: string | undefined;
    for (let i = 0; i < 600 && checkpoint === undefined && child.exitCode === null; i++) {
      await wait(100);
      checkpoint = await findCheckpointFile();
    }
    expect(checkpoint).toBeDefined();
    // Long enough for the curve up to here to reach the database.
    await wait(1500);
    child.kill('SIGKILL');
    await ended;

    const before = await look();
    expect(before.job?.state.status).toBe('interrupted');
    expect(before.curve.length).toBeGreaterThan(1);

    const resumed = await runCli(home, ['train', project, '--resume', '--json'], { timeoutMs: 80_000 });
    expect(resumed.code).toBe(0);
    const modelDir = path.dirname(checkpoint ?? '');
    expect(resumed.json()).toMatchObject({ modelId: path.basename(modelDir), recipe: 'box-and-class' });
    expect((await readdir(modelDir)).sort()).toEqual(
      expect.arrayContaining(['manifest.json', 'model.json', 'weights.bin']),
    );
    expect(existsSync(checkpoint ?? '')).toBe(false);

    const after = await look();
    expect(after.job?.state.status).toBe('done');
    // The beginning is the killed run's own: it was not learnt a second time.
    expect(after.curve[0]).toEqual(before.curve[0]);
    expect(after.curve.length).toBeGreaterThan(before.curve.length);
    expect((await runCli(home, ['train', project, '--resume'])).code).toBe(1);
  }, 240_000);
});
