/** What the editor, the host and the engine say, in the reader's language: labels of gestures, errors, recipes; and English where there are no words. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { commands } from '../../src/editor/commands/list.ts';
import { ensembleRecipes } from '../../src/engine/ensemble/recipes.ts';
import { recipeCards } from '../../src/engine/recipes/list.ts';
import { formats } from '../../src/formats/list.ts';
import { listPlanWarnings, type PlanFacts } from '../../src/main/host/learning/plan-warnings.ts';
import { listFineTuningWarnings } from '../../src/main/host/learning/warn-of-fine-tuning.ts';
import { findLabel, labelText } from '../../src/renderer/ui/gesture-labels.ts';
import { errorWords, hostSentence, hostText, inReadersWords } from '../../src/renderer/ui/host-words.ts';
import { describeJob } from '../../src/renderer/ui/job-text.ts';
import { humanName, readFields } from '../../src/renderer/ui/json-schema.ts';
import { germanErrors } from '../../src/renderer/ui/messages/de/error.de.ts';
import { germanFormats } from '../../src/renderer/ui/messages/de/format.de.ts';
import { germanRecipes } from '../../src/renderer/ui/messages/de/recipe.de.ts';
import { germanSentences } from '../../src/renderer/ui/messages/de/sentence.de.ts';
import { germanSettings } from '../../src/renderer/ui/messages/de/setting.de.ts';
import { setLanguage } from '../../src/renderer/ui/messages.ts';
import { driveEditor, makeBox, makeDocument, makeImage, makePrediction } from '../helpers/editor-driver.ts';

afterEach(() => setLanguage('en'));

/** The text of every source below these folders of `src`. */
function readSources(...folders: readonly string[]): string[] {
  const root = path.resolve(import.meta.dirname, '..', '..', 'src');
  return folders.flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
      .map((entry) => readFileSync(path.join(entry.parentPath, entry.name), 'utf8')),
  );
}

describe('the label of a gesture', () => {
  /** Every label that commands and tools give, with one box and with several. */
  function listLabels(): string[] {
    const labels = new Set<string>();
    const boxes = [0, 1, 2].map((i) =>
      makeBox(`b${i}`, {
        x: 40 * i,
        y: 30 * i,
        head: { x: 40 * i, y: 30 * i },
        tail: { x: 40 * i + 9, y: 30 * i },
      }),
    );
    const predictions = ['p', 'q'].map((id) => makePrediction(id));
    const image = makeImage('one', { state: 'labelled' });
    for (const { id } of commands) {
      for (const [some, selected] of [
        [boxes, ['b0']],
        [boxes, ['b0', 'b1', 'b2']],
        [[], []],
      ] as const) {
        const d = driveEditor({
          document: makeDocument({ image, boxes: some, predictions }),
          settings: { cutScore: 0 },
        });
        d.editor.select(selected);
        // Copies and repetitions need something to take.
        if (id === 'box.paste' || id === 'box.repeatPrevious') {
          d.press('Ctrl+C');
          d.editor.open(makeDocument({ image: makeImage('two'), predictions: [] }));
        }
        for (let i = 0; i < 2; i += 1) d.editor.run(id);
        d.editor.flush();
        for (const { label } of d.gestures) labels.add(label);
      }
    }
    for (const key of ['W', 'L', 'V'] as const) {
      const d = driveEditor({
        document: makeDocument({ image, boxes, predictions }),
        settings: { cutScore: 0 },
      });
      d.press(key);
      d.drag({ x: 400, y: 300 }, { x: 480, y: 360 });
      d.drag({ x: 20, y: 40 }, { x: 60, y: 90 });
      d.drag({ x: 345, y: 225 }, { x: 360, y: 260 });
      d.editor.select(['b2']);
      d.drag({ x: 80, y: 60 }, { x: 90, y: 70 });
      for (const { label } of d.gestures) labels.add(label);
    }
    return [...labels];
  }

  test('is found again among the texts, whatever tool or command made it', () => {
    const labels = listLabels();
    expect(labels.length).toBeGreaterThan(30);
    expect(labels.filter((label) => findLabel(label) === undefined)).toEqual([]);
    expect(labels.map(labelText)).toEqual(labels);
    setLanguage('de');
    expect(labels.filter((label) => labelText(label) === label)).toEqual([]);
  });

  test('keeps its numbers and names, in whichever language it was stored', () => {
    setLanguage('de');
    expect(labelText('Delete 12 boxes')).toBe('12 Boxen löschen');
    expect(labelText('Rename class cod to Gadus {n} (f)')).toBe('Klasse cod in Gadus {n} (f) umbenennen');
    expect(labelText('Merge class a.b* into (c)')).toBe('Klasse a.b* mit (c) vereinen');
    expect(labelText('Something of a later studio')).toBe('Something of a later studio');
    setLanguage('en');
    expect(labelText('12 Boxen löschen')).toBe('Delete 12 boxes');
  });
});

describe('an error', () => {
  const error = {
    code: 'labels/outside-image',
    message: 'The box reaches outside the image (64 × 48 px). It was not saved.',
    hint: 'Draw it within the image.',
    details: { widthPx: 64, heightPx: 48 },
  };

  test('is told in English as it is, in German by its code, and in English where German lacks a value or the code', () => {
    const { message, hint } = error;
    expect(errorWords(error)).toEqual({ message, hint });
    setLanguage('de');
    expect(errorWords(error).message).toBe(
      'Die Box reicht über das Bild hinaus (64 × 48 px). Sie wurde nicht gespeichert.',
    );
    expect(errorWords({ ...error, details: {} })).toEqual({ message, hint });
    for (const code of ['labels/of-tomorrow', '__proto__', 'constructor', 'toString'])
      expect(errorWords({ ...error, code })).toEqual({ message, hint });
  });

  test('has German words only under codes that are thrown, and only with values they carry', () => {
    const sources = readSources('core', 'formats', 'engine', 'main');
    for (const [code, { message, hint }] of Object.entries(germanErrors)) {
      const thrown = sources.flatMap((text) =>
        text
          .split(`'${code}'`)
          .slice(1)
          .map((after) => after.slice(0, 1500)),
      );
      expect(thrown.length, code).toBeGreaterThan(0);
      for (const [, name = ''] of `${message} ${hint}`.matchAll(/\{(\w+)\}/g))
        expect(
          thrown.some((after) => new RegExp(`\\b${name}\\b`).test(after)),
          `${code}: ${name}`,
        ).toBe(true);
    }
  });
});

describe('a recipe', () => {
  test('says in German what it is for and when it fails, as long as in English at most by half', () => {
    setLanguage('de');
    for (const [id, words] of Object.entries(germanRecipes)) {
      const card = recipeCards.find((one) => one.id === id);
      if (card === undefined) throw new Error(`No recipe is called ${id}.`);
      expect(words.tagline.length, id).toBeLessThanOrEqual(34);
      expect(words.summary.length, id).toBeLessThan(card.summary.length * 1.5);
    }
  });

  test('says them in German, whichever it is: those that join models among them', () => {
    const ids = [...recipeCards, ...ensembleRecipes].map(({ id }) => id);
    expect(ids.filter((id) => germanRecipes[id] === undefined)).toEqual([]);
  });

  test('without German words says them in English', () => {
    setLanguage('de');
    const recipe = { id: 'of-tomorrow', title: 'T', tagline: 'G', summary: 'S', whenItFails: 'W' };
    expect(inReadersWords(recipe as never)).toEqual(recipe);
    expect(inReadersWords({ ...recipe, id: 'detector' } as never)).toMatchObject({ title: 'Detektor' });
  });
});

describe('a job', () => {
  const done = (summary: string): string => describeJob({ status: 'done', summary });

  test('says in German how it ended, every part of it, whatever its model is called', () => {
    setLanguage('de');
    const ends = {
      '12 images, 3 new, 1 changed, 2 moved, 4 missing, 1 unusable, 2 folders or files not readable':
        '12 Bilder, 3 neu, 1 geändert, 2 verschoben, 4 fehlen, 1 unbrauchbar, 2 Ordner oder Dateien nicht lesbar',
      '1 image, 1 folder or file not readable': '1 Bild, 1 Ordner oder Datei nicht lesbar',
      'Detector 2: trained in 61.2 s, mAP@.5 0.404': 'Detector 2: trainiert in 61.2 s, mAP@.5 0.404',
      'night, deep: made in 0.4 s, 81.2 % of classes right':
        'night, deep: gemacht in 0.4 s, 81.2 % der Klassen richtig',
      '1,204 suggestions to look at, on 575 images': '1,204 Vorschläge anzusehen, auf 575 Bildern',
      '3 groups, 1 chain, a leak found, 2 kinds of findings':
        '3 Gruppen, 1 Kette, ein Leck gefunden, 2 Arten von Funden',
      '7 computed, 5 there already, 1 failed': '7 berechnet, 5 schon da, 1 misslungen',
      '120 images, 312 boxes to begin with': '120 Bilder, 312 Boxen für den Anfang',
      'mAP@.5 -0.031 (-0.060 to 0.002), on 127 images': 'mAP@.5 -0.031 (-0.060 bis 0.002), auf 127 Bildern',
      'Accuracy +0.031, on 1 image': 'Accuracy +0.031, auf 1 Bild',
    };
    for (const [english, german] of Object.entries(ends)) expect(done(english)).toBe(german);
    // One part without words leaves all of it in English, rather than a mixture.
    expect(done('12 images, 3 of tomorrow')).toBe('12 images, 3 of tomorrow');
  });

  test('says in German what it is at and what it counts, wherever a phase is written', () => {
    const texts = readSources('main', 'engine').flatMap((source) =>
      [...source.matchAll(/\b(?:phase|unit): '([^']+)'/g)].map(([, text = '']) => text),
    );
    expect(new Set(texts).size).toBeGreaterThan(12);
    setLanguage('de');
    const telling = (phase: string, unit: string): string =>
      describeJob({ status: 'running', progress: { phase, done: 1, total: 4, unit, etaMs: null } });
    const signs = ['%', '‰', 'bytes'];
    const named = (text: string): boolean =>
      signs.includes(text) || /^[a-z]+$/.test(text) || hostSentence(text) !== text;
    expect(texts.filter((text) => !named(text))).toEqual([]);
    for (const unit of ['images', 'files', 'steps', 'runs'])
      expect([unit, telling('Reading photographs', unit)]).not.toEqual([unit, expect.stringContaining(unit)]);
    expect(telling('predict (2/4)', 'images')).toMatch(/ \(2\/4\)/);
    expect(telling('predict (2/4)', 'images')).not.toContain('predict');
  });
});

describe('settings and formats', () => {
  /** All that the window shows of a schema. */
  const textsOf = (schema: z.ZodType): string[] =>
    readFields(z.toJSONSchema(schema, { io: 'input' }) as Record<string, unknown>).flatMap((field) => [
      ...[field.title, field.description],
      ...field.choices.map(humanName),
    ]);
  /** Names that are the same in every language: of formats, programs and licences. */
  const isName = (text: string): boolean =>
    formats.some(({ title }) => title === text) || /^(cc|odb)/i.test(text);

  test('have German words for each name, choice and explanation of every recipe and format', () => {
    const shown = new Set(
      [
        ...recipeCards.flatMap(({ parameters }) => textsOf(parameters)),
        ...formats.flatMap((format) => [
          ...[format.title, format.description, ...format.loses],
          ...textsOf(format.options),
          ...textsOf(format.importOptions),
        ]),
      ].filter((text) => text !== ''),
    );
    const known = { ...germanFormats, ...germanSettings };
    expect([...shown].filter((text) => known[text] === undefined && !isName(text))).toEqual([]);
    setLanguage('de');
    expect(hostText('Learning rate')).toBe('Lernrate');
    expect(hostText('Of tomorrow')).toBe('Of tomorrow');
  });
});

describe('a sentence of the host', () => {
  const facts: PlanFacts = {
    ...{
      trainImages: 4,
      validImages: 0,
      boxes: 9,
      groups: 1,
      splitBy: 'random',
      unusable: 2,
      unanswered: [3, 0, 1],
    },
    perClass: [
      { classId: 'a', name: 'cod (young)', trainBoxes: 2, validBoxes: 0 },
      { classId: 'b', name: 'hake', trainBoxes: 0, validBoxes: 1 },
    ],
  };
  const fineTuning = { obstacle: null, minutes: 300 } as never;

  test('of a plan is found in German with its numbers and names, whatever speaks against it', () => {
    const warnings = [
      ...listPlanWarnings(facts),
      ...listPlanWarnings({ ...facts, trainImages: 1204, validImages: 3, groups: 5, unanswered: [1] }),
      ...listFineTuningWarnings({ fineTuning, boxes: 12, backend: 'wasm' }),
      ...listFineTuningWarnings({
        fineTuning: { obstacle: null, minutes: null } as never,
        boxes: 500,
        backend: 'wasm',
      }),
    ];
    expect(new Set(warnings.map(({ code }) => code)).size).toBeGreaterThan(9);
    setLanguage('de');
    for (const { code, message, hint } of warnings) {
      expect([code, hostSentence(message)]).not.toEqual([code, message]);
      expect([code, hostSentence(hint)]).not.toEqual([code, hint]);
      // Every number and name is still there.
      for (const value of message.match(/\d[\d,]*|cod \(young\)|hake|wasm/g) ?? [])
        expect([code, hostSentence(message)]).toEqual([code, expect.stringContaining(value)]);
    }
    expect(hostSentence('Only 1 images judge the model: its score will be uncertain.')).toBe(
      'Nur 1 Bild beurteilt das Modell: Sein Wert wird unsicher.',
    );
    expect(hostSentence('Something of a later studio.')).toBe('Something of a later studio.');
    setLanguage('en');
    expect(warnings.map(({ message }) => hostSentence(message))).toEqual(
      warnings.map(({ message }) => message),
    );
  });

  test('has German words with the values of its English, and only where the host still says it', () => {
    const sources = readSources('main', 'engine').join('\n');
    for (const [english, german] of Object.entries(germanSentences)) {
      const values = (text: string): string[] => [...text.matchAll(/\{\w+\}/g)].map(([name]) => name).sort();
      expect([english, values(german)]).toEqual([english, values(english)]);
      const fixed = english.split(/\{\w+\}/).sort((a, b) => b.length - a.length)[0] ?? '';
      expect([english, sources.includes(fixed.trim().slice(-24))]).toEqual([english, true]);
    }
  });
});
