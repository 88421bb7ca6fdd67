/** The pure parts of the host: divisions, warnings, imports, canvases, ranges and torn files. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { BoxRecord, ClassRecord, ImageRecord } from '../../src/core/records.ts';
import type { ImportedRecords } from '../../src/formats/format.ts';
import { createEventHub } from '../../src/main/host/event-hub.ts';
import { parseRange } from '../../src/main/host/http/send-file.ts';
import { divideSamples } from '../../src/main/host/learning/divide-samples.ts';
import { sameRecord } from '../../src/main/host/same-record.ts';
import { chooseCanvas, chooseGroups } from '../../src/main/host/scan/choose-defaults.ts';
import { findTruncation } from '../../src/main/host/scan/find-truncation.ts';
import { createSlots } from '../../src/main/host/thumbnails.ts';
import { planImport } from '../../src/main/host/transfer/plan-import.ts';
import { suggestClass } from '../../src/main/host/transfer/suggest-class.ts';
import { checkExportTarget, writeFilesTogether } from '../../src/main/host/transfer/write-together.ts';
import { codeVersion } from '../../src/main/version.ts';

const sampleArbitrary = fc.record({
  group: fc.option(fc.constantFrom('a', 'b', 'c', 'd', 'e')),
  split: fc.option(fc.constantFrom('train' as const, 'valid' as const, 'test' as const)),
  classIds: fc.array(fc.constantFrom('x', 'y', 'z'), { maxLength: 3 }),
});

describe('dividing labelled images', () => {
  it('never puts one group on both sides, never uses test images, and loses none', () => {
    fc.assert(
      fc.property(fc.array(sampleArbitrary, { maxLength: 60 }), fc.integer(), (drafts, seed) => {
        const samples = drafts.map((draft, i) => ({ ...draft, id: `i${i}` }));
        const { train, valid } = divideSamples(samples, seed, 'grouped');
        const usable = samples.filter((sample) => sample.split !== 'test');
        expect([...train, ...valid].sort()).toEqual(usable.map((sample) => sample.id).sort());
        for (const group of 'abcde') {
          const sides = new Set(
            usable.filter((sample) => sample.group === group).map((sample) => valid.has(sample.id)),
          );
          expect(sides.size).toBeLessThan(2);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('is the same for the same seed, near a fifth, and keeps every class in training', () => {
    const samples = Array.from({ length: 100 }, (_, i) => ({
      id: `i${i}`,
      group: `g${i % 10}`,
      split: null,
      classIds: i % 10 === 0 ? ['rare'] : ['common'],
    }));
    const first = divideSamples(samples, 3);
    expect(divideSamples(samples, 3)).toEqual(first);
    expect([first.splitBy, first.valid.size, first.groups]).toEqual(['grouped', 20, 10]);
    expect(samples.some((sample) => first.train.has(sample.id) && sample.classIds[0] === 'rare')).toBe(true);
  });

  it('takes the marks where there are some, and trains on everything when there is little', () => {
    const samples = [
      { id: 'a', group: null, split: 'valid' as const, classIds: [] },
      { id: 'b', group: null, split: null, classIds: [] },
    ];
    expect(divideSamples(samples, 1)).toMatchObject({
      splitBy: 'as-marked',
      train: new Set(['b']),
      valid: new Set(['a']),
    });
    expect(divideSamples(samples, 1, 'grouped').valid.size).toBe(0);
  });
});

describe('first guesses for a project', () => {
  it('make a canvas of about 512 × 512 pixels in the photographs’ shape, in multiples of 32', () => {
    const of = (widthPx: number, heightPx: number) => chooseCanvas([{ widthPx, heightPx }]);
    expect(
      [of(4000, 3000), of(768, 1024), of(1280, 720), of(640, 360), of(100, 100), chooseCanvas([])].map(
        ({ widthPx, heightPx }) => `${widthPx}×${heightPx}`,
      ),
    ).toEqual(['576×448', '448×576', '672×384', '640×352', '128×128', '512×512']);
  });

  it('group by folders that mean something, then by size, then not at all', () => {
    const at = (name: string, widthPx = 10) => ({ path: name, widthPx, heightPx: 10 });
    expect(chooseGroups([at('north/images/a.jpg'), at('south/images/a.jpg'), at('b.jpg')])).toEqual([
      'north',
      'south',
      '(top folder)',
    ]);
    expect(
      chooseGroups([
        at('train/a.jpg'),
        at('train/b.jpg'),
        at('valid/c.jpg', 20),
        at('valid/d.jpg', 20),
        at('e.jpg'),
        at('f.jpg'),
      ]),
    ).toEqual(['10×10', '10×10', '20×10', '20×10', '10×10', '10×10']);
    expect(chooseGroups([at('a.jpg', 1), at('b.jpg', 2)])).toEqual([null, null]);
  });
});

describe('a torn file', () => {
  it('is noticed wherever it was cut, for each kind with an end to look for', async () => {
    const noise = Buffer.from(Array.from({ length: 40 * 30 * 3 }, (_, i) => (i * 7919) % 251));
    const picture = sharp(noise, { raw: { width: 40, height: 30, channels: 3 } });
    const whole = {
      jpeg: await picture.clone().jpeg().toBuffer(),
      progressive: await picture.clone().jpeg({ progressive: true }).toBuffer(),
      png: await picture.clone().png().toBuffer(),
      webp: await picture.clone().webp().toBuffer(),
    };
    for (const [kind, bytes] of Object.entries(whole)) {
      expect([kind, findTruncation(bytes)]).toEqual([kind, false]);
      for (const frac of [0.3, 0.5, 0.8, 0.97])
        expect([kind, frac, findTruncation(bytes.subarray(0, Math.floor(bytes.length * frac)))]).toEqual([
          kind,
          frac,
          true,
        ]);
    }
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        (bytes) => typeof findTruncation(Buffer.from(bytes)) === 'boolean',
      ),
    );
  });
});

describe('an import', () => {
  const image = (id: string, state: ImageRecord['state']): ImageRecord => ({
    id,
    path: `${id}.jpg`,
    hash: '',
    rawWidthPx: 9,
    rawHeightPx: 9,
    orientation: 1,
    widthPx: 9,
    heightPx: 9,
    capturedAtMs: null,
    group: null,
    split: null,
    state,
    problem: null,
  });
  const box = (imageId: string, x = 1) => ({
    imageId,
    className: 'Tuna',
    x,
    y: 1,
    w: 4,
    h: 4,
    head: null,
    tail: null,
    score: 1.5,
    attributes: {},
  });
  const records = (part: Partial<ImportedRecords>): ImportedRecords => ({
    classes: [{ name: 'Tuna', position: 0, color: null, scientificName: null }],
    images: [],
    imageList: part.images ?? [],
    boxes: [],
    boxList: part.boxes ?? [],
    report: {
      format: 'f',
      seen: { images: 0, boxes: 0 },
      images: 0,
      boxes: 0,
      skipped: [],
      clipped: 0,
      notes: [],
    },
    ...part,
  });
  const target = (images: ImageRecord[], boxes: BoxRecord[] = [], classes: ClassRecord[] = []) => ({
    classes,
    findImage: (id: string) => images.find((entry) => entry.id === id),
    listBoxes: (id: string) => boxes.filter((entry) => entry.imageId === id),
  });
  let ids = 0;
  const newId = () => `new-${++ids}`;

  it('joins classes by name whatever their case, and makes the missing ones', () => {
    const tuna: ClassRecord = {
      id: 'tuna',
      name: ' TUNA',
      color: '#000000',
      key: '1',
      scientificName: null,
      position: 4,
    };
    const known = planImport(
      records({ boxes: [box('a')] }),
      target([image('a', 'unseen')], [], [tuna]),
      newId,
    );
    expect(known.diffs.map((diff) => [diff.table, diff.after])).toEqual([
      ['boxes', expect.objectContaining({ classId: 'tuna', source: 'import', score: 1 })],
      ['images', { id: 'a', state: 'labelled' }],
    ]);
    const fresh = planImport(records({ boxes: [box('a')] }), target([image('a', 'reviewed')]), newId);
    expect(fresh.diffs.map((diff) => diff.table)).toEqual(['classes', 'boxes']);
  });

  it('done twice adds nothing, and never takes a person’s boxes away', () => {
    const first = planImport(
      records({ boxes: [box('a'), box('a', 4)] }),
      target([image('a', 'unseen')]),
      newId,
    );
    const made = first.diffs.flatMap((diff) =>
      diff.table === 'boxes' && diff.after !== null ? [diff.after] : [],
    );
    const classes = first.diffs.flatMap((diff) =>
      diff.table === 'classes' && diff.after !== null ? [diff.after] : [],
    );
    const again = planImport(
      records({ boxes: [box('a'), box('a', 4)] }),
      target([image('a', 'labelled')], made, classes),
      newId,
    );
    expect([again.diffs, again.repeated]).toEqual([[], 2]);
    const empty = planImport(
      records({ images: [{ imageId: 'a', path: 'a.jpg', state: 'empty', split: 'valid', group: null }] }),
      target([image('a', 'labelled')], made, classes),
      newId,
    );
    expect([empty.diffs, empty.marks, empty.notes.length]).toEqual([
      [
        {
          table: 'images',
          id: 'a',
          before: { id: 'a', state: 'labelled', split: null },
          after: { id: 'a', state: 'labelled', split: 'valid' },
        },
      ],
      1,
      1,
    ]);
  });

  it('replaces boxes only where the source speaks, keeping those that are the same, and keeps both when asked', () => {
    const first = planImport(
      records({ boxes: [box('a'), box('a', 40)] }),
      target([image('a', 'unseen')]),
      newId,
    );
    const made = first.diffs.flatMap((diff) =>
      diff.table === 'boxes' && diff.after !== null ? [diff.after] : [],
    );
    const classes = first.diffs.flatMap((diff) =>
      diff.table === 'classes' && diff.after !== null ? [diff.after] : [],
    );
    const here = target([image('a', 'reviewed')], made, classes);
    const next = records({ boxes: [box('a'), box('a', 90)] });
    const replaced = planImport(next, here, newId, { merge: 'replace', classes: {} });
    expect([replaced.added, replaced.repeated, replaced.removed]).toEqual([1, 1, 1]);
    expect(replaced.diffs.at(-1)?.after).toEqual({ id: 'a', state: 'labelled' });
    const both = planImport(next, here, newId, { merge: 'both', classes: {} });
    expect([both.added, both.repeated, both.removed]).toEqual([2, 0, 0]);
    const silent = records({
      images: [{ imageId: 'a', path: 'a.jpg', state: null, split: null, group: null }],
    });
    expect(planImport(silent, here, newId, { merge: 'replace', classes: {} }).diffs).toEqual([]);
  });

  it('takes classes as mapped, leaves out those mapped to nothing, and suggests what a name may mean', () => {
    const here = target([image('a', 'unseen')], [], []);
    const source = records({ boxes: [box('a')] });
    const name = source.classes[0]?.name ?? '';
    const renamed = planImport(source, here, newId, { merge: 'add', classes: { [name]: 'Red snapper' } });
    expect(renamed.classes).toEqual([{ name, boxes: 1, target: 'Red snapper', isNew: true }]);
    const without = planImport(source, here, newId, { merge: 'add', classes: { [name]: '' } });
    expect([without.diffs, without.classes[0]?.target]).toEqual([[], null]);
    const known = ['Red snapper', 'Cod', 'Shark'].map((title, position) => ({
      id: title,
      name: title,
      color: '#112233',
      key: null,
      scientificName: title === 'Cod' ? 'Gadus morhua' : null,
      position,
    }));
    expect(
      ['red_snapper', 'sharks', 'gadus morhua', 'Snaper red', 'whale'].map((title) =>
        suggestClass(title, known),
      ),
    ).toEqual(['Red snapper', 'Shark', 'Cod', null, null]);
  });
});

describe('an export', () => {
  const files = async function* (fail: boolean) {
    yield { path: 'a.json', bytes: Buffer.from('new') };
    if (fail) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    yield { path: 'sub/b.json', bytes: Buffer.from('new') };
  };
  const signal = new AbortController().signal;

  it('that meets a full disk leaves the folder as it was and nothing beside it', async () => {
    const dir = mkdtempSync(path.join(tmpdir(), 'catchlight-export-'));
    const out = path.join(dir, 'out');
    await writeFilesTogether(out, files(false), signal, () => undefined);
    writeFileSync(path.join(out, 'a.json'), 'old');
    await expect(writeFilesTogether(out, files(true), signal, () => undefined)).rejects.toMatchObject({
      code: 'ENOSPC',
    });
    expect([readFileSync(path.join(out, 'a.json'), 'utf8'), readdirSync(dir)]).toEqual(['old', ['out']]);
    await writeFilesTogether(out, files(false), signal, () => undefined);
    expect([
      readFileSync(path.join(out, 'a.json'), 'utf8'),
      existsSync(path.join(out, 'sub', 'b.json')),
    ]).toEqual(['new', true]);
    rmSync(dir, { recursive: true });
  });

  it('of hundreds of small files and a large one in pieces is whole, and nothing of it is there when it is stopped', async () => {
    const dir = mkdtempSync(path.join(tmpdir(), 'catchlight-export-'));
    const out = path.join(dir, 'out');
    const stop = new AbortController();
    const names = Array.from({ length: 300 }, (_, i) => `${i % 2 === 0 ? 'train' : 'val'}/${i}.txt`);
    const many = async function* (stopAt: number) {
      for (const [i, name] of names.entries()) {
        if (i === stopAt) stop.abort();
        yield { path: name, bytes: Buffer.from(name) };
      }
      const pieces = (): Uint8Array[] => names.map((name) => Buffer.from(name));
      yield { path: 'large.txt', bytes: Buffer.concat(pieces()), pieces };
    };
    const told: string[] = [];
    const written = await writeFilesTogether(out, many(-1), signal, (name) => told.push(name));
    expect(written).toEqual([...names, 'large.txt']);
    expect(told).toEqual(written);
    for (const name of names) expect(readFileSync(path.join(out, name), 'utf8')).toBe(name);
    expect(readFileSync(path.join(out, 'large.txt'), 'utf8')).toBe(names.join(''));
    const stopped = path.join(dir, 'stopped');
    await expect(writeFilesTogether(stopped, many(250), stop.signal, () => undefined)).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect(readdirSync(dir)).toEqual(['out']);
    rmSync(dir, { recursive: true });
  });

  it('never goes among the photographs, nor above its own folder', async () => {
    const root = path.resolve('/photos');
    for (const dir of [root, path.join(root, 'sub', 'out')])
      expect(() => checkExportTarget(dir, root)).toThrow(
        expect.objectContaining({ code: 'export/inside-photographs' }),
      );
    for (const dir of [path.resolve('/'), path.resolve('/photos-out')])
      expect(() => checkExportTarget(dir, root)).not.toThrow();
    const dir = path.join(mkdtempSync(path.join(tmpdir(), 'catchlight-export-')), 'out');
    // Elsewhere than on Windows a colon and a backslash are letters of a name.
    const drive = path.sep === '\\' ? ['c:\\x', 'c:x', '..\\up.json'] : [];
    for (const name of ['../up.json', '/etc/passwd', 'a//b', 'a/../../b', './x', 'nul\0', ...drive]) {
      const one = async function* () {
        yield { path: name, bytes: Buffer.from('') };
      };
      await expect(writeFilesTogether(dir, one(), signal, () => undefined)).rejects.toMatchObject({
        code: 'export/unsafe-name',
      });
    }
  });
});

describe('small things', () => {
  it('ranges never reach outside a file', () => {
    fc.assert(
      fc.property(
        fc.option(
          fc.oneof(
            fc.string(),
            fc.tuple(fc.nat(), fc.nat()).map(([a, b]) => `bytes=${a}-${b}`),
            fc.nat().map((n) => `bytes=-${n}`),
          ),
        ),
        fc.nat(1000),
        (header, size) => {
          const range = parseRange(header, size);
          if (range === null || range === 'unsatisfiable') return;
          expect(range.start >= 0 && range.start <= range.end && range.end < size).toBe(true);
        },
      ),
    );
  });

  it('records equal themselves after any journey through JSON, and nothing else', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        expect(sameRecord(a, JSON.parse(JSON.stringify(a)))).toBe(true);
        if (JSON.stringify(a) !== JSON.stringify(b) && sameRecord(a, b)) expect(sameRecord(b, a)).toBe(true);
      }),
    );
    expect([
      sameRecord({ a: 1, b: 2 }, { b: 2, a: 1 }),
      sameRecord({ a: 1 }, { a: 1, b: null }),
      sameRecord([1], { 0: 1 }),
    ]).toEqual([true, false, false]);
  });

  it('no more tasks run at once than there are slots, and all of them run', async () => {
    const slots = createSlots(2);
    let running = 0;
    let most = 0;
    const results = await Promise.all(
      Array.from({ length: 9 }, (_, i) =>
        slots.run(async () => {
          running += 1;
          most = Math.max(most, running);
          await new Promise((resolve) => setImmediate(resolve));
          running -= 1;
          return i;
        }),
      ),
    );
    expect([results.length, most]).toEqual([9, 2]);
  });

  it('a window that reads slowly gets the newest state of a job, not its history', async () => {
    const hub = createEventHub();
    const events = hub.subscribe(new AbortController().signal, []);
    const job = (done: number) => ({
      id: 'j',
      kind: 'scan' as const,
      title: '',
      state: { status: 'running' as const, progress: { phase: '', done, total: 9, unit: '', etaMs: null } },
      createdAtMs: 0,
      input: {},
      result: null,
    });
    for (let done = 0; done < 100; done += 1) hub.emit({ type: 'job', job: job(done) });
    hub.emit({ type: 'labels', revision: 1, imageIds: ['a'] });
    hub.emit({ type: 'labels', revision: 2, imageIds: ['b'] });
    hub.close();
    const seen = [];
    for await (const event of events) seen.push(event);
    expect(seen).toEqual([
      { type: 'job', job: job(99) },
      { type: 'labels', revision: 1, imageIds: ['a'] },
      { type: 'labels', revision: 2, imageIds: ['b'] },
    ]);
  });

  it('the version in the code is that of the package', () => {
    const { version } = JSON.parse(
      readFileSync(path.join(import.meta.dirname, '..', '..', 'package.json'), 'utf8'),
    );
    expect(codeVersion).toBe(version);
  });
});
