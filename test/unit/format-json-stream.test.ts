import { execFileSync } from 'node:child_process';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scanJson } from '../../src/formats/json-stream.ts';

/** Goes through a text that comes in pieces of `size` bytes. */
async function scan(text: string | Uint8Array, size: number): Promise<Record<string, unknown[]>> {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  const stream = async function* () {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  };
  const found: Record<string, unknown[]> = {};
  const file = { path: 'x.json', bytes: () => Promise.resolve(bytes), stream };
  const { lists } = await scanJson('x.json', file, (list, element) => {
    found[`.${list}`] = [...(found[`.${list}`] ?? []), element.parse()];
  });
  for (const list of lists) found[`.${list}`] ??= [];
  return found;
}

describe('reading JSON element by element', () => {
  it('finds the same elements as parsing it whole, wherever its pieces are cut', async () => {
    const key = fc.oneof(
      fc.constantFrom('images', 'a"b', '\\', 'ключ', '__proto__', '{', '['),
      fc.string({ maxLength: 5 }),
    );
    const top = fc.oneof(fc.array(fc.jsonValue(), { maxLength: 5 }), fc.jsonValue());
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.tuple(key, top), { maxLength: 5, selector: ([name]) => name }),
        fc.integer({ min: 1, max: 9 }),
        fc.constantFrom(undefined, 1, '\t'),
        async (entries, size, indent) => {
          const text = `{${entries.map(([name, value]) => `${JSON.stringify(name)} : ${JSON.stringify(value, null, indent)}`).join(' ,\n')}}`;
          const lists = entries.filter(([, value]) => Array.isArray(value));
          const wanted = new Map(
            lists.map(([name, value]) => [`.${name}`, JSON.parse(JSON.stringify(value)) as unknown]),
          );
          expect(new Map(Object.entries(await scan(text, size)))).toEqual(wanted);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('reads a list at the top, UTF-16, a byte order mark, NaN, and empty lists', async () => {
    expect(await scan('[1, {"a": [2, "]"]}, "x,y"]', 2)).toEqual({ '.': [1, { a: [2, ']'] }, 'x,y'] });
    const text = '{"images":[{"n":"ä"}],"b":[]}';
    const utf16 = new Uint8Array(
      new Uint16Array([0xfeff, ...Array.from(text, (c) => c.charCodeAt(0))]).buffer,
    );
    for (const bytes of [utf16, new TextEncoder().encode(`\uFEFF${text}`)])
      expect(await scan(bytes, 100)).toEqual({ '.images': [{ n: 'ä' }], '.b': [] });
    expect(await scan('{"a":[NaN, -Infinity, 1]}', 3)).toEqual({ '.a': [null, null, 1] });
  });

  it('says so when it is empty, cut short, closed too often, or no JSON', async () => {
    for (const [text, code] of [
      [' \n', 'format/empty-file'],
      ['{"a":[1,2', 'format/not-json'],
      ['{"a":[1,"2', 'format/not-json'],
      ['{"a":[1]}}', 'format/not-json'],
      ['hello', 'format/not-json'],
      ['{"a":[1,,2x]}', 'format/not-json'],
    ] as const)
      await expect(scan(text, 4)).rejects.toMatchObject({ code });
  });

  it('does not grow with the file: 150 MB of outlines in 48 MB of heap', () => {
    const program = path.resolve(import.meta.dirname, '..', 'helpers', 'large-coco.ts');
    const printed = execFileSync(process.execPath, ['--max-old-space-size=48', program, '150'], {
      encoding: 'utf8',
      timeout: 120_000,
    });
    expect(JSON.parse(printed)).toMatchObject({ confidence: 0.95, boxes: expect.any(Number) as number });
    expect((JSON.parse(printed) as { boxes: number }).boxes).toBeGreaterThan(20_000);
  }, 150_000);
});
