/** The command line as lab servers use it: real processes, exit codes, one JSON line. */
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commands } from '../../src/main/cli/commands/list.ts';
import { generateSample, type SampleManifest } from '../../src/main/sample/sample.ts';
import { codeVersion } from '../../src/main/version.ts';
import { runCli } from '../helpers/run-cli.ts';

/** The drawn truth as a COCO file, so that the command line has labels of another tool to read. */
function toCoco(manifest: SampleManifest): string {
  const names = manifest.classes.map((entry) => entry.name);
  return JSON.stringify({
    images: manifest.images.map((image, index) => ({
      id: index + 1,
      file_name: image.fileName,
      width: image.widthPx,
      height: image.heightPx,
    })),
    categories: names.map((name, index) => ({ id: index + 1, name })),
    annotations: manifest.images
      .flatMap((image, index) =>
        image.boxes.map((box) => ({
          image_id: index + 1,
          category_id: names.indexOf(box.className) + 1,
          bbox: [box.box.x, box.box.y, box.box.w, box.box.h],
        })),
      )
      .map((annotation, index) => ({
        id: index + 1,
        ...annotation,
        area: (annotation.bbox[2] ?? 0) * (annotation.bbox[3] ?? 0),
        iscrowd: 0,
      })),
  });
}

describe('the command line', () => {
  let folder = '';
  let home = '';
  let project = '';
  let boxes = 0;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'catchlight-cli-'));
    home = path.join(folder, 'home');
    project = path.join(folder, 'boats.catchlight');
    const manifest = await generateSample({ outDir: path.join(folder, 'photographs'), seed: 3, images: 16 });
    boxes = manifest.images.reduce((sum, image) => sum + image.boxes.length, 0);
    await writeFile(path.join(folder, 'labels.json'), toCoco(manifest));
    const made = await runCli(home, [
      'create',
      project,
      '--images',
      path.join(folder, 'photographs'),
      '--labels',
      path.join(folder, 'labels.json'),
      '--json',
    ]);
    expect(made.stderr + made.stdout).toContain('"import"');
    expect(made.code).toBe(0);
    expect(made.json()).toMatchObject({ images: 16, boxes, import: { boxes, clipped: 0, skipped: [] } });
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('says what each command does when asked', async () => {
    const help = await runCli(home, ['--help']);
    expect(help.code).toBe(0);
    for (const { name } of commands) expect(help.stdout).toContain(name.split(' ')[0]);
  });

  it('tells its version, the same as the package', async () => {
    const version = await runCli(home, ['--version']);
    const manifest = JSON.parse(
      await readFile(path.resolve(import.meta.dirname, '..', '..', 'package.json'), 'utf8'),
    ) as { version: string };
    expect(version.stdout.trim()).toBe(manifest.version);
    expect(codeVersion).toBe(manifest.version);
  });

  it('ends with 2 when it is used wrongly', async () => {
    expect((await runCli(home, ['nonsense'])).code).toBe(2);
    expect((await runCli(home, ['create'])).code).toBe(2);
    expect((await runCli(home, ['train', project, '--recipe', 'detector', '--set', 'novalue'])).code).toBe(2);
    expect((await runCli(home, ['evaluate', project, '--split', 'sideways'])).code).toBe(2);
    expect((await runCli(home, ['train', project, '--recipe', 'detector', '--minutes', 'soon'])).code).toBe(
      2,
    );
  });

  it('ends with 1 and says what to do when the project is not there', async () => {
    const run = await runCli(home, ['features', path.join(folder, 'nowhere'), '--json']);
    expect(run.code).toBe(1);
    expect(run.json()).toMatchObject({
      error: {
        code: expect.stringMatching(/^project\//) as string,
        hint: expect.stringMatching(/\w/) as string,
      },
    });
  });

  it('reads back what it writes: create, export, import into a second project', async () => {
    const out = path.join(folder, 'coco');
    const exported = await runCli(home, ['export', project, '--format', 'coco', '--out', out, '--json']);
    expect(exported.code).toBe(0);
    expect(exported.json()).toMatchObject({ images: 16, boxes, clipped: 0, skipped: [] });
    const second = path.join(folder, 'second.catchlight');
    await runCli(home, ['create', second, '--images', path.join(folder, 'photographs')]);
    const imported = await runCli(home, ['import', second, out, '--json']);
    expect(imported.code).toBe(0);
    expect(imported.json()).toMatchObject({ boxes, clipped: 0, skipped: [] });
  });

  it('trains in seconds, measures, predicts and writes a submission', async () => {
    const features = await runCli(home, ['features', project, '--json']);
    expect(features.json()).toMatchObject({ images: 16 });
    const trained = await runCli(
      home,
      ['train', project, '--recipe', 'detector', '--minutes', '0.1', '--seed', '5', '--json'],
      { timeoutMs: 80_000 },
    );
    expect(trained.code).toBe(0);
    expect(Object.keys(trained.json())).toEqual(
      expect.arrayContaining(['modelId', 'recipe', 'backend', 'epochs', 'trainMs', 'imagesPerS', 'metrics']),
    );
    const evaluated = await runCli(home, ['evaluate', project, '--split', 'all', '--json']);
    expect(Object.keys(evaluated.json())).toEqual(
      expect.arrayContaining(['n', 'split', 'classAcc', 'logLoss', 'meanIou', 'map50', 'map', 'seed']),
    );
    expect(Object.keys(evaluated.json())).toEqual(
      expect.arrayContaining(['perClass', 'confusion', 'calibration', 'intervals', 'baselines', 'groups']),
    );
    expect(evaluated.json()).toMatchObject({ n: 16, seed: 5, confusion: { images: null } });
    const [{ name = '' } = {}] = evaluated.json().perClass as { name?: string }[];
    const [photograph = ''] = (await readdir(path.join(folder, 'photographs'))).sort();
    const map = path.join(folder, 'map.png');
    const asked = ['explain', project, '--image', photograph, '--class', name, '--out', map, '--json'];
    expect((await runCli(home, asked)).json()).toMatchObject({ method: 'cam', className: name });
    expect((await readFile(map)).subarray(1, 4).toString()).toBe('PNG');
    const out = path.join(folder, 'predictions.json');
    expect((await runCli(home, ['predict', project, '--out', out])).code).toBe(0);
    expect((JSON.parse(await readFile(out, 'utf8')) as { images: unknown[] }).images).toHaveLength(16);
    const csv = path.join(folder, 'submission.csv');
    expect((await runCli(home, ['predict', project, '--out', csv])).code).toBe(0);
    expect((await readFile(csv, 'utf8')).split('\n')[0]).toMatch(/^image,/);
  }, 240_000);

  it('writes the model as one ONNX file, and refuses a name or a place that is not for it', async () => {
    const file = path.join(folder, 'models', 'fish.onnx');
    const exported = await runCli(home, ['export-model', project, '--out', file, '--json']);
    expect(exported.code).toBe(0);
    expect(exported.json()).toMatchObject({
      file,
      outputs: expect.arrayContaining(['boxes', 'scores']) as unknown,
    });
    expect((await stat(file)).size).toBe(exported.json().bytes);
    const refuse = async (out: string): Promise<unknown> =>
      (await runCli(home, ['export-model', project, '--out', out, '--json'])).json().error;
    expect(await refuse(path.join(folder, 'fish.bin'))).toMatchObject({ code: 'export-model/no-onnx-file' });
    expect(await refuse(path.join(folder, 'photographs', 'fish.onnx'))).toMatchObject({
      code: 'export/inside-photographs',
    });
  }, 120_000);

  it('writes nothing beside the photographs', async () => {
    const names = await readdir(path.join(folder, 'photographs'));
    expect(names.every((name) => name.endsWith('.jpg'))).toBe(true);
    expect(names).toHaveLength(16);
    expect(existsSync(path.join(folder, 'photographs', '.catchlight'))).toBe(false);
  });
});
