/** A person's own tables on a real project: imported, undone, replaced, removed, told to a training and suspected by the leak test. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EngineInput } from '../../src/engine/messages.ts';
import type { EnginePort } from '../../src/main/host/engine-port.ts';
import { runCli } from '../helpers/run-cli.ts';
import { createScriptedEngine } from '../helpers/scripted-engine.ts';
import {
  labelImage,
  makeProject,
  startTestHost,
  type TestHost,
  whenOver,
  writeJpeg,
} from '../helpers/test-host.ts';

const boats = 6;
const images = 48;
let test: TestHost;
let imageIds: string[];
const trained: EngineInput<'train'>[] = [];

beforeAll(async () => {
  const scripted = createScriptedEngine();
  const call: EnginePort['call'] = async (method, input, options) => {
    if (method === 'train') trained.push(input as EngineInput<'train'>);
    return scripted.call(method, input, options);
  };
  test = await startTestHost({ images: 0, engine: { ...scripted, call } });
  for (let i = 0; i < images; i++)
    await writeJpeg(path.join(test.imagesDir, `img_${i}.jpg`), i, { width: 64, height: 48 });
  const made = await makeProject(test);
  imageIds = made.imageIds;
  for (const [i, id] of imageIds.entries()) await labelImage(test, id, made.classIds[i % 2] ?? '');
  await test.api.regroup({
    gestureId: 'groups',
    label: 'Group',
    changes: Array.from({ length: boats }, (_, boat) => ({
      imageIds: imageIds.filter((_id, i) => Math.floor(i / 2) % boats === boat),
      group: `boat ${boat}`,
    })),
  });
}, 120_000);
afterAll(() => test[Symbol.asyncDispose]());

/** `bait` goes with the class, `observer` does not. */
const writeTable = async (): Promise<string> => {
  const { items } = await test.api.listImages({ filter: {}, offset: 0, limit: 100 });
  const indexOf = new Map(imageIds.map((id, i) => [id, i]));
  const file = path.join(test.dir, 'cruise.csv');
  writeFileSync(
    file,
    [
      'photo;bait;observer;depth',
      ...items.map(({ id, path: name }) => {
        const i = indexOf.get(id) ?? 0;
        return `${name.replace('.jpg', '')};${i % 2 === 0 ? 'squid' : 'sardine'};person ${(i >> 2) % 2};${i},5`;
      }),
      'img_999;squid;person 1;4',
    ].join('\n'),
  );
  return file;
};

describe('a table of a cruise', () => {
  it('is looked into before anything is taken, and is taken as one gesture that undo takes back', async () => {
    const file = await writeTable();
    const table = await test.api.readMetadata({ file });
    expect(table).toMatchObject({ nameColumn: 'photo', images, rows: images + 1, unmatchedRows: 1 });
    expect(await test.api.metadataColumns()).toEqual([]);
    const { gesture } = await test.api.importMetadata({
      gestureId: 'take',
      file,
      columns: ['bait', 'Depth'],
    });
    const taken = await test.api.metadataColumns();
    expect(taken.map(({ name, kind, known }) => [name, kind, known])).toEqual([
      ['bait', 'name', images],
      ['depth', 'number', images],
    ]);
    await test.api.applyGesture({ ...gesture, id: 'untake', kind: 'undo', of: 'take', diffs: [] });
    expect(await test.api.metadataColumns()).toEqual([]);
  }, 60_000);

  it('is suspected by the leak test, which names the column that gives the class away', async () => {
    await test.api.importMetadata({ gestureId: 'again', file: await writeTable() });
    const job = await whenOver(test.api, (await test.api.startAudit({ features: false, seed: 1 })).jobId);
    expect(job.state).toMatchObject({ status: 'done' });
    const leak = (await test.api.audit())?.leaks.find(({ target }) => target === 'class');
    const found = leak?.suspects.filter(({ figures }) => figures.some(({ isFound }) => isFound));
    expect(found?.map(({ column }) => column)).toEqual(['bait']);
    expect(leak?.verdict.sentence).toContain('the column “bait”');
  }, 90_000);

  it('is told to whoever trains, and columns go again when they are removed', async () => {
    const { jobId } = await test.api.startTraining({
      recipe: 'gap-head',
      parameters: {},
      seed: 1,
      minutes: null,
    });
    await whenOver(test.api, jobId);
    const [sample] = trained[0]?.samples ?? [];
    expect(sample?.image.metadata).toMatchObject({
      bait: expect.any(String),
      depth: expect.stringMatching(/\.5$/),
    });
    await test.api.removeMetadata({ gestureId: 'gone', columns: ['bait', 'depth'] });
    expect((await test.api.metadataColumns()).map(({ name }) => name)).toEqual(['observer']);
  }, 60_000);

  it('is refused where it is no table, has no such column, or would bring too many', async () => {
    const file = await writeTable();
    const refused = (code: string, input: { file: string; columns?: string[] }) =>
      expect(test.api.importMetadata({ gestureId: 'bad', ...input })).rejects.toMatchObject({ code });
    await refused('metadata/unknown-column', { file, columns: ['captain'] });
    await refused('metadata/not-found', { file: path.join(test.dir, 'none.csv') });
    await refused('metadata/not-found', { file: test.dir });
    const wide = path.join(test.dir, 'wide.csv');
    const row = (cell: string) => Array.from({ length: 30 }, (_, i) => `${cell}${i}`).join(',');
    writeFileSync(wide, `file,${row('c')}\nimg_0,${row('v')}\n`);
    await refused('metadata/too-many-columns', { file: wide });
    expect((await test.api.metadataColumns()).map(({ name }) => name)).toEqual(['observer']);
  }, 60_000);

  it('is imported, listed and removed from the command line', async () => {
    const file = await writeTable();
    const project = (await test.api.currentProject())?.path ?? '';
    await test.api.closeProject();
    const shell = path.join(test.dir, 'shell');
    const imported = await runCli(shell, ['metadata', project, file, '--columns', 'bait,depth', '--json']);
    expect([imported.code, imported.stderr]).toEqual([0, expect.any(String)]);
    expect(imported.json()).toMatchObject({ columns: ['bait', 'depth'], images, unmatchedRows: 1 });
    const removed = await runCli(shell, ['metadata', project, '--remove', 'bait,observer', '--json']);
    expect(removed.json()).toMatchObject({ present: [{ name: 'depth', kind: 'number' }] });
    await test.api.openProject({ path: project });
  }, 120_000);
});
