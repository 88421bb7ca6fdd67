/** What the audit says of splits, findings, groups, leaks and the gap has German words, with its numbers and names in them. */
import { afterEach, expect, it } from 'vitest';
import { findOddities } from '../../src/core/audit/health.ts';
import { suspectIds } from '../../src/core/audit/leak-suspects.ts';
import type { LeakFigure, LeakTest } from '../../src/core/audit/leak-test.ts';
import { judgeLeaks } from '../../src/core/audit/leak-verdict.ts';
import { type GroupImage, proposeGroups } from '../../src/core/audit/propose-groups.ts';
import { describeSplit } from '../../src/core/audit/split-plan.ts';
import { createRandom } from '../../src/core/random.ts';
import type { Split } from '../../src/core/records.ts';
import { sayGap } from '../../src/main/host/audit/gap.ts';
import { hostSentence } from '../../src/renderer/ui/host-words.ts';
import { setLanguage } from '../../src/renderer/ui/messages.ts';

afterEach(() => setLanguage('en'));

function inGerman(sentence: string): string {
  setLanguage('de');
  const german = hostSentence(sentence);
  expect(german).not.toBe(sentence);
  for (const value of sentence.match(/\d[\d.,]*|boat \d|YFT/g) ?? [])
    expect(german).toContain(value.replace(/[.,]$/, ''));
  return german;
}

it('of any split', () => {
  let made = 0;
  const of = (group: string | null, chain: string | null, split: Split | null, classId = 'ALB') => ({
    ...{ id: `i${made++}`, group, chain, split },
    classIds: [classId],
  });
  const names = new Map([
    ['ALB', 'ALB'],
    ['YFT', 'YFT'],
  ]);
  const splits = [
    [
      of('boat 1', null, 'train', 'YFT'),
      of('boat 2', null, 'valid'),
      of('boat 3', null, 'test'),
      of('boat 4', null, null),
    ],
    [
      of('boat 1', 'a', 'train'),
      of('boat 1', 'a', 'valid', 'YFT'),
      of('boat 5', null, 'valid'),
      of('boat 6', null, 'valid'),
    ],
    [
      ...[
        of('boat 1', 'a', 'train'),
        of('boat 1', 'a', 'test'),
        of('boat 2', 'b', 'train'),
        of('boat 2', 'b', 'test'),
      ],
      ...[
        of('boat 7', null, 'test'),
        of('boat 8', null, 'test'),
        of(null, null, null),
        of(null, null, null, 'YFT'),
      ],
    ],
  ];
  const sentences = splits.flatMap((images) => describeSplit(images, names).sentences);
  expect(new Set(sentences).size).toBeGreaterThan(10);
  for (const sentence of sentences) inGerman(sentence);
  expect(inGerman('Group boat 3 is only in test.')).toBe('Die Gruppe boat 3 ist nur im Test.');
});

it('of any finding', () => {
  const box = (x: number, y: number, w: number, h: number, classId = 'a') => ({ x, y, w, h, classId });
  const facts = (meanGrey: number, sharpness: number) => ({ meanGrey, sharpness });
  const image = (i: number, boxes: ReturnType<typeof box>[], own = facts(120, 20)) => ({
    ...{ id: `i${i}`, path: `NoF/${i}.jpg`, widthPx: 1000, heightPx: 1000, group: 'boat 1' },
    ...{ facts: own, boxes },
  });
  const odd = [
    box(0, 5, 50, 50),
    box(500, 500, 9, 9),
    box(2, 2, 900, 900),
    box(3, 3, 900, 900),
    box(40, 40, 900, 20),
  ];
  const images = [
    ...Array.from({ length: 12 }, (_, i) => image(i, [box(100, 100, 100, 100)])),
    image(12, odd, facts(5, 1)),
    { ...image(13, [box(100, 100, 80, 80, 'b')]), group: 'boat 2' },
  ];
  const found = findOddities(images, new Map([['b', 'YFT']]));
  expect(found.length).toBe(10);
  for (const { detail } of found) inGerman(detail);
});

/** A test where one suspect is found on some splits. */
function leakTest(
  target: LeakTest['target'],
  id: (typeof suspectIds)[number],
  found: readonly ('random' | 'grouped')[],
  more: Partial<LeakTest> = {},
): LeakTest {
  const figure = (split: LeakFigure['split']): LeakFigure => ({
    ...{ split, accuracy: split === 'random' ? 0.87 : 0.43, accuracyInterval: null, majority: 0.31 },
    ...{ shuffled: 0.29, gainBits: 1, gainInterval: null, shuffledGainBits: 0 },
    isFound: found.includes(split),
  });
  const figures = [figure('random'), ...((more.groups ?? 2) < 2 ? [] : [figure('grouped')])];
  const column = id === 'column' ? { column: 'boat 3' } : {};
  return {
    ...{ target, images: 2345, groups: 12, classes: [] },
    suspects: [{ id, facts: 1, ...column, figures }],
    power: { found: [], strength: 0.4 },
    ...more,
  };
}

it('of any leak, for every suspect and both questions, and of none', () => {
  const said = new Set<string>();
  for (const target of ['class', 'presence'] as const)
    for (const id of suspectIds)
      for (const test of [
        leakTest(target, id, ['random', 'grouped']),
        leakTest(target, id, ['random']),
        leakTest(target, id, ['random'], { groups: 0 }),
        leakTest(target, id, ['random'], { groups: 1 }),
        leakTest(target, id, []),
        leakTest(target, id, [], { power: { found: [], strength: 1 } }),
        leakTest(target, id, [], { power: { found: [], strength: null } }),
      ]) {
        const { sentence, advice } = judgeLeaks(test);
        said.add(inGerman(sentence)).add(inGerman(advice));
      }
  expect(said.size).toBe(suspectIds.length * 2 * 4 + 2 + 2 + 1 + 2 + 2);
  const german = inGerman(judgeLeaks(leakTest('class', 'pixel-size', ['random'])).sentence);
  expect(german).toBe(
    'Ein Modell, das nur die Pixelgröße kennt, sagt bei zufälliger Aufteilung auf 87 % der Fotos richtig, welche Klasse es ist (31 %, wenn man immer das Häufigste sagt); auf Booten, die es nie sah, sind es noch 43 %.',
  );
});

it('of what speaks for a group, whichever sign made it', () => {
  const image = (i: number, own: Partial<GroupImage> = {}): GroupImage => ({
    ...{ id: `i${i}`, path: `photo ${i}.jpg`, widthPx: 640, heightPx: 480, capturedAtMs: null },
    ...{ camera: null, tables: null, chain: null },
    ...own,
  });
  const many = (own: (i: number) => Partial<GroupImage>) =>
    Array.from({ length: 24 }, (_, i) => image(i, own(i)));
  const day = 24 * 3_600_000;
  const proposals = [
    many((i) => ({ path: `${['a', 'b', 'c'][i % 3]}/${i}.jpg`, tables: 'f00d' })),
    many((i) => ({ path: `${['a', 'b', 'c'][i % 3]}/${i}.jpg`, chain: i < 2 ? 'x' : i < 6 ? 'y' : null })),
    many((i) => ({ camera: i < 20 ? `boat ${i % 2}` : null, capturedAtMs: i < 3 ? day : day * (i % 9) })),
    many((i) => ({ widthPx: 640 + 2 * (i % 3), capturedAtMs: day })),
    many((i) => ({ path: `${'abc'[i % 3]}_${i}.jpg` })),
    many(() => ({})),
  ].map((images) => proposeGroups(images, null, createRandom(1)));
  const said = new Set(proposals.flatMap(({ groups }) => groups.flatMap((group) => group.evidence)));
  for (const sentence of said) inGerman(sentence);
  expect(said.size).toBeGreaterThan(8);
  expect(
    [...said].filter((sentence) => /tie|none has|taken|inside|one |all have/.test(sentence)),
  ).toHaveLength(said.size);
  for (const sign of [
    'folder',
    'file name',
    'camera',
    'pixel size',
    'compression tables',
    'trip',
    'background',
  ])
    for (const sentence of [
      `all have the ${sign} boat 3`,
      `one ${sign}: boat 3`,
      `none has a ${sign}`,
      `near-duplicates tie 12 values of ${sign} together: boat 3, boat 4`,
    ])
      inGerman(sentence);
});

it('of any gap', () => {
  for (const figure of ['classAcc', 'map50'] as const)
    for (const [images, grouped] of [
      [10, 0.7],
      [400, 0.7],
      [10, 0.79],
    ] as const)
      inGerman(sayGap('Head', figure, { mean: 0.8, images }, { mean: grouped, images }));
});
