/** The audit on a real project: planted copies, groups, a leak; regrouping with undo; splits that stay; the page and the command. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { splitRequestSchema } from '../../src/core/audit/split-plan.ts';
import { generateSample, type SampleManifest } from '../../src/main/sample/sample.ts';
import { runCli } from '../helpers/run-cli.ts';
import { createScriptedEngine } from '../helpers/scripted-engine.ts';
import { startTestHost, type TestHost, whenOver, writeJpeg } from '../helpers/test-host.ts';

let test: TestHost;
let manifest: SampleManifest;
const idOf = new Map<string, string>();

/** Small and drawn once for all stories: thirty scenes of twelve boats and six copies of them. */
beforeAll(async () => {
  test = await startTestHost({ images: 0, engine: createScriptedEngine() });
  manifest = await generateSample({ outDir: test.imagesDir, seed: 3, images: 30, copies: 6 });
  const { jobId } = await test.api.createProject({
    imagesDir: test.imagesDir,
    name: 'audited',
    classes: manifest.classes.map(({ name }) => name),
  });
  await whenOver(test.api, jobId);
  const { items } = await test.api.listImages({ filter: {}, offset: 0, limit: 100 });
  for (const { path: name, id } of items) idOf.set(name, id);
}, 120_000);
afterAll(() => test[Symbol.asyncDispose]());

const audit = async () => {
  const { jobId } = await test.api.startAudit({ features: false, seed: 1 });
  const job = await whenOver(test.api, jobId);
  expect(job.state).toMatchObject({ status: 'done' });
  const report = await test.api.audit();
  if (report === null) throw new Error('no report');
  return report;
};
const membersOf = async () =>
  new Map(
    (await test.api.findMembers({ imageIds: [...idOf.values()] })).map((member) => [member.id, member]),
  );

describe('an audit', () => {
  it('finds every planted copy and nothing else, and takes the boats for groups', async () => {
    const report = await audit();
    const copies = manifest.images.flatMap(({ fileName, copyOf }) =>
      copyOf === undefined ? [] : [[idOf.get(copyOf), idOf.get(fileName)].sort()],
    );
    expect(report.chains.map(({ ids }) => [...ids].sort()).sort()).toEqual(copies.sort());
    expect(report.groups.signals.find(({ isUsed }) => isUsed)?.id).toBe('size');
    const boatOf = new Map(manifest.images.map(({ fileName, group }) => [idOf.get(fileName) ?? '', group]));
    for (const { imageIds } of report.groups.groups)
      expect(new Set(imageIds.map((id) => boatOf.get(id))).size).toBe(1);
    expect(report.leaks).toEqual([]);
  }, 60_000);

  it('reads no file twice, and says without labels that there is nothing to test', async () => {
    const before = await audit();
    const again = await audit();
    expect({ ...again, madeAtMs: 0 }).toEqual({ ...before, madeAtMs: 0 });
  }, 60_000);

  it('is written as one page whose data can be read back, and as JSON', async () => {
    const report = await audit();
    const page = path.join(test.dir, 'report.html');
    await test.api.saveAudit({ file: page });
    const html = readFileSync(page, 'utf8');
    expect(html).toContain('<svg');
    const inside = /<script type="application\/json" id="audit">(.*)<\/script>/s.exec(html)?.[1] ?? '';
    const whole = { ...report, gap: null, models: [] };
    expect(JSON.parse(inside)).toEqual(whole);
    await test.api.saveAudit({ file: path.join(test.dir, 'report.json') });
    expect(JSON.parse(readFileSync(path.join(test.dir, 'report.json'), 'utf8'))).toEqual(whole);
  }, 60_000);
});

describe('a person who regroups', () => {
  it('takes the proposed groups, and undo gives the old ones back', async () => {
    const report = await audit();
    const before = (await test.api.dataOverview()).groups.map(({ name }) => name);
    const gesture = await test.api.confirmGroups({ gestureId: 'take' });
    expect((await test.api.dataOverview()).groups.map(({ name }) => name).sort()).toEqual(
      report.groups.groups.map(({ name }) => name).sort(),
    );
    await test.api.applyGesture({ ...gesture, id: 'untake', kind: 'undo', of: 'take', diffs: [] });
    expect((await test.api.dataOverview()).groups.map(({ name }) => name)).toEqual(before);
    await test.api.confirmGroups({ gestureId: 'take again' });
  }, 60_000);

  it('merges two groups, ties two photographs, drops one as a copy; no file is touched, and an audit keeps it so', async () => {
    const [first, second, third] = (await test.api.dataOverview()).groups;
    const { items } = await test.api.listMembers({ group: second?.name ?? null, offset: 0, limit: 100 });
    const imageIds = items.map(({ id }) => id);
    await test.api.regroup({
      gestureId: 'merge',
      label: 'Merge groups',
      changes: [{ imageIds, group: first?.name ?? '' }],
    });
    expect((await test.api.dataOverview()).groups.find(({ name }) => name === first?.name)?.images).toBe(
      (first?.images ?? 0) + (second?.images ?? 0),
    );
    const [kept = '', twin = ''] = (third?.sample ?? []).slice(0, 2);
    await test.api.regroup({
      gestureId: 'drop',
      label: 'Drop copies',
      changes: [
        { imageIds: [kept, twin], chain: 'one' },
        { imageIds: [twin], copyOf: kept },
      ],
    });
    const report = await audit();
    const members = await membersOf();
    expect(members.get(twin)).toMatchObject({ copyOf: kept, chain: members.get(kept)?.chain });
    expect(report.chains.some(({ ids }) => ids.includes(kept) && ids.includes(twin))).toBe(true);
    expect((await test.api.listImages({ filter: {}, offset: 0, limit: 100 })).total).toBe(36);
    await test.api.regroup({
      gestureId: 'apart',
      label: 'Apart',
      changes: [{ imageIds: [kept, twin], chain: 'apart', copyOf: null }],
    });
    expect((await audit()).chains.some(({ ids }) => ids.includes(twin) && ids.includes(kept))).toBe(false);
  }, 60_000);

  it('is refused for photographs that are not there and for copies of themselves', async () => {
    const [id = ''] = [...idOf.values()];
    for (const change of [
      { imageIds: ['none'], group: 'x' },
      { imageIds: [id], copyOf: id },
      { imageIds: [id], copyOf: 'none' },
    ])
      await expect(
        test.api.regroup({ gestureId: 'bad', label: 'Bad', changes: [change] }),
      ).rejects.toMatchObject({
        code: 'audit/unknown-image',
      });
  });
});

describe('a split', () => {
  it('keeps groups and twins whole, is applied as shown, and new photographs join the side of their boat', async () => {
    const request = splitRequestSchema.parse({ trainFrac: 0.6, validFrac: 0.2 });
    const preview = await test.api.previewSplit(request);
    await test.api.applySplit({ gestureId: 'split', request });
    const { split } = await test.api.dataOverview();
    expect(split).toEqual(preview);
    expect([split.cutGroups, split.cutChains, split.unassigned]).toEqual([[], 0, 0]);
    const { id, path: name } = [...(await membersOf()).values()].find(
      (member) => member.split === 'test',
    ) ?? { id: '', path: '' };
    const boat = manifest.images.find(({ fileName }) => fileName === name);
    await writeJpeg(path.join(test.imagesDir, 'new.jpg'), 1, {
      width: boat?.widthPx ?? 0,
      height: boat?.heightPx ?? 0,
    });
    await whenOver(test.api, (await test.api.rescan()).jobId);
    const { items } = await test.api.listImages({ filter: { text: 'new.jpg' }, offset: 0, limit: 1 });
    const group = (await test.api.getImage({ id })).image.group;
    await test.api.regroup({
      gestureId: 'join',
      label: 'Join',
      changes: [{ imageIds: [items[0]?.id ?? ''], group }],
    });
    await whenOver(test.api, (await test.api.rescan()).jobId);
    expect((await test.api.getImage({ id: items[0]?.id ?? '' })).image.split).toBe('test');
  }, 60_000);

  it('leaves a locked test side alone, refuses to change it by hand, and says what cannot be made', async () => {
    await test.api.lockTest({ isLocked: true });
    const inTest = async () =>
      [...(await membersOf()).values()].flatMap(({ id, split }) => (split === 'test' ? [id] : [])).sort();
    const before = await inTest();
    await test.api.applySplit({ gestureId: 'again', request: splitRequestSchema.parse({ seed: 5 }) });
    expect(await inTest()).toEqual(before);
    const id = before[0] ?? '';
    const { state } = (await test.api.getImage({ id })).image;
    await expect(
      test.api.applyGesture({
        id: 'cheat',
        kind: 'do',
        of: null,
        label: 'Cheat',
        imageId: id,
        source: 'person',
        diffs: [
          { table: 'images', id, before: { id, state, split: 'test' }, after: { id, state, split: 'train' } },
        ],
      }),
    ).rejects.toMatchObject({ code: 'split/test-locked' });
    await test.api.lockTest({ isLocked: false });
    await expect(
      test.api.previewSplit(splitRequestSchema.parse({ way: 'one-group-out', group: 'none' })),
    ).rejects.toMatchObject({
      code: 'split/impossible',
    });
  }, 60_000);
});

describe('the command', () => {
  it('prints what it found and ends with the report as JSON', async () => {
    const project = (await test.api.currentProject())?.path ?? '';
    await test.api.closeProject();
    const page = path.join(test.dir, 'cli.html');
    const { code, json } = await runCli(path.join(test.dir, 'shell'), [
      'audit',
      project,
      '--html',
      page,
      '--json',
    ]);
    expect(code).toBe(0);
    expect(json()).toMatchObject({ format: 1, images: 37, page });
    expect(readFileSync(page, 'utf8')).toContain('Audit of audited');
    await test.api.openProject({ path: project });
  }, 90_000);
});
