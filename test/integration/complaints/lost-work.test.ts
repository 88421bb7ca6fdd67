/**
 * Complaints 1 to 9 of docs/complaints.md: work that was lost. Each is told as what a person does, with the real editor on the real host and
 * its database.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, renameSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import type { Gesture } from '../../../src/core/diffs.ts';
import { AppError } from '../../../src/core/errors.ts';
import { preferencesSchema } from '../../../src/core/preferences.ts';
import { createHost } from '../../../src/main/host/host.ts';
import { addManyImages } from '../../helpers/many-images.ts';
import { readLabels, sitDown } from '../../helpers/person-at-host.ts';
import { createScriptedEngine } from '../../helpers/scripted-engine.ts';
import { makeBox, makeProject, startTestHost, whenOver } from '../../helpers/test-host.ts';

const first = (ids: readonly string[]): string => ids[0] ?? '';
/** A box as the window sends it; the first of an image makes it labelled. */
const drawn = (id: string, imageId: string, classId: string, isFirst: boolean): Gesture => ({
  ...{ id, kind: 'do', of: null, label: 'Draw box', imageId, source: 'person' },
  diffs: [
    { table: 'boxes', id: `${id}-box`, before: null, after: makeBox({ id: `${id}-box`, imageId, classId }) },
    {
      ...{ table: 'images', id: imageId },
      before: { id: imageId, state: isFirst ? 'unseen' : 'labelled' },
      after: { id: imageId, state: 'labelled' },
    },
  ],
});

it('1: everything can be taken back, on every image, also after the studio was closed, and done again', async () => {
  await using test = await startTestHost();
  const { imageIds } = await makeProject(test);
  const start = await readLabels(test.api, imageIds);
  const person = await sitDown(test.api, first(imageIds));
  person.press('W');
  person.drag({ x: 5, y: 5 }, { x: 30, y: 30 });
  person.press('2');
  person.press('Escape');
  person.drag({ x: 15, y: 15 }, { x: 25, y: 20 });
  person.press('Ctrl+C');
  await person.goTo(imageIds[1] ?? '');
  person.press('Ctrl+V');
  person.press('Ctrl+D');
  person.press('Delete');
  await person.goTo(imageIds[2] ?? '');
  person.press('N');
  await person.settle();
  const end = await readLabels(test.api, imageIds);
  expect(end.map(({ state, boxes }) => [state, boxes.length])).toEqual([
    ['labelled', 1],
    ['labelled', 1],
    ['empty', 0],
  ]);

  const dir = (await test.api.currentProject())?.path ?? '';
  await test.api.closeProject();
  await test.api.openProject({ path: dir });
  const later = await sitDown(test.api, first(imageIds));
  const steps = later.editor.undoDepth();
  for (let i = 0; i < steps; i += 1) {
    later.press('Ctrl+Z');
    await later.settle();
  }
  expect(await readLabels(test.api, imageIds)).toEqual(start);
  expect(later.editor.getSnapshot().undoLabel).toBeNull();
  for (let i = 0; i < steps; i += 1) {
    later.press('Ctrl+Y');
    await later.settle();
  }
  expect(await readLabels(test.api, imageIds)).toEqual(end);
});

it('2: going on to the next image keeps what was just done, though nobody pressed Save', async () => {
  await using test = await startTestHost();
  const { imageIds } = await makeProject(test);
  const person = await sitDown(test.api, first(imageIds));
  person.press('W');
  person.drag({ x: 10, y: 10 }, { x: 30, y: 30 });
  // A run of nudges waits for its pause, and a drag for the button: the one is finished, the other dropped.
  person.press('ArrowRight');
  person.press('ArrowRight');
  await person.goTo(imageIds[1] ?? '');
  person.down({ x: 5, y: 5 });
  person.move({ x: 20, y: 20 });
  await person.goTo(imageIds[2] ?? '');
  await person.settle();
  const [one, two] = await readLabels(test.api, imageIds);
  expect(one?.boxes.map(({ x, y, w, h }) => [x, y, w, h])).toEqual([[12, 10, 20, 20]]);
  expect(two?.boxes).toEqual([]);
  expect(person.editor.getSnapshot().save).toEqual({ kind: 'saved' });
});

it('3: saving cannot be switched off, and a kill at any moment costs nothing that was answered', async () => {
  expect(Object.keys(preferencesSchema.shape).filter((name) => /save/i.test(name))).toEqual([]);
  await using test = await startTestHost();
  const { imageIds, classIds } = await makeProject(test);
  const dir = (await test.api.currentProject())?.path ?? '';
  await test.api.closeProject();
  const host = path.join(import.meta.dirname, '..', '..', 'helpers', 'killed-host.ts');
  const child = fork(host, [dir, path.join(test.dir, 'home-2')], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  await nextMessage(child);
  for (let i = 0; i < 20; i += 1) {
    child.send(drawn(`g${i}`, imageIds[i % 3] ?? '', first(classIds), i < 3));
    await nextMessage(child);
  }
  const exited = once(child, 'exit');
  // One more is under way: it is there whole or not at all.
  child.send(drawn('last', first(imageIds), first(classIds), false));
  child.kill('SIGKILL');
  await exited;
  await test.api.openProject({ path: dir });
  const boxes = (await readLabels(test.api, imageIds)).flatMap((image) => image.boxes.map(({ id }) => id));
  const history = (await test.api.listGestures({ limit: 100 })).map(({ id }) => id);
  expect(boxes.length).toBeGreaterThanOrEqual(20);
  expect(boxes.sort()).toEqual(history.map((id) => `${id}-box`).sort());
});

it('4: a project of 1,500 images with 400 classes opens with every label, and nothing is called saved before it is', async () => {
  await using test = await startTestHost({ images: 1 });
  await makeProject(test);
  await addManyImages(test.api, { images: 1500, boxes: 1, classes: 400 });
  expect((await test.api.currentProject())?.counts).toMatchObject({ images: 1501, boxes: 1500 });
  const counts = await test.api.countBoxesByClass();
  expect([counts.length, counts.reduce((sum, { boxes }) => sum + boxes, 0)]).toEqual([400, 1500]);

  const line = Promise.withResolvers<void>();
  const person = await sitDown(test.api, 'many-1499', async (gesture) => {
    await line.promise;
    return test.api.applyGesture(gesture);
  });
  person.press('W');
  person.drag({ x: 30, y: 30 }, { x: 50, y: 40 });
  expect(person.editor.getSnapshot().save).toEqual({ kind: 'saving', count: 1 });
  expect((await test.api.getImage({ id: 'many-1499' })).boxes).toHaveLength(1);
  line.resolve();
  await person.settle();
  expect(person.editor.getSnapshot().save).toEqual({ kind: 'saved' });
  expect((await test.api.getImage({ id: 'many-1499' })).boxes).toHaveLength(2);
});

it('5: a project moved with its photographs, to another folder or machine, finds them; moved alone, they are found again by content', async () => {
  await using test = await startTestHost();
  const dir = path.join(test.dir, 'survey.catchlight');
  await whenOver(
    test.api,
    (await test.api.createProject({ imagesDir: test.imagesDir, dir, classes: ['ALB'] })).jobId,
  );
  const imageIds = (await test.api.listImages({ filter: {}, offset: 0, limit: 9 })).items.map(({ id }) => id);
  const [{ id: classId } = { id: '' }] = await test.api.listClasses();
  await test.api.applyGesture(drawn('g', first(imageIds), classId, true));
  const labels = await readLabels(test.api, imageIds);
  await test.api.closeProject();
  const elsewhere = path.join(test.dir, 'other machine');
  mkdirSync(elsewhere);
  renameSync(dir, path.join(elsewhere, 'survey.catchlight'));
  renameSync(test.imagesDir, path.join(elsewhere, 'photos'));
  await using machine = await moveTo(path.join(test.dir, 'home-2'));
  await machine.api.openProject({ path: path.join(elsewhere, 'survey.catchlight') });
  await whenOver(machine.api, (await machine.api.rescan()).jobId);
  expect(await readLabels(machine.api, imageIds)).toEqual(labels);
  expect((await machine.api.listImages({ filter: { hasProblem: true }, offset: 0, limit: 9 })).total).toBe(0);

  const renamed = path.join(test.dir, 'archive');
  renameSync(path.join(elsewhere, 'photos'), renamed);
  renameSync(path.join(renamed, 'img_0.jpg'), path.join(renamed, 'cod.jpg'));
  const found = await whenOver(machine.api, (await machine.api.relinkImages({ imagesDir: renamed })).jobId);
  expect(found.result).toMatchObject({ images: 3, added: 0, missing: 0, moved: 1 });
  const after = await readLabels(machine.api, imageIds);
  expect(after.map(({ boxes }) => boxes)).toEqual(labels.map(({ boxes }) => boxes));
});

it('6: a line that loses half of all requests and half of all answers loses no label and doubles none', async () => {
  await using test = await startTestHost();
  const { imageIds } = await makeProject(test);
  let asked = 0;
  const person = await sitDown(test.api, first(imageIds), async (gesture) => {
    asked += 1;
    const lost = new AppError({ code: 'connection/lost', message: 'The line is cut.' });
    if (asked % 3 === 0) throw lost;
    const answer = await test.api.applyGesture(gesture);
    if (asked % 2 === 0) throw lost;
    return answer;
  });
  person.press('W');
  for (let i = 0; i < 30; i += 1) person.drag({ x: i, y: i }, { x: i + 12, y: i + 9 });
  await person.settle();
  const saved = (await test.api.getImage({ id: first(imageIds) })).boxes;
  expect(saved.map(({ x, y, w, h }) => [x, y, w, h])).toEqual(
    Array.from({ length: 30 }, (_, i) => [i, i, 12, 9]),
  );
  expect(asked).toBeGreaterThan(45);
  expect(person.editor.getSnapshot().save).toEqual({ kind: 'saved' });
});

it('7: a model that suggests on every image changes no label made by hand, nor the state of its image', async () => {
  const engine = createScriptedEngine();
  await using test = await startTestHost({ engine });
  const { imageIds } = await makeProject(test);
  const person = await sitDown(test.api, first(imageIds));
  person.press('W');
  person.drag({ x: 4, y: 4 }, { x: 30, y: 24 });
  person.press('Q');
  await person.goTo(imageIds[1] ?? '');
  person.drag({ x: 4, y: 4 }, { x: 30, y: 24 });
  await person.settle();
  const before = await readLabels(test.api, imageIds);
  engine.predictions = () => [
    { classIndex: 1, x: 4, y: 4, w: 26, h: 20, score: 0.99, probabilities: [0.01, 0.99] },
    { classIndex: 0, x: 40, y: 30, w: 10, h: 8, score: 0.9, probabilities: [0.9, 0.1] },
  ];
  const request = { recipe: 'detector', parameters: {}, seed: 1, minutes: null };
  await whenOver(test.api, (await test.api.startTraining(request)).jobId);
  for (let i = 0; i < 2; i += 1) await whenOver(test.api, (await test.api.startPrediction({})).jobId);
  expect(await readLabels(test.api, imageIds)).toEqual(before);
  expect((await test.api.getImage({ id: imageIds[1] ?? '' })).predictions.length).toBeGreaterThan(0);
  // Only a person's Enter makes a label of one, and that is undone like any other step.
  await person.goTo(imageIds[1] ?? '');
  person.press('S');
  person.press('Enter');
  await person.settle();
  expect((await readLabels(test.api, imageIds))[1]?.boxes).toHaveLength(2);
  person.press('Ctrl+Z');
  await person.settle();
  expect(await readLabels(test.api, imageIds)).toEqual(before);
});

it('8: undo is saved like a stroke, and a save that failed is taken off the screen and said, never shown as done', async () => {
  await using test = await startTestHost();
  const { imageIds } = await makeProject(test);
  let isFull = false;
  const person = await sitDown(test.api, first(imageIds), (gesture) => {
    if (isFull) throw new AppError({ code: 'disk/full', message: 'The disk is full.' });
    return test.api.applyGesture(gesture);
  });
  person.press('W');
  person.drag({ x: 2, y: 2 }, { x: 20, y: 20 });
  person.drag({ x: 30, y: 10 }, { x: 50, y: 40 });
  person.press('Ctrl+Z');
  await person.settle();
  const dir = (await test.api.currentProject())?.path ?? '';
  await test.api.closeProject();
  await test.api.openProject({ path: dir });
  const [undone] = await readLabels(test.api, imageIds);
  expect(undone?.boxes.map(({ x }) => x)).toEqual([2]);
  isFull = true;
  person.drag({ x: 30, y: 10 }, { x: 50, y: 40 });
  person.press('Ctrl+Z');
  await person.settle();
  const { save, boxes } = person.editor.getSnapshot();
  expect(save).toMatchObject({ kind: 'failed', error: { code: 'disk/full' } });
  expect(boxes.map(({ x }) => x)).toEqual([2]);
  expect((await readLabels(test.api, imageIds))[0]).toEqual(undone);
  isFull = false;
  person.drag({ x: 30, y: 10 }, { x: 50, y: 40 });
  await person.settle();
  expect(person.editor.getSnapshot().save).toEqual({ kind: 'saved' });
  expect((await readLabels(test.api, imageIds))[0]?.boxes.map(({ x }) => x)).toEqual(
    expect.arrayContaining([2, 30]),
  );
});

it('9: opened again, the studio has the project, the labels, the class in hand and the way back', async () => {
  await using test = await startTestHost();
  const { imageIds, classIds } = await makeProject(test);
  const person = await sitDown(test.api, first(imageIds));
  person.press('2');
  person.press('W');
  person.drag({ x: 8, y: 8 }, { x: 40, y: 32 });
  await person.settle();
  const labels = await readLabels(test.api, imageIds);
  const dir = (await test.api.currentProject())?.path ?? '';
  await test.host.close();
  await using again = await moveTo(path.join(test.dir, 'home'));
  expect((await again.api.recentProjects()).map((project) => project.path)).toContain(dir);
  await again.api.openProject({ path: dir });
  expect(await readLabels(again.api, imageIds)).toEqual(labels);
  expect(labels[0]?.boxes[0]?.classId).toBe(classIds[1]);
  const back = await sitDown(again.api, first(imageIds));
  expect(back.editor.getSnapshot().activeClassId).toBe(classIds[1]);
  back.press('Ctrl+Z');
  await back.settle();
  expect((await readLabels(again.api, imageIds))[0]).toMatchObject({ boxes: [], state: 'unseen' });
});

/** Another studio, with a home of its own. */
async function moveTo(home: string) {
  const host = await createHost({ shell: 'serve', userDataDir: home });
  return { api: host.api, [Symbol.asyncDispose]: () => host.close() };
}

/** The next message of a child, or its end as an error: never a wait without end. */
async function nextMessage(child: ChildProcess): Promise<unknown> {
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, AbortSignal.timeout(60_000)]);
  try {
    const ended = once(child, 'exit', { signal }).then(([code]) => {
      throw new Error(`The host process ended with code ${code}.`);
    });
    const [message] = (await Promise.race([once(child, 'message', { signal }), ended])) as unknown[];
    return message;
  } finally {
    stop.abort();
  }
}
