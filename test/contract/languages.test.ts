/** Every language of the window: complete, with the values its texts need, and chosen as people expect. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseSync } from 'vite';
import { afterEach, describe, expect, test } from 'vitest';
import { preferencesSchema } from '../../src/core/preferences.ts';
import { chooseLanguage } from '../../src/renderer/app/language.ts';
import { formatChord } from '../../src/renderer/ui/chords.ts';
import { formatCount, formatTime } from '../../src/renderer/ui/format-numbers.ts';
import { german } from '../../src/renderer/ui/messages/de/german.ts';
import { english, languages, setLanguage, t } from '../../src/renderer/ui/messages.ts';

type Entry = string | { readonly one: string; readonly other: string };
const textsOf = (entry: Entry): string[] => (typeof entry === 'string' ? [entry] : [entry.one, entry.other]);
const valuesOf = (entry: Entry): string[] =>
  [...new Set(textsOf(entry).flatMap((text) => text.match(/\{\w+\}/g) ?? []))].sort();

afterEach(() => setLanguage('en'));

describe.each([['German', german as Readonly<Record<string, Entry>>]])('%s', (_name, catalogue) => {
  const original: Readonly<Record<string, Entry>> = english;

  test('has every text, and none that nobody asks for', () => {
    expect(Object.keys(original).filter((key) => catalogue[key] === undefined)).toEqual([]);
    expect(Object.keys(catalogue).filter((key) => original[key] === undefined)).toEqual([]);
  });

  test('names the same values in each text, and one and many where English does', () => {
    for (const [key, entry] of Object.entries(catalogue)) {
      const source = original[key];
      if (source === undefined) continue;
      expect([key, valuesOf(entry)]).toEqual([key, valuesOf(source)]);
      expect([key, typeof entry]).toEqual([key, typeof source]);
    }
  });

  test('says something, without spaces left over', () => {
    const bad = Object.entries(catalogue).filter(([, entry]) =>
      textsOf(entry).some((text) => text.trim() === '' || text !== text.trim() || / {2}/.test(text)),
    );
    expect(bad).toEqual([]);
  });
});

test('texts, numbers, times and keys follow the language', () => {
  expect([t('annotate.count', { n: 4006 }), formatCount(12345), formatChord('Ctrl+Delete')]).toEqual([
    '4,006 images',
    '12,345',
    'Ctrl+Del',
  ]);
  setLanguage('de');
  expect([t('annotate.count', { n: 1 }), t('annotate.count', { n: 4006 }), formatCount(12345)]).toEqual([
    '1 Bild',
    '4.006 Bilder',
    '12.345',
  ]);
  expect(formatChord('Ctrl+Shift+Delete')).toBe('Strg+Umschalt+Entf');
  expect(formatTime(Date.UTC(2026, 4, 1, 12))).toMatch(/2026/);
});

/** Calls of these functions that run when the module does: outside every function. */
function listEarlyCalls(node: unknown, names: ReadonlySet<string>): string[] {
  if (Array.isArray(node)) return node.flatMap((one) => listEarlyCalls(one, names));
  if (typeof node !== 'object' || node === null) return [];
  const { type, callee } = node as { readonly type?: string; readonly callee?: { readonly name?: string } };
  if (type?.includes('Function') === true) return [];
  const name = type === 'CallExpression' ? (callee?.name ?? '') : '';
  return [
    ...(names.has(name) ? [name] : []),
    ...Object.values(node).flatMap((one) => listEarlyCalls(one, names)),
  ];
}

test('no text is asked for while a module loads: the language is not chosen yet', () => {
  const asks = new Set(['t', 'fillText', 'hostText', 'hostSentence', 'hostSummary', 'errorWords']);
  const early = (name: string, text: string): string[] =>
    listEarlyCalls(parseSync(name, text).program, asks).map((call) => `${name}: ${call}`);
  expect(early('a.tsx', "const at = { x: t('a') }; const later = () => <b>{t('b')}</b>;")).toEqual([
    'a.tsx: t',
  ]);
  const root = path.resolve('src', 'renderer');
  const modules = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.tsx?$/.test(name),
  );
  expect(modules.length).toBeGreaterThan(50);
  expect(modules.flatMap((name) => early(name, readFileSync(path.join(root, name), 'utf8')))).toEqual([]);
});

test('the language is the one chosen, else the first of the system’s that there is, else English', () => {
  expect(chooseLanguage('en', ['de-AT'])).toBe('en');
  expect(chooseLanguage('system', ['fr-FR', 'de-AT', 'en'])).toBe('de');
  expect(chooseLanguage('system', ['fr', 'it'])).toBe('en');
  expect(preferencesSchema.shape.language.unwrap().options).toEqual([
    'system',
    ...languages.map(({ id }) => id),
  ]);
});
