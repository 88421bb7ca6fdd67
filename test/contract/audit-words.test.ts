/** What the audit says of splits and findings has German words, with its numbers and names in them. */
import { afterEach, expect, it } from 'vitest';
import { findOddities } from '../../src/core/audit/health.ts';
import { describeSplit } from '../../src/core/audit/split-plan.ts';
import type { Split } from '../../src/core/records.ts';
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
