/** The thirty complaints of docs/complaints.md: each has a row, and each file that the row names tells a story of that number, or of that matter in a window. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const repository = path.resolve(import.meta.dirname, '..', '..');
const read = (file: string): string => readFileSync(path.join(repository, file), 'utf8');
const rows = [...read('docs/complaints.md').matchAll(/^\| (\d+) \|(.*)\|(.*)\|(.*)\|$/gm)].map(
  ([, number, complaint = '', answer = '', stories = '']) => ({
    number: Number(number),
    complaint,
    answer,
    files: [...stories.matchAll(/`([^`]+)`/g)].map(([, file = '']) => file),
  }),
);

test('all thirty are there, each with where it was written and what is done about it', () => {
  expect(rows.map(({ number }) => number)).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
  for (const { number, complaint, answer } of rows) {
    expect([number, /#\d+/.test(complaint)]).toEqual([number, true]);
    expect(answer.trim().length, String(number)).toBeGreaterThan(10);
  }
});

test.each(rows)(
  'complaint $number is played by a story that bears its number and checks something',
  ({ number, files }) => {
    const [own = '', ...windows] = files;
    const stories = read(own).split(/^it\(/m).slice(1);
    const [story = ''] = stories.filter((text) => new RegExp(`^'${number}: `).test(text));
    expect(story).toMatch(/expect\(/);
    // Nobody skips it, and it awaits or drives the code of the studio itself.
    expect(read(own)).not.toMatch(/\.(skip|todo|only)\b/);
    expect(read(own)).toMatch(/from '\.\.\/\.\.\/\.\.\/src\//);
    for (const file of windows) expect(read(file)).toMatch(/playwright|startStudio|openDesktop/);
  },
);
