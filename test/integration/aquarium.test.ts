/** Real photographs through the whole command line, judged by COCO's own evaluation as well as by ours. */
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evaluateWithPycocotools, findPycocotools } from '../helpers/pycocotools.ts';
import { runCli } from '../helpers/run-cli.ts';
import { sharedDataDir } from '../helpers/shared-data.ts';

const shared = sharedDataDir();
const photographs = shared === undefined ? undefined : path.join(shared, 'aquarium', 'valid');
const isThere = photographs !== undefined && existsSync(photographs);

describe.skipIf(!isThere)('aquarium photographs (skipped: ../shared/data/aquarium is not there)', () => {
  let folder = '';
  let home = '';
  let project = '';

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'catchlight-aquarium-'));
    home = path.join(folder, 'home');
    project = path.join(folder, 'aquarium.catchlight');
    const made = await runCli(
      home,
      [
        'create',
        project,
        '--images',
        path.join(photographs ?? '', 'images'),
        '--labels',
        path.join(photographs ?? '', 'labels'),
        '--format',
        'yolo',
        '--json',
      ],
      { timeoutMs: 120_000 },
    );
    expect(made.json()).toMatchObject({ images: 127, boxes: 909, problems: 0 });
  }, 130_000);

  afterAll(() => rm(folder, { recursive: true, force: true }));

  const python = findPycocotools();
  it.skipIf(python === undefined)(
    'are judged the same by pycocotools as by our own evaluation, to a millionth (skipped when no Python has pycocotools)',
    async () => {
      const trained = await runCli(
        home,
        // Steps, not minutes: a busy machine learns as much.
        ['train', project, '--recipe', 'detector', '--set', 'epochs=12', '--set', 'width=64', '--json'],
        { timeoutMs: 150_000 },
      );
      expect(trained.code).toBe(0);
      const ours = (
        await runCli(home, ['evaluate', project, '--split', 'all', '--json'], { timeoutMs: 60_000 })
      ).json();
      expect(ours).toMatchObject({ n: 127, split: 'all' });
      const out = path.join(folder, 'coco');
      expect((await runCli(home, ['export', project, '--format', 'coco', '--out', out])).code).toBe(0);
      const theirs = evaluateWithPycocotools(
        python ?? '',
        path.join(out, 'annotations.json'),
        path.join(out, 'results.json'),
      );
      expect(theirs.map50).toBeGreaterThan(0);
      expect(Math.abs(Number(ours.map50) - theirs.map50)).toBeLessThan(1e-6);
      expect(Math.abs(Number(ours.map) - theirs.map)).toBeLessThan(1e-6);
      const results = JSON.parse(await readFile(path.join(out, 'results.json'), 'utf8')) as unknown[];
      expect(results.length).toBeGreaterThan(127);
    },
    240_000,
  );
});
