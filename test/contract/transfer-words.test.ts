/** What imports and exports report, in the reader's language: every sentence that a codec or the transfer itself says has German words. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { hostText, transferSentence } from '../../src/renderer/ui/host-words.ts';
import { germanTransferSentences } from '../../src/renderer/ui/messages/de/transfer-sentence.de.ts';
import { setLanguage } from '../../src/renderer/ui/messages.ts';

afterEach(() => setLanguage('en'));

const root = path.resolve(import.meta.dirname, '..', '..', 'src');
const sources = ['formats', 'main/host/transfer'].flatMap((folder) =>
  readdirSync(path.join(root, folder))
    // The card is a README in English, as Kaggle's readers expect; the page of a report is the same in every language; options and errors have words by their own.
    .filter(
      (name) =>
        name.endsWith('.ts') &&
        !/\.card\.ts$|\.options\.ts$|^(report-page|copy-photographs|define-format|metadata-table)/.test(name),
    )
    .map((name) => ({ name, text: readFileSync(path.join(root, folder, name), 'utf8') })),
);

/** Where texts stand that a person reads elsewhere: errors have words by their code, options and losses among the settings. */
const elsewhere =
  /(message|hint|description|title|details|label|phase)\s*:\s*(\w+\s*\?\s*)?$|meta\(|throw [^;]*$/s;

/** Sentences of notes, and halves of sentences that say why: 7 stands for every value. */
function listSentences(): { file: string; said: string }[] {
  const found: { file: string; said: string }[] = [];
  for (const { name, text } of sources) {
    const code = text.replaceAll(/^\s*(\/\*\*|\*|\/\/).*$/gm, '');
    for (const match of code.matchAll(/(['`])((?:\\.|(?!\1)[^\\\n])*)\1/g)) {
      const said = (match[2] ?? '')
        .replaceAll(/\$\{countOf\([^}]*\}/g, '7 boxes')
        .replaceAll(/\$\{[^}]*(\{[^}]*\}[^}]*)*\}/g, '7')
        .replaceAll(/\\(.)/g, '$1');
      const before = code.slice(Math.max(0, match.index - 120), match.index);
      const isNote = /^[A-Z“7].* .*\.$/.test(said) && !said.includes('\n');
      const isWhy =
        /^(it|its|the|they|their|another|nobody|boxes|several|more than|panoptic) .*[^.,:;`]$/.test(said);
      if (said.split(' ').length > 3 && (isNote || isWhy) && !elsewhere.test(before))
        found.push({ file: name, said });
    }
  }
  return found;
}

describe('what a transfer reports', () => {
  test('has German words, whichever format says it', () => {
    const found = listSentences();
    expect(found.length).toBeGreaterThan(120);
    setLanguage('de');
    expect(found.filter(({ said }) => transferSentence(said) === said && hostText(said) === said)).toEqual(
      [],
    );
  });

  test('is in the catalogue with the values of its English, and only while somebody still says it', () => {
    const all = sources.map(({ text }) => text.replaceAll("\\'", "'").replaceAll('\\`', '`')).join('\n');
    for (const [english, german] of Object.entries(germanTransferSentences)) {
      const values = (text: string): string[] => [...text.matchAll(/\{\w+\}/g)].map(([name]) => name).sort();
      const wanted = values(english).filter((name) => name !== '{what}');
      expect([english, values(german)]).toEqual([english, wanted]);
      const fixed = english.split(/\{\w+\}/).sort((a, b) => b.length - a.length)[0] ?? '';
      expect([english, all.includes(fixed.trim().slice(-20))]).toEqual([english, true]);
    }
  });

  test('keeps numbers, names and the source that a note begins with', () => {
    setLanguage('de');
    expect(transferSentence('12 outlines were reduced to their boxes.')).toBe(
      'Von 12 Umrissen blieben die Boxen.',
    );
    expect(
      transferSentence(
        'reef.json: 3 images are empty in the source but have boxes here; those boxes were kept.',
      ),
    ).toBe('reef.json: 3 Bilder sind in der Quelle leer, haben aber hier Boxen; diese wurden behalten.');
    expect(
      transferSentence('several images of the project end in “a (1).jpg”, so which is meant is not known'),
    ).toContain('„a (1).jpg“');
    expect(transferSentence('1 box on 12 images from COCO detection JSON')).toBe(
      '1 Box auf 12 Bildern aus COCO detection JSON',
    );
    expect(transferSentence('Would import 3 boxes on 1 image from YOLO')).toBe(
      'Würde importieren: 3 Boxen auf 1 Bild aus YOLO',
    );
    expect(transferSentence('boat/2.jpg')).toBe('boat/2.jpg');
    expect(transferSentence('Of tomorrow: said so.')).toBe('Of tomorrow: said so.');
    setLanguage('en');
    expect(transferSentence('12 outlines were reduced to their boxes.')).toBe(
      '12 outlines were reduced to their boxes.',
    );
  });
});
