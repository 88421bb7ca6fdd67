/** Projects as a person meets them: made from a folder, found again, and patient with everything that lies in such folders. */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { createHost } from '../../src/main/host/host.ts';
import { listImageFiles } from '../../src/main/host/scan/list-image-files.ts';
import { makeBox, makeProject, startTestHost, whenOver, writeJpeg } from '../helpers/test-host.ts';

/** A PNG whose header promises `side` × `side` pixels while the file holds a few bytes. */
function hugePng(side: number): Buffer {
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const frame = Buffer.alloc(8);
    frame.writeUInt32BE(data.length, 0);
    frame.writeInt32BE(crc32(body), 4);
    return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.alloc(16))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function crc32(bytes: Buffer): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ~crc;
}

describe('a new project', () => {
  it('knows every photograph by path, content and upright size, and writes nothing beside them', async () => {
    await using test = await startTestHost({ images: 2 });
    await sharp({ create: { width: 40, height: 30, channels: 3, background: '#345' } })
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toFile(path.join(test.imagesDir, 'turned.jpg'));
    const { scan } = await makeProject(test);
    expect(scan.state).toMatchObject({ status: 'done' });
    const { total, items } = await test.api.listImages({ filter: { text: 'TURN' }, offset: 0, limit: 10 });
    expect({ total, path: items[0]?.path, size: [items[0]?.widthPx, items[0]?.heightPx] }).toEqual({
      total: 1,
      path: 'turned.jpg',
      size: [30, 40],
    });
    const { image } = await test.api.getImage({ id: items[0]?.id ?? '' });
    expect([image.orientation, image.rawWidthPx, image.rawHeightPx, image.hash.length]).toEqual([
      6, 40, 30, 64,
    ]);
    expect(existsSync(path.join(test.imagesDir, 'fish.catchlight'))).toBe(false);
  });

  it('names the fault of each file that cannot be used and takes all the others', async () => {
    await using test = await startTestHost({ images: 2 });
    const put = (name: string, bytes: Buffer | string): void =>
      writeFileSync(path.join(test.imagesDir, name), bytes);
    put('letter.jpg', 'Dear fish, this is not a photograph.');
    put('empty.jpg', '');
    put('huge.png', hugePng(30_000));
    const whole = await sharp({ create: { width: 300, height: 200, channels: 3, background: '#a62' } })
      .jpeg()
      .toBuffer();
    put('torn.jpg', whole.subarray(0, Math.floor(whole.length * 0.6)));
    put('drawing.png', '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>');
    const { scan } = await makeProject(test);
    expect(scan.result?.problems).toEqual([
      { path: 'drawing.png', code: 'image/not-an-image' },
      { path: 'empty.jpg', code: 'image/not-an-image' },
      { path: 'huge.png', code: 'image/too-large' },
      { path: 'letter.jpg', code: 'image/not-an-image' },
      { path: 'torn.jpg', code: 'image/truncated' },
    ]);
    expect((await test.api.currentProject())?.counts).toMatchObject({ images: 7, problems: 5, unseen: 7 });
    expect((await test.api.listImages({ filter: { hasProblem: false }, offset: 0, limit: 9 })).total).toBe(2);
  });

  it('walks loops of links once, tells names that differ in case, and goes on past a folder it may not read', async () => {
    await using test = await startTestHost({ images: 1 });
    mkdirSync(path.join(test.imagesDir, 'deck'));
    await writeJpeg(path.join(test.imagesDir, 'deck', 'A.jpg'), 5);
    await writeJpeg(path.join(test.imagesDir, 'deck', 'a.jpg'), 6);
    if (process.platform !== 'win32') symlinkSync('..', path.join(test.imagesDir, 'deck', 'loop'));
    mkdirSync(path.join(test.imagesDir, 'secret'));
    const { readdir } = await import('node:fs/promises');
    const found = await listImageFiles(test.imagesDir, new AbortController().signal, {
      readdir: async (folder) => {
        if (path.basename(folder) === 'secret')
          throw Object.assign(new Error('permission denied'), { code: 'EACCES' });
        return readdir(folder, { withFileTypes: true });
      },
    });
    expect(found.unreadable).toEqual([{ path: 'secret', why: 'permission denied' }]);
    const paths = found.files.map((file) => file.path);
    expect(paths.filter((name) => name.includes('loop'))).toEqual([]);
    expect(paths).toContain('img_0.jpg');
    if (paths.length === 3) expect(found.caseClashes).toEqual(['deck/A.jpg / deck/a.jpg']);
  });

  it('groups images by folder where folders mean something, else by pixel size', async () => {
    await using test = await startTestHost({ images: 0 });
    for (const boat of ['boat-1', 'boat-2']) mkdirSync(path.join(test.imagesDir, boat));
    await writeJpeg(path.join(test.imagesDir, 'boat-1', 'a.jpg'), 1);
    await writeJpeg(path.join(test.imagesDir, 'boat-2', 'a.jpg'), 2);
    await makeProject(test);
    const { items } = await test.api.listImages({ filter: {}, offset: 0, limit: 9 });
    expect(items.map((item) => item.group)).toEqual(['boat-1', 'boat-2']);
  });

  it('is refused inside the photographs, over another project, without a folder, and with a class named twice', async () => {
    await using test = await startTestHost();
    const create = (part: object) => test.api.createProject({ imagesDir: test.imagesDir, ...part });
    await expect(create({ dir: path.join(test.imagesDir, 'x') })).rejects.toMatchObject({
      code: 'project/inside-photographs',
    });
    await expect(create({ imagesDir: path.join(test.dir, 'nowhere') })).rejects.toMatchObject({
      code: 'project/no-images-folder',
    });
    await expect(create({ classes: ['Tuna', ' tuna '] })).rejects.toMatchObject({
      code: 'classes/duplicate-name',
    });
    const dir = path.join(test.dir, 'one');
    await whenOver(test.api, (await create({ dir })).jobId);
    await expect(create({ dir })).rejects.toMatchObject({ code: 'project/exists' });
  });
});

describe('a folder that changes', () => {
  it('keeps labels when files move, change or vanish, and finds a moved file by its content', async () => {
    await using test = await startTestHost({ images: 3 });
    const { imageIds, classIds } = await makeProject(test);
    const [first = '', second = '', third = ''] = imageIds;
    const diffs = imageIds.flatMap((imageId, i) => [
      {
        table: 'boxes' as const,
        id: `b${i}`,
        before: null,
        after: makeBox({ id: `b${i}`, imageId, classId: classIds[0] ?? '' }),
      },
      {
        table: 'images' as const,
        id: imageId,
        before: { id: imageId, state: 'unseen' as const },
        after: { id: imageId, state: 'labelled' as const },
      },
    ]);
    await test.api.applyGesture({
      id: 'g',
      kind: 'do',
      of: null,
      label: 'Draw',
      imageId: first,
      source: 'person',
      diffs,
    });
    mkdirSync(path.join(test.imagesDir, 'sorted'));
    renameSync(path.join(test.imagesDir, 'img_0.jpg'), path.join(test.imagesDir, 'sorted', 'renamed.jpg'));
    await writeJpeg(path.join(test.imagesDir, 'img_1.jpg'), 200);
    utimesSync(path.join(test.imagesDir, 'img_1.jpg'), new Date(), new Date(Date.now() + 5000));
    unlinkSync(path.join(test.imagesDir, 'img_2.jpg'));
    const rescan = await whenOver(test.api, (await test.api.rescan()).jobId);
    expect(rescan.result).toMatchObject({ images: 3, added: 0, changed: 1, moved: 1, missing: 1 });
    const documents = await Promise.all([first, second, third].map((id) => test.api.getImage({ id })));
    expect(documents.map(({ image, boxes }) => [image.path, image.problem, boxes.length])).toEqual([
      ['sorted/renamed.jpg', null, 1],
      ['img_1.jpg', null, 1],
      ['img_2.jpg', 'image/missing', 1],
    ]);
    await writeJpeg(path.join(test.imagesDir, 'img_2.jpg'), 2);
    await whenOver(test.api, (await test.api.rescan()).jobId);
    expect((await test.api.getImage({ id: third })).image.problem).toBeNull();
  });

  it('is found again after project and photographs were moved together, and after the photographs were moved alone', async () => {
    await using test = await startTestHost({ images: 2 });
    const projectDir = path.join(test.dir, 'survey.catchlight');
    await whenOver(
      test.api,
      (await test.api.createProject({ imagesDir: test.imagesDir, dir: projectDir })).jobId,
    );
    await test.api.closeProject();
    const moved = path.join(test.dir, 'other-disk');
    mkdirSync(moved);
    renameSync(projectDir, path.join(moved, 'survey.catchlight'));
    renameSync(test.imagesDir, path.join(moved, 'photos'));
    const summary = await test.api.openProject({ path: path.join(moved, 'survey.catchlight') });
    expect(summary.imagesRoot).toBe(path.join(moved, 'photos'));
    const alone = path.join(test.dir, 'alone');
    renameSync(path.join(moved, 'photos'), alone);
    const relinked = await whenOver(test.api, (await test.api.relinkImages({ imagesDir: alone })).jobId);
    expect(relinked.result).toMatchObject({ images: 2, added: 0, missing: 0 });
    expect((await test.api.currentProject())?.imagesRoot).toBe(alone);
  });
});

describe('opening', () => {
  it('leaves the photographs open that a person chose while the sample was still drawn', async () => {
    await using test = await startTestHost({ images: 1 });
    const { jobId } = await test.api.openSample();
    await makeProject(test, 'Mine');
    if (jobId === null) throw new Error('The sample was there already.');
    expect((await whenOver(test.api, jobId)).state).toMatchObject({ status: 'done' });
    expect((await test.api.currentProject())?.name).toBe('Mine');
    expect((await test.api.openSample()).project?.name).toBe('Sample');
  }, 180_000);

  it('remembers recent projects and says when one is gone', async () => {
    await using test = await startTestHost();
    await makeProject(test, 'one');
    await makeProject(test, 'two');
    expect((await test.api.recentProjects()).map(({ name, exists }) => [name, exists])).toEqual([
      ['two', true],
      ['one', true],
    ]);
    const gone = (await test.api.recentProjects())[1]?.path ?? '';
    renameSync(gone, `${gone}.away`);
    expect((await test.api.recentProjects()).map(({ exists }) => exists)).toEqual([true, false]);
    await expect(test.api.openProject({ path: gone })).rejects.toMatchObject({ code: 'project/not-found' });
    expect((await test.api.currentProject())?.name).toBe('two');
  });

  it('gives a second host on the same project a clear refusal, and the project once the first is closed', async () => {
    await using test = await startTestHost();
    await makeProject(test);
    const dir = (await test.api.currentProject())?.path ?? '';
    const second = await createHost({ shell: 'serve', userDataDir: path.join(test.dir, 'home-2') });
    await expect(second.api.openProject({ path: dir })).rejects.toMatchObject({
      code: 'project/in-use',
      details: { pid: process.pid },
    });
    await test.api.closeProject();
    expect((await second.api.openProject({ path: dir })).counts.images).toBe(3);
    await second.close();
  });

  it('refuses a damaged database without changing a byte, and opens a copied project', async () => {
    await using test = await startTestHost();
    await makeProject(test);
    const dir = (await test.api.currentProject())?.path ?? '';
    await test.api.closeProject();
    const bad = path.join(test.dir, 'bad.catchlight');
    mkdirSync(bad);
    const noise = Buffer.from('this was never a database, but it is long enough to look at '.repeat(100));
    writeFileSync(path.join(bad, 'project.db'), noise);
    await expect(test.api.openProject({ path: bad })).rejects.toMatchObject({ code: 'project/damaged' });
    expect(readFileSync(path.join(bad, 'project.db'))).toEqual(noise);
    const copy = path.join(test.dir, 'copy.catchlight');
    mkdirSync(copy);
    copyFileSync(path.join(dir, 'project.db'), path.join(copy, 'project.db'));
    expect((await test.api.openProject({ path: copy })).name).toBe('fish');
  });
});

describe('two windows at once', () => {
  it('may ask for the same project together and both get it', async () => {
    await using test = await startTestHost();
    await makeProject(test);
    const dir = (await test.api.currentProject())?.path ?? '';
    await test.api.closeProject();
    const both = await Promise.all([
      test.api.openProject({ path: dir }),
      test.api.openProject({ path: dir }),
    ]);
    expect(both.map((project) => project.counts.images)).toEqual([3, 3]);
  });
});
