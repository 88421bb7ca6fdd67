/** The audit and the split of many photographs: reckoned in a thread of its own, told as they go, cancelled without a trace. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HostApi } from '../../src/contract/host-api.ts';
import type { AuditReport } from '../../src/core/audit/report.ts';
import { splitRequestSchema } from '../../src/core/audit/split-plan.ts';
import { isJobOver, type Job } from '../../src/core/jobs.ts';
import { openProjectReader } from '../../src/main/db/project-reader.ts';
import { askDataWorker } from '../../src/main/host/audit/ask-data-worker.ts';
import { askOverview } from '../../src/main/host/audit/ask-overview.ts';
import { computeAudit } from '../../src/main/host/audit/compute-audit.ts';
import { keepChains } from '../../src/main/host/audit/keep-chains.ts';
import { computeOverview } from '../../src/main/host/audit/overview.ts';
import { type OpenProject, openProject } from '../../src/main/host/open-project.ts';
import { addManyImages } from '../helpers/many-images.ts';
import { makePlantedProject } from '../helpers/planted-project.ts';
import { createScriptedEngine } from '../helpers/scripted-engine.ts';
import { labelImage, makeProject, startTestHost, type TestHost, whenOver } from '../helpers/test-host.ts';

/** Calls back once, at the first progress of a job. */
async function atFirstProgress(api: HostApi, kind: Job['kind'], act: (job: Job) => unknown): Promise<void> {
  const stop = new AbortController();
  for await (const event of api.events(stop.signal)) {
    if (event.type !== 'job' || event.job.kind !== kind) continue;
    const { state } = event.job;
    if (state.status !== 'running' || state.progress.total === 0) continue;
    await act(event.job);
    stop.abort();
    return;
  }
}

const projectDir = async (api: HostApi): Promise<string> => (await api.currentProject())?.path ?? '';

describe('an audit', () => {
  let test: TestHost;
  beforeAll(async () => {
    test = await startTestHost({ images: 0, engine: createScriptedEngine() });
    await makePlantedProject(test.api, { imagesDir: test.imagesDir, seed: 5, images: 48, copies: 4 });
  }, 120_000);
  afterAll(() => test[Symbol.asyncDispose]());

  const stateOf = async () => {
    const { items } = await test.api.listImages({ filter: {}, offset: 0, limit: 100 });
    return test.api.findMembers({ imageIds: items.map(({ id }) => id) });
  };

  it('that is cancelled leaves no chain, no side, no report and no file behind', async () => {
    const before = await stateOf();
    const cancelled = atFirstProgress(test.api, 'audit', ({ id }) => test.api.cancelJob({ id }));
    const { jobId } = await test.api.startAudit({ features: false, seed: 1 });
    expect((await whenOver(test.api, jobId)).state).toEqual({ status: 'cancelled' });
    await cancelled;
    expect([await stateOf(), await test.api.audit()]).toEqual([before, null]);
    const files = readdirSync(await projectDir(test.api), { recursive: true }).map(String);
    expect(files.filter((name) => name.startsWith('audit'))).toEqual([]);
  }, 120_000);

  it('lets a person draw meanwhile; its report is of the moment it began, and the same as one made in one piece', async () => {
    const [image] = await stateOf();
    const [first] = await test.api.listClasses();
    const order: string[] = [];
    let revisionBefore = 0;
    const drawn = atFirstProgress(test.api, 'audit', async () => {
      order.push('under way');
      revisionBefore = (await test.api.currentProject())?.revision ?? 0;
      await test.api.applyGesture({
        ...{ id: 'meanwhile', kind: 'do', of: null, label: 'Rename', imageId: null, source: 'person' },
        diffs: [
          {
            table: 'classes',
            id: first?.id ?? '',
            before: first ?? null,
            after: { ...first, key: null } as never,
          },
        ],
      });
      order.push('drawn');
    });
    const { jobId } = await test.api.startAudit({ features: false, seed: 1 });
    await drawn;
    const over = whenOver(test.api, jobId).then((job) => {
      order.push(job.state.status);
      return job;
    });
    let answered = 0;
    while (!order.includes('done') && answered < 1e6) {
      await test.api.currentProject();
      answered += 1;
      await setImmediate();
    }
    await over;
    expect(order).toEqual(['under way', 'drawn', 'done']);
    // Far more than the slices that one thread could be cut into.
    expect(answered).toBeGreaterThan(20);
    const report = await test.api.audit();
    expect([report?.revision, image?.id !== undefined]).toEqual([revisionBefore, true]);

    const reader = openProjectReader(await projectDir(test.api));
    try {
      const refuse = (): never => {
        throw new Error('Everything was known already.');
      };
      const inOnePiece = await computeAudit(
        reader,
        { features: false, seed: 1 },
        { imageFile: refuse, now: () => 0, onProgress: () => undefined, save: refuse, embed: refuse },
      );
      expect({ ...inOnePiece.report, madeAtMs: 0, revision: 0 }).toEqual({
        ...report,
        madeAtMs: 0,
        revision: 0,
      });
      expect([inOnePiece.chains, inOnePiece.joins.size]).toEqual([[], 0]);
    } finally {
      reader.close();
    }
  }, 120_000);

  it('says what is wrong where there is no project to read', async () => {
    const dir = path.join(test.dir, 'nowhere');
    const { signal } = new AbortController();
    await expect(
      askDataWorker({ kind: 'split', dir, request: splitRequestSchema.parse({}) }, { signal }),
    ).rejects.toMatchObject({ code: expect.stringContaining('/') });
  }, 60_000);
});

describe('of thousands of photographs', () => {
  let test: TestHost;
  const many = 5200;
  const request = splitRequestSchema.parse({ way: 'random' });
  beforeAll(async () => {
    test = await startTestHost({ images: 1 });
    await makeProject(test);
    await addManyImages(test.api, { images: many, boxes: 0, classes: 1 });
  }, 120_000);
  afterAll(() => test[Symbol.asyncDispose]());
  const splitNow = async () => (await test.api.dataOverview()).split;

  it('a split is shown as it will be, told as a job, and taken back whole when that is cancelled', async () => {
    const preview = await test.api.previewSplit(request);
    expect(preview.sides.map(({ images }) => images)).toEqual([3641, 780, 780]);
    const cancelled = atFirstProgress(test.api, 'split', ({ id }) => test.api.cancelJob({ id }));
    await expect(test.api.applySplit({ gestureId: 'stopped', request })).rejects.toMatchObject({
      code: 'split/stopped',
    });
    await cancelled;
    expect((await splitNow()).unassigned).toBe(many + 1);
    expect(await test.api.listGestures({ limit: 5 })).toEqual([]);
  }, 120_000);

  it('a split is one step of the history although a person labels meanwhile, asked for twice it is made once, and undo takes it back', async () => {
    const preview = await test.api.previewSplit(request);
    const [{ id: classId = '' } = {}] = await test.api.listClasses();
    const labelled = atFirstProgress(test.api, 'split', () => labelImage(test, `many-${many - 1}`, classId));
    const ask = () => test.api.applySplit({ gestureId: 'split', request });
    const [gesture, again] = await Promise.all([ask(), ask()]);
    await labelled;
    expect(again).toEqual(gesture);
    const { sides } = await splitNow();
    expect(sides.map(({ images }) => images)).toEqual(preview.sides.map(({ images }) => images));
    expect((await test.api.listGestures({ limit: 5 })).map(({ label }) => label)).toEqual([
      'Draw',
      gesture.label,
    ]);
    await test.api.applyGesture({ ...gesture, id: 'undo', kind: 'undo', of: gesture.id, diffs: [] });
    expect((await splitNow()).unassigned).toBe(many + 1);
    expect((await test.api.listJobs()).every(({ state }) => isJobOver(state))).toBe(true);
  }, 120_000);

  it('the overview is put together beside the host, one look at a time however many ask', async () => {
    const dir = await projectDir(test.api);
    await test.api.closeProject();
    const project = openProject(dir, { create: false, nowMs: 0, emit: () => undefined });
    try {
      // Of all tables the host's own thread has the number of photographs in hand and nothing else.
      const bare = { ...project, db: { tallies: project.db.tallies } as OpenProject['db'] };
      const first = askOverview(bare);
      const [second, third] = [askOverview(bare), askOverview(bare)];
      expect([second === first, third === second]).toEqual([false, true]);
      expect(await first).toEqual(computeOverview(project.db));
      project.db.settings.save({ isTestLocked: true });
      expect((await askOverview(bare)).isTestLocked).toBe(true);
      await Promise.all([second, third]);
      project.db.settings.save({ isTestLocked: false });
    } finally {
      project.close();
    }
    const { signal } = new AbortController();
    const { total, parts } = await askDataWorker({ kind: 'split', dir, request }, { signal });
    const sizes = parts.map((part) => JSON.parse(new TextDecoder().decode(part)).length);
    expect(sizes).toEqual([...Array.from({ length: 10 }, () => 500), many + 1 - 5000]);
    expect(total).toBe(many + 1);
    await test.api.openProject({ path: dir });
  }, 120_000);

  it('chains are written whole or not at all, and what a person tied meanwhile stays', async () => {
    const dir = await projectDir(test.api);
    await test.api.closeProject();
    const project = openProject(dir, { create: false, nowMs: 0, emit: () => undefined });
    try {
      const ids = project.db.images.listPlaces().map(({ id }) => id);
      const changes = ids.map((id) => ({ id, from: null, to: `auto ${id}` }));
      const chainsNow = () => project.db.images.listPlaces().flatMap(({ chain }) => chain ?? []);
      const stop = new AbortController();
      const stopped = keepChains(project, changes, new Map(), stop.signal);
      expect(chainsNow()).toHaveLength(500);
      stop.abort(new Error('cancelled'));
      await expect(stopped).rejects.toThrow('cancelled');
      expect(chainsNow()).toEqual([]);

      project.db.images.update(ids[2000] ?? '', { chain: 'hand 1' });
      await keepChains(project, changes, new Map([[ids[0] ?? '', 'valid']]), new AbortController().signal);
      const chains = chainsNow();
      expect([chains.length, chains.filter((chain) => chain === 'hand 1').length]).toEqual([many + 1, 1]);
      expect(project.db.images.find(ids[0] ?? '')?.split).toBe('valid');
    } finally {
      project.close();
      await test.api.openProject({ path: dir });
    }
  }, 120_000);

  it('proposed groups are taken piece by piece as one step of the history, without a photograph that is gone', async () => {
    const { jobId } = await test.api.startAudit({ features: false, seed: 1 });
    await whenOver(test.api, jobId);
    const dir = await projectDir(test.api);
    const file = path.join(dir, 'audit', 'report.json');
    const report = JSON.parse(readFileSync(file, 'utf8')) as AuditReport;
    const ids = report.groups.groups.flatMap(({ imageIds }) => imageIds);
    expect(ids).toHaveLength(many + 1);
    const [name, ...evidence] = ['first boat'];
    const groups = [
      { name, imageIds: [...ids.slice(0, many - 1), 'gone'], evidence },
      { name: 'second boat', imageIds: ids.slice(many - 1), evidence },
    ];
    writeFileSync(file, JSON.stringify({ ...report, groups: { ...report.groups, groups } }));
    const gesture = await test.api.confirmGroups({ gestureId: 'groups' });
    expect(gesture.diffs).toEqual([]);
    const groupsNow = async () =>
      (await test.api.dataOverview()).groups.map(({ name, images }) => [name, images]);
    expect(await groupsNow()).toEqual([
      ['first boat', many - 1],
      ['second boat', 2],
    ]);
    const revision = (await test.api.currentProject())?.revision ?? 0;
    await test.api.applyGesture({ ...gesture, id: 'undo groups', kind: 'undo', of: gesture.id, diffs: [] });
    expect((await groupsNow()).some(([name]) => name === 'second boat')).toBe(false);
    expect((await test.api.currentProject())?.revision).toBe(revision + 1);
    await test.api.closeProject();
    const project = openProject(dir, { create: false, nowMs: 0, emit: () => undefined });
    expect(project.db.changes.countParts('groups')).toBe(11);
    project.close();
    await test.api.openProject({ path: dir });
  }, 120_000);
});
