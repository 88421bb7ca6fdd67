/** Everything that goes wrong on a real machine, through the real command line: a clear word, the right exit code, nothing lost. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CliRun, runCli } from '../helpers/run-cli.ts';
import { makeProject, startTestHost, whenOver, writeJpeg } from '../helpers/test-host.ts';

let folder = '';
let photos = '';
let project = '';
const at = (...parts: string[]): string => path.join(folder, ...parts);
const cli = (...args: string[]): Promise<CliRun> => runCli(at('home'), [...args, '--json']);

/** A refusal: its exit code, one JSON object last, words that say what happened and what to do. */
function expectRefusal(run: CliRun, code: string, exit = 1): void {
  const { error } = run.json() as { error: { code: string; message: string; hint: string } };
  expect([error.code, run.code]).toEqual([code, exit]);
  expect(error.message).toMatch(/\w+ \w+/);
  expect(error.message).not.toMatch(/undefined|\[object/);
  expect(error.hint).toMatch(/\w+ \w+/);
}

const images = ['img_0.jpg', 'img_1.jpg', 'ghost.jpg'].map((name, index) => ({
  id: index + 1,
  file_name: name,
  width: 64,
  height: 48,
}));
const categories = [
  { id: 1, name: 'ALB' },
  { id: 2, name: ' alb ' },
];
const annotations = [
  { image_id: 1, category_id: 1, bbox: [1, 1, 10, 10] },
  { image_id: 1, category_id: 2, bbox: [30, 20, 10, 10] },
  { image_id: 2, category_id: 1, bbox: [60, 40, 30, 30] },
  { image_id: 2, category_id: 1, bbox: [500, 500, 10, 10] },
  { image_id: 2, category_id: 1, bbox: ['NOT A NUMBER', 1, 10, 10] },
  { image_id: 3, category_id: 1, bbox: [1, 1, 10, 10] },
].map((annotation, index) => ({ id: index + 1, ...annotation }));

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'catchlight hostile ünï '));
  photos = at("pho'tos");
  mkdirSync(photos);
  for (let i = 0; i < 3; i += 1) await writeJpeg(path.join(photos, `img_${i}.jpg`), i);
  writeFileSync(path.join(photos, 'letter.jpg'), 'Dear fish');
  const coco = JSON.stringify({ images, categories, annotations });
  writeFileSync(at('labels.json'), coco.replace('"NOT A NUMBER"', 'NaN'));
  project = at('a "b" ç.catchlight');
  const made = await cli('create', project, '--images', photos);
  expect(made.code).toBe(0);
  expect(made.json()).toMatchObject({
    images: 4,
    unusable: [{ path: 'letter.jpg', why: expect.stringContaining('photograph') as string }],
  });
});
afterAll(async () => {
  expect(readdirSync(photos).sort()).toEqual(['img_0.jpg', 'img_1.jpg', 'img_2.jpg', 'letter.jpg']);
  await rm(folder, { recursive: true, force: true });
});

describe('labels with faults', () => {
  it('bring in all that is sound and name the rest: unknown image, outside, NaN, a class named twice', async () => {
    const run = await cli('import', project, at('labels.json'));
    expect(run.code).toBe(0);
    const report = run.json() as {
      boxes: number;
      clipped: number;
      skipped: { why: string }[];
      notes: string[];
    };
    expect([report.boxes, report.clipped]).toEqual([3, 1]);
    expect(report.skipped.map(({ why }) => why).sort()).toEqual([
      'a coordinate is not a number',
      'the box lies outside the image',
      'the project has no such image',
    ]);
    expect(report.notes.join()).toContain('ALB');
  });

  it('of no known kind, or not there at all, change nothing', async () => {
    mkdirSync(at('unrelated'));
    for (let i = 0; i < 500; i += 1) writeFileSync(at('unrelated', `${i}.json`), `{"a":${i}}`);
    for (const [source, code] of [
      [at('unrelated'), 'format/unknown'],
      [at('nowhere'), 'import/not-found'],
    ] as const)
      expectRefusal(await cli('import', project, source), code);
    // An archive is said to be one: none of the formats' reasons would help.
    writeFileSync(at('labels.zip'), 'PK');
    expectRefusal(await cli('import', project, at('labels.zip')), 'import/archive');
  });

  it.skipIf(process.platform === 'win32')(
    'that are pipes or devices are not waited for, alone, by a link, or among others',
    async () => {
      mkdirSync(at('piped'));
      writeFileSync(
        at('piped', 'labels.csv'),
        'filename,class,xmin,ymin,xmax,ymax\nimg_0.jpg,ALB,1,2,30,20\n',
      );
      execFileSync('mkfifo', [at('piped', 'a.json'), at('alone.json')]);
      symlinkSync('/dev/zero', at('piped', 'endless.json'));
      symlinkSync(at('piped', 'a.json'), at('piped', 'b.json'));
      for (const place of [at('alone.json'), at('piped', 'endless.json'), '/dev/zero'])
        expectRefusal(await cli('import', project, place), 'import/not-found');
      const run = await cli('import', project, at('piped'), '--dry-run');
      expect([run.code, run.json()]).toMatchObject([0, { format: 'csv', boxes: 1 }]);
      // A photograph that is only a broken link costs nothing; a label that is one is called by its name.
      symlinkSync(at('gone'), at('piped', 'gone.jpg'));
      expect((await cli('import', project, at('piped'), '--dry-run')).code).toBe(0);
      symlinkSync(at('gone'), at('piped', 'gone.csv'));
      const broken = await cli('import', project, at('piped'));
      expectRefusal(broken, 'import/unreadable');
      expect(broken.stderr).toContain('gone.csv');
    },
  );

  it('are read as asked for, and a misspelt wish is refused by name', async () => {
    const run = await cli('import', project, at('labels.json'), '--set', 'crowd=keep', 'colour=blue');
    expectRefusal(run, 'format/options');
    expect(run.stderr).toContain('“colour”');
    expect(run.stderr).toContain('crowd');
  });

  it('do not cost the project that is made with them', async () => {
    expectRefusal(
      await cli('create', at('p1'), '--images', photos, '--labels', at('nowhere')),
      'import/not-found',
    );
    expect(existsSync(at('p1.catchlight'))).toBe(false);
    const run = await cli(
      'create',
      at('p2'),
      '--images',
      photos,
      '--labels',
      path.join(photos, 'letter.jpg'),
    );
    expectRefusal(run, 'format/unknown');
    expect(run.stderr).toContain('The project was made, without labels');
    expect(existsSync(at('p2.catchlight', 'project.db'))).toBe(true);
  });
});

describe('a wrong place', () => {
  it('is never written to: among the photographs, through a link to them, or where a file is', async () => {
    const targets = [path.join(photos, 'out')];
    if (process.platform !== 'win32') {
      symlinkSync(photos, at('link'));
      targets.push(at('link', 'out'));
    }
    for (const target of targets) {
      expectRefusal(
        await cli('export', project, '--format', 'coco', '--out', target),
        'export/inside-photographs',
      );
      expectRefusal(await cli('create', target, '--images', photos), 'project/inside-photographs');
    }
    expectRefusal(
      await cli('export', project, '--format', 'coco', '--out', at('labels.json')),
      'export/not-a-folder',
    );
    expect(readFileSync(at('labels.json'), 'utf8')).toContain('NaN');
  });

  it('for photographs is a file, or a folder the system keeps shut (asked of anyone but root); an empty one makes an empty project and says so', async () => {
    expectRefusal(await cli('create', at('p3'), '--images', at('labels.json')), 'project/no-images-folder');
    if (process.getuid !== undefined && process.getuid() !== 0) {
      mkdirSync(at('shut'), { mode: 0o000 });
      expectRefusal(await cli('create', at('p5'), '--images', at('shut')), 'folder/unreadable');
      expect(existsSync(at('p5.catchlight'))).toBe(false);
    }
    mkdirSync(at('none'));
    const run = await cli('create', at('p4'), '--images', at('none'));
    expect([run.code, run.json().images]).toEqual([0, 0]);
    expect(run.stderr).toContain('No photographs were found');
  });
});

describe('a project that is not whole', () => {
  it('is not opened and not changed: an emptied one, and one of a newer studio', async () => {
    mkdirSync(at('zero.catchlight'));
    writeFileSync(at('zero.catchlight', 'project.db'), '');
    expectRefusal(await cli('features', at('zero')), 'project/unfinished');
    expect(readFileSync(at('zero.catchlight', 'project.db'))).toHaveLength(0);
    mkdirSync(at('newer.catchlight'));
    writeFileSync(at('newer.catchlight', 'project.db'), readFileSync(path.join(project, 'project.db')));
    const database = new Database(at('newer.catchlight', 'project.db'));
    database.pragma('user_version = 99');
    database.close();
    const before = readFileSync(at('newer.catchlight', 'project.db'));
    expectRefusal(await cli('features', at('newer')), 'project/newer');
    expect(readFileSync(at('newer.catchlight', 'project.db'))).toEqual(before);
  });

  it('because its making was killed is gone on with when the command is repeated', async () => {
    for (const sign of ['lock.db', 'project.db-wal']) {
      const dir = at(`killed ${sign}.catchlight`);
      const entry = path.resolve(import.meta.dirname, '..', '..', 'bin', 'catchlight.js');
      const child = spawn(process.execPath, [entry, 'create', dir, '--images', photos], {
        env: { ...process.env, CATCHLIGHT_HOME: at('home') },
        stdio: 'ignore',
        timeout: 60_000,
      });
      const exited = once(child, 'exit');
      while (child.exitCode === null && !existsSync(path.join(dir, sign))) await sleep(5);
      child.kill('SIGKILL');
      await exited;
      // A machine quick enough to finish before the signal has a whole project, which is then left alone.
      const again = await cli('create', dir, '--images', photos);
      if (again.code !== 0)
        expect(['project/exists']).toContain((again.json().error as { code: string }).code);
      else expect(again.json()).toMatchObject({ images: 4 });
    }
  });
});

describe('the machine', () => {
  it('whose disk is full makes no project, says so, and leaves nothing half made', async () => {
    if (process.platform === 'win32') return;
    const entry = path.resolve(import.meta.dirname, '..', '..', 'bin', 'catchlight.js');
    // The shell's limit on the size of a file is met by SQLite as a full disk.
    const child = spawn(
      '/bin/sh',
      [
        '-c',
        'ulimit -f 64 && exec "$0" "$@"',
        process.execPath,
        entry,
        'create',
        at('full'),
        '--images',
        photos,
        '--json',
      ],
      { env: { ...process.env, CATCHLIGHT_HOME: at('home') }, timeout: 60_000 },
    );
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    const [code] = await once(child, 'close');
    expect([code, JSON.parse(stdout.trim()).error.code]).toEqual([1, 'disk/full']);
    expect(existsSync(at('full.catchlight'))).toBe(false);
  });

  it('with the project open elsewhere refuses the second command by name of the first', async () => {
    await using test = await startTestHost({ images: 1 });
    await makeProject(test);
    const dir = (await test.api.currentProject())?.path ?? '';
    const run = await cli('features', dir);
    expectRefusal(run, 'project/in-use');
    expect(run.stderr).toContain(String(process.pid));
  });
});

describe('words that make no command', () => {
  it('end with 2 and with one JSON object, as every other end does', async () => {
    expectRefusal(await cli('nonsense'), 'usage/command', 2);
    expectRefusal(await cli('create'), 'usage/command', 2);
    expectRefusal(await cli('evaluate', project, '--split', 'sideways'), 'usage/option', 2);
    expectRefusal(await cli('import', project, photos, '--set', 'novalue'), 'usage/setting', 2);
  });
});

describe('over HTTP', () => {
  it('the same refusals come as data, and options of an import reach the format', async () => {
    await using test = await startTestHost({ images: 2 });
    await makeProject(test);
    const { address } = await test.host.listen({ port: 0 });
    const start = async (input: object) => {
      const answer = await fetch(`${address}/rpc/startImport`, {
        method: 'POST',
        headers: { 'x-catchlight-token': test.host.token, 'content-type': 'application/json' },
        body: JSON.stringify(input),
      });
      const { result } = (await answer.json()) as { result: { data: { jobId: string } } };
      return whenOver(test.api, result.data.jobId);
    };
    const file = at('labels.json');
    const refused = await start({ path: file, options: { colour: 'blue' } });
    expect(refused.state).toMatchObject({ status: 'failed', error: { code: 'format/options' } });
    expect((await test.api.currentProject())?.counts.boxes).toBe(0);
    expect((await start({ path: file })).result).toMatchObject({ boxes: 3, clipped: 1 });
    expect((await test.api.listFormats())[0]?.importOptionsSchema).toMatchObject({
      properties: { crowd: {} },
    });
  });

  it('one exported JSON alone brings back what only the manifest beside it says', async () => {
    await using test = await startTestHost({ images: 2 });
    await makeProject(test);
    const out = path.join(test.dir, 'out');
    const exported = await test.api.startExport({ format: 'coco', dir: out, options: {} });
    expect((await whenOver(test.api, exported.jobId)).state.status).toBe('done');
    const { jobId } = await test.api.startImport({ path: path.join(out, 'annotations.json') });
    expect((await whenOver(test.api, jobId)).state.status).toBe('done');
    // Without the manifest, an image listed without boxes counts as looked at and empty.
    expect((await test.api.currentProject())?.counts).toMatchObject({ unseen: 2, empty: 0 });
  });
});
