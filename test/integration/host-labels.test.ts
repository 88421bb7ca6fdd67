/** Labels are never lost and never half saved: gestures, conflicts, undo, crashes and full disks on a real database. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Gesture, RecordDiff } from '../../src/core/diffs.ts';
import type { BoxRecord, ImageState } from '../../src/core/records.ts';
import { openProjectDatabase } from '../../src/main/db/project-database.ts';
import { createHost } from '../../src/main/host/host.ts';
import { makeBox, makeProject, startTestHost, type TestHost } from '../helpers/test-host.ts';

const gesture = (id: string, diffs: RecordDiff[], part: Partial<Gesture> = {}): Gesture => ({
  id,
  kind: 'do',
  of: null,
  label: 'Draw box',
  imageId: null,
  source: 'person',
  diffs,
  ...part,
});
const addBox = (box: BoxRecord): RecordDiff => ({ table: 'boxes', id: box.id, before: null, after: box });
const mark = (id: string, before: ImageState, after: ImageState): RecordDiff => ({
  table: 'images',
  id,
  before: { id, state: before },
  after: { id, state: after },
});

/** Everything a person can see of the labels, in a fixed order. */
async function readLabels(test: TestHost, imageIds: readonly string[]) {
  const documents = await Promise.all(imageIds.map((id) => test.api.getImage({ id })));
  const classes = (await test.api.listClasses()).sort((a, b) => (a.id < b.id ? -1 : 1));
  return {
    classes,
    images: documents.map(({ image, boxes }) => ({
      id: image.id,
      state: image.state,
      boxes: [...boxes].sort((a, b) => (a.id < b.id ? -1 : 1)),
    })),
  };
}

describe('a gesture', () => {
  it('is saved whole, counted, told to every window, and there after reopening', async () => {
    await using test = await startTestHost();
    const { imageIds, classIds } = await makeProject(test);
    const [imageId = ''] = imageIds;
    const listening = new AbortController();
    const events = test.api.events(listening.signal);
    const box = makeBox({
      id: 'b1',
      imageId,
      classId: classIds[0] ?? '',
      x: 0.1 + 0.2,
      attributes: { length: 12.5, wet: true },
      head: { x: 1, y: 2 },
    });
    const { revision } = await test.api.applyGesture(
      gesture('g1', [addBox(box), mark(imageId, 'unseen', 'labelled')]),
    );
    for await (const event of events) {
      if (event.type !== 'labels') continue;
      expect(event).toEqual({ type: 'labels', revision, imageIds: [imageId], gestureId: 'g1' });
      break;
    }
    listening.abort();
    const dir = (await test.api.currentProject())?.path ?? '';
    await test.api.closeProject();
    expect((await test.api.openProject({ path: dir })).counts).toMatchObject({
      boxes: 1,
      labelled: 1,
      unseen: 2,
    });
    expect((await test.api.getImage({ id: imageId })).boxes).toEqual([box]);
    expect((await test.api.listGestures({ limit: 5 })).map((entry) => entry.id)).toEqual(['g1']);
    expect(
      (await test.api.listImages({ filter: { classId: classIds[0] ?? '' }, offset: 0, limit: 9 })).items.map(
        (item) => item.boxes,
      ),
    ).toEqual([1]);
  });

  it('from a window that shows an older state is a conflict, and overwrites nothing', async () => {
    await using test = await startTestHost();
    const { imageIds, classIds } = await makeProject(test);
    const box = makeBox({ id: 'b1', imageId: imageIds[0] ?? '', classId: classIds[0] ?? '' });
    await test.api.applyGesture(gesture('g1', [addBox(box), mark(box.imageId, 'unseen', 'labelled')]));
    const moved = { ...box, x: 20 };
    await test.api.applyGesture(gesture('g2', [{ table: 'boxes', id: 'b1', before: box, after: moved }]));
    const late: RecordDiff[] = [
      addBox(makeBox({ ...box, id: 'b2' })),
      { table: 'boxes', id: 'b1', before: box, after: { ...box, x: 9 } },
    ];
    await expect(test.api.applyGesture(gesture('g3', late))).rejects.toMatchObject({
      code: 'labels/conflict',
    });
    expect((await test.api.getImage({ id: box.imageId })).boxes).toEqual([moved]);
    expect((await test.api.listGestures({ limit: 9 })).map((entry) => entry.id)).toEqual(['g1', 'g2']);
  });

  it('sent twice because the answer was lost is saved once', async () => {
    await using test = await startTestHost();
    const { imageIds, classIds } = await makeProject(test);
    const box = makeBox({ id: 'b1', imageId: imageIds[0] ?? '', classId: classIds[0] ?? '' });
    const first = gesture('g1', [addBox(box), mark(box.imageId, 'unseen', 'labelled')]);
    const answers = [await test.api.applyGesture(first), await test.api.applyGesture(first)];
    expect(answers[1]).toEqual(answers[0]);
    await expect(
      test.api.applyGesture(gesture('g1', [mark(box.imageId, 'labelled', 'reviewed')])),
    ).rejects.toMatchObject({ code: 'labels/duplicate-gesture' });
  });

  it('that makes no sense is refused with a reason, whatever it tries', async () => {
    await using test = await startTestHost();
    const { imageIds, classIds } = await makeProject(test);
    const [imageId = ''] = imageIds;
    const good = makeBox({ id: 'b1', imageId, classId: classIds[0] ?? '' });
    const refused = async (diffs: RecordDiff[], code: string): Promise<void> => {
      await expect(
        test.api.applyGesture(gesture(`try-${code}-${Math.random()}`, diffs)),
        code,
      ).rejects.toMatchObject({ code });
    };
    await refused([addBox({ ...good, x: 60, w: 20 })], 'labels/outside-image');
    await refused([addBox({ ...good, y: -3 })], 'labels/outside-image');
    await refused([addBox({ ...good, w: Number.NaN })], 'labels/invalid');
    await refused([addBox({ ...good, h: 0 })], 'labels/invalid');
    await refused([addBox({ ...good, imageId: 'nobody' })], 'labels/unknown-image');
    await refused(
      [addBox({ ...good, classId: 'nobody' }), mark(imageId, 'unseen', 'labelled')],
      'labels/unknown-reference',
    );
    await refused([{ table: 'boxes', id: 'other', before: null, after: good }], 'labels/invalid');
    await refused(
      [{ table: 'images', id: imageId, before: { id: imageId, state: 'unseen' }, after: null }],
      'labels/invalid',
    );
    await refused([addBox(good), mark(imageId, 'unseen', 'empty')], 'labels/conflict');
    const [alb] = await test.api.listClasses();
    if (alb === undefined) throw new Error('The project has classes.');
    await refused(
      [{ table: 'classes', id: alb.id, before: alb, after: { ...alb, name: '  yft ' } }],
      'classes/duplicate-name',
    );
    await test.api.applyGesture(gesture('ok', [addBox(good), mark(imageId, 'unseen', 'labelled')]));
    await refused([{ table: 'classes', id: alb.id, before: alb, after: null }], 'classes/in-use');
    expect((await test.api.currentProject())?.counts.boxes).toBe(1);
  });

  it('lets two classes swap their names', async () => {
    await using test = await startTestHost({ images: 0 });
    await makeProject(test);
    const [a, b] = await test.api.listClasses();
    if (a === undefined || b === undefined) throw new Error('The project has classes.');
    const diffs: RecordDiff[] = [
      { table: 'classes', id: a.id, before: a, after: { ...a, name: b.name } },
      { table: 'classes', id: b.id, before: b, after: { ...b, name: a.name } },
    ];
    await test.api.applyGesture(gesture('swap', diffs));
    expect((await test.api.listClasses()).map((entry) => entry.name)).toEqual([b.name, a.name]);
  });
});

describe('undo', () => {
  it('of everything, in reverse, brings back the start, whatever was done', async () => {
    await using test = await startTestHost();
    const { imageIds, classIds } = await makeProject(test);
    const start = await readLabels(test, imageIds);
    let run = 0;
    const action = fc.record({
      what: fc.constantFrom('draw', 'move', 'delete', 'class'),
      image: fc.nat(2),
      pick: fc.nat(50),
      x: fc.double({ min: 0, max: 40, noNaN: true }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 12 }), async (actions) => {
        run += 1;
        const boxes = new Map<string, BoxRecord>();
        const states = new Map<string, ImageState>(imageIds.map((id) => [id, 'unseen']));
        const done: Gesture[] = [];
        for (const [step, { what, image, pick, x }] of actions.entries()) {
          const imageId = imageIds[image] ?? '';
          const target = [...boxes.values()][pick % Math.max(1, boxes.size)];
          const diffs: RecordDiff[] = [];
          if (what === 'draw' || target === undefined) {
            const box = makeBox({ id: `r${run}-${step}`, imageId, classId: classIds[pick % 2] ?? '', x });
            diffs.push(addBox(box));
            boxes.set(box.id, box);
            if (states.get(imageId) === 'unseen') diffs.push(mark(imageId, 'unseen', 'labelled'));
            states.set(imageId, 'labelled');
          } else {
            const after =
              what === 'delete'
                ? null
                : what === 'move'
                  ? { ...target, x }
                  : { ...target, classId: classIds[pick % 2] ?? '' };
            diffs.push({ table: 'boxes', id: target.id, before: target, after });
            if (after === null) boxes.delete(target.id);
            else boxes.set(target.id, after);
          }
          const next = gesture(`r${run}-g${step}`, diffs);
          await test.api.applyGesture(next);
          done.push(next);
        }
        const end = await readLabels(test, imageIds);
        for (const original of done.toReversed())
          await test.api.applyGesture(gesture(`${original.id}-undo`, [], { kind: 'undo', of: original.id }));
        expect(await readLabels(test, imageIds)).toEqual(start);
        for (const original of done)
          await test.api.applyGesture(gesture(`${original.id}-redo`, [], { kind: 'redo', of: original.id }));
        expect(await readLabels(test, imageIds)).toEqual(end);
        for (const original of done.toReversed())
          await test.api.applyGesture(
            gesture(`${original.id}-undo-2`, [], { kind: 'undo', of: original.id }),
          );
      }),
      { numRuns: 8 },
    );
    expect((await test.api.currentProject())?.counts).toMatchObject({ boxes: 0, unseen: 3, labelled: 0 });
  });

  it('of something that was never done is refused', async () => {
    await using test = await startTestHost();
    await makeProject(test);
    await expect(
      test.api.applyGesture(gesture('u', [], { kind: 'undo', of: 'nothing' })),
    ).rejects.toMatchObject({ code: 'labels/unknown-gesture' });
  });
});

describe('when things go wrong', () => {
  it('a box is there after the host was killed the moment its saving was answered', async () => {
    await using test = await startTestHost();
    const { imageIds, classIds } = await makeProject(test);
    const dir = (await test.api.currentProject())?.path ?? '';
    await test.api.closeProject();
    const child = fork(
      path.join(import.meta.dirname, '..', 'helpers', 'killed-host.ts'),
      [dir, path.join(test.dir, 'home-2')],
      { execArgv: ['--disable-warning=ExperimentalWarning'] },
    );
    await answer(child);
    const box = makeBox({ id: 'kept', imageId: imageIds[0] ?? '', classId: classIds[0] ?? '' });
    child.send(gesture('last', [addBox(box), mark(box.imageId, 'unseen', 'labelled')]));
    expect(await answer(child)).toEqual({ revision: 1 });
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
    expect((await test.api.openProject({ path: dir })).counts.boxes).toBe(1);
    expect((await test.api.getImage({ id: box.imageId })).boxes).toEqual([box]);
  });

  it('a full disk refuses a box, keeps what was saved, and takes it once there is room', async () => {
    await using test = await startTestHost();
    const { imageIds, classIds } = await makeProject(test);
    const dir = (await test.api.currentProject())?.path ?? '';
    await test.api.closeProject();
    const db = openProjectDatabase(dir, { create: false, nowMs: 0 });
    db.limitPages(1);
    const box = makeBox({
      id: 'b',
      imageId: imageIds[0] ?? '',
      classId: classIds[0] ?? '',
      attributes: { note: 'x'.repeat(60_000) },
    });
    expect(() => db.transaction(() => db.boxes.insert(box))).toThrow(
      expect.objectContaining({ code: 'disk/full' }),
    );
    expect(db.boxes.listAll()).toEqual([]);
    db.limitPages(1_000_000);
    db.transaction(() => db.boxes.insert(box));
    expect(db.boxes.listAll()).toEqual([box]);
    db.close();
  });

  it('an unfinished job of a stopped studio is interrupted and can be resumed', async () => {
    await using test = await startTestHost();
    await makeProject(test);
    const dir = (await test.api.currentProject())?.path ?? '';
    await test.api.closeProject();
    const db = openProjectDatabase(dir, { create: false, nowMs: 0 });
    const progress = { phase: 'Reading photographs', done: 1, total: 3, unit: 'images', etaMs: null };
    db.jobs.save({
      id: 'old',
      kind: 'scan',
      title: 'Scan',
      state: { status: 'running', progress },
      createdAtMs: 1,
      input: {},
      result: null,
    });
    db.close();
    const host = await createHost({ shell: 'serve', userDataDir: path.join(test.dir, 'home-3') });
    await host.api.openProject({ path: dir });
    expect((await host.api.listJobs()).find((job) => job.id === 'old')?.state).toEqual({
      status: 'interrupted',
      progress,
    });
    const events = host.api.events(new AbortController().signal);
    await host.api.resumeJob({ id: 'old' });
    for await (const event of events) {
      if (event.type === 'job' && event.job.id === 'old' && event.job.state.status === 'done') break;
    }
    expect((await host.api.listJobs()).find((job) => job.id === 'old')?.state.status).toBe('done');
    await host.close();
  });
});

/** The next message of a child, or its end as an error: never a wait without end. */
function answer(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('The host process did not answer within 30 s.')), 30_000);
    child.once('message', (message) => {
      clearTimeout(timer);
      resolve(message);
    });
    child.once('exit', (code) => reject(new Error(`The host process ended with code ${code}.`)));
  });
}

describe('the history', () => {
  it('is told in parts, newest first, back to the first gesture', async () => {
    await using test = await startTestHost();
    const { imageIds, classIds } = await makeProject(test);
    const [imageId = ''] = imageIds;
    const ids = ['g1', 'g2', 'g3', 'g4', 'g5'];
    for (const [index, id] of ids.entries()) {
      const box = makeBox({ id: `b-${id}`, imageId, classId: classIds[0] ?? '' });
      const first = index === 0 ? [mark(imageId, 'unseen', 'labelled')] : [];
      await test.api.applyGesture(gesture(id, [addBox(box), ...first]));
    }
    const list = async (before?: string) =>
      (await test.api.listGestures({ limit: 2, before })).map((entry) => entry.id);
    expect([await list(), await list('g4'), await list('g2'), await list('g1'), await list('gone')]).toEqual([
      ['g4', 'g5'],
      ['g2', 'g3'],
      ['g1'],
      [],
      [],
    ]);
  });
});

describe('what a person says beyond class and place', () => {
  it('is saved with the record, compared with it, and gone without a trace after undo', async () => {
    await using test = await startTestHost();
    const { imageIds, classIds } = await makeProject(test);
    const [imageId = ''] = imageIds;
    const [cod] = await test.api.listClasses();
    if (cod === undefined) throw new Error('the project has classes');
    const box = makeBox({ id: 'b', imageId, classId: classIds[0] ?? '' });
    const changed: BoxRecord = { ...box, z: 2, locked: true, confirmedAs: box.classId };
    const said = { note: 'blurred', flags: ['ask an expert'], mmPerPx: 0.4 };
    const unsaid = { note: null, flags: null, mmPerPx: null };
    const attributes = [{ name: 'sex', kind: 'choice' as const, choices: ['f', 'm'] }];
    await test.api.applyGesture(gesture('draw', [addBox(box), mark(imageId, 'unseen', 'labelled')]));
    await test.api.applyGesture(
      gesture('say', [
        { table: 'boxes', id: 'b', before: box, after: changed },
        {
          table: 'images',
          id: imageId,
          before: { id: imageId, state: 'labelled', ...unsaid },
          after: { id: imageId, state: 'labelled', ...said },
        },
        { table: 'classes', id: cod.id, before: cod, after: { ...cod, attributes } },
      ]),
    );
    const { image, boxes } = await test.api.getImage({ id: imageId });
    expect({ image, boxes }).toMatchObject({ image: said, boxes: [changed] });
    expect((await test.api.listClasses())[0]).toEqual({ ...cod, attributes });
    expect(await test.api.listFlags()).toEqual(['ask an expert']);
    await test.api.setProjectScale({ mmPerPx: 0.5 });
    expect((await test.api.currentProject())?.mmPerPx).toBe(0.5);
    await test.api.setProjectScale({ mmPerPx: null });
    expect((await test.api.currentProject())?.mmPerPx).toBeNull();
    // A window that knows nothing of the note may still say something of the image's state.
    await test.api.applyGesture(gesture('done', [mark(imageId, 'labelled', 'reviewed')]));
    await expect(
      test.api.applyGesture(
        gesture('late', [{ table: 'boxes', id: 'b', before: box, after: { ...box, x: 3 } }]),
      ),
    ).rejects.toMatchObject({ code: 'labels/conflict' });
    await expect(
      test.api.applyGesture(
        gesture('lopsided', [
          {
            table: 'images',
            id: imageId,
            before: { id: imageId, state: 'reviewed' },
            after: { id: imageId, state: 'reviewed', note: 'cannot be undone' },
          },
        ]),
      ),
    ).rejects.toMatchObject({ code: 'labels/invalid' });
    await test.api.applyGesture(gesture('u1', [], { kind: 'undo', of: 'done' }));
    await test.api.applyGesture(gesture('u2', [], { kind: 'undo', of: 'say' }));
    const after = await test.api.getImage({ id: imageId });
    expect(after.boxes).toEqual([box]);
    expect(after.image).toMatchObject(unsaid);
    expect(await test.api.listFlags()).toEqual([]);
    expect((await test.api.listClasses())[0]).toEqual(cod);
  });
});
