/** Tables about photographs: how they are read, what a net is told of them, and what the leak test makes of them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LeakImage, runLeakTest } from '../../src/core/audit/leak-test.ts';
import { judgeLeaks } from '../../src/core/audit/leak-verdict.ts';
import { describeColumns, metadataSchema } from '../../src/core/audit/metadata.ts';
import { createRandom } from '../../src/core/random.ts';
import { learnColumns, writeColumnInput } from '../../src/engine/parts/image-columns.ts';
import { getRecipe } from '../../src/engine/recipes/list.ts';
import { createImageLookup } from '../../src/formats/image-lookup.ts';
import { readMetadataTable } from '../../src/formats/metadata-table.ts';
import { encodeText } from '../../src/formats/text.ts';

const size = { widthPx: 64, heightPx: 48, rawWidthPx: 64, rawHeightPx: 48, orientation: 1 };
const lookup = createImageLookup(
  ['a/one.jpg', 'a/two.jpg', 'b/two.jpg', 'b/three.png'].map((path) => ({ id: path, path, ...size })),
);
const read = (text: string | Uint8Array, nameColumn?: string) =>
  readMetadataTable(
    { path: 'table.csv', bytes: async () => (typeof text === 'string' ? encodeText(text) : text) },
    lookup,
    nameColumn,
  );
const asObject = (values: ReadonlyMap<string, ReadonlyMap<string, string>>) =>
  Object.fromEntries([...values].map(([id, own]) => [id, Object.fromEntries(own)]));

describe('a table about photographs', () => {
  it('is read whatever stands between its cells, with the column of names found by what it names', async () => {
    for (const sign of [',', ';', '\t', '|']) {
      const rows = [
        ['vessel', 'file', 'depth'],
        ['Anna', 'one.jpg', '12'],
        ['Bert', 'a/two.jpg', 'NA'],
        ['', 'three', '8'],
      ];
      const table = await read(rows.map((row) => row.join(sign)).join('\r\n'));
      expect(table.nameColumn).toBe('file');
      expect(asObject(table.values)).toEqual({
        'a/one.jpg': { vessel: 'Anna', depth: '12' },
        'a/two.jpg': { vessel: 'Bert' },
        'b/three.png': { depth: '8' },
      });
    }
  });

  it('may have no heading, and decimals with a comma where commas divide no cells', async () => {
    const table = await read('one.jpg;12,5\nthree.png;7');
    expect(table.columns).toEqual([{ name: 'column 2', filled: 2, examples: ['12.5', '7'] }]);
    expect((await read('file,depth\none.jpg,"12,5"')).columns[0]?.examples).toEqual(['12,5']);
  });

  it('says which rows name no photograph, or two, and that rows contradict each other', async () => {
    const table = await read('file,boat\none.jpg,A\none.jpg,A\none.jpg,B\ntwo.jpg,A\nfour.jpg,A\n,A');
    expect(table).toMatchObject({ rows: 6, unmatchedRows: 3, contradictions: 1 });
    expect(table.unmatched.map(({ line, why }) => [line, /several|no such|names no/.test(why)])).toEqual([
      [5, true],
      [6, true],
      [7, true],
    ]);
    expect(asObject(table.values)).toEqual({ 'a/one.jpg': { boat: 'A' } });
  });

  it('is refused with a reason when it is no table, or names no photograph, or lacks the column asked for', async () => {
    for (const text of ['', 'one.jpg', 'file\none.jpg'])
      await expect(read(text)).rejects.toMatchObject({ code: 'metadata/no-table' });
    await expect(read('a,b\n1,2')).rejects.toMatchObject({ code: 'metadata/no-names' });
    await expect(read('file,b\none.jpg,2', 'photo')).rejects.toMatchObject({ code: 'metadata/no-names' });
    expect((await read('x,file,b\none.jpg,three.png,2', '2')).nameColumn).toBe('file');
  });

  it('keeps what it can whatever is in it', async () => {
    const cell = fc.oneof(
      fc.string(),
      fc.constantFrom('one.jpg', '__proto__', 'constructor', '"', 'a,b', 'ü'.repeat(300)),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(cell, { minLength: 1, maxLength: 4 }), { minLength: 1 }),
        async (rows) => {
          const text = ['file,__proto__,x,x', 'one.jpg,1,2,3', ...rows.map((row) => row.join(','))].join(
            '\n',
          );
          const { values, columns } = await read(text);
          expect(new Set(columns.map(({ name }) => name)).size).toBe(columns.length);
          for (const own of Object.values(asObject(values))) {
            expect(metadataSchema.safeParse(own).success).toBe(true);
            expect(Object.keys(own).every((name) => columns.some((column) => column.name === name))).toBe(
              true,
            );
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('columns', () => {
  it('are numbers only where many different numbers stand in them: vessels have numbers too', () => {
    const images = Array.from({ length: 40 }, (_, i) => ({
      metadata: { depth: String(i / 2), vessel: String(i % 4), site: i === 0 ? 'reef' : String(i) },
    }));
    expect(describeColumns(images).map(({ name, kind }) => [name, kind])).toEqual([
      ['depth', 'number'],
      ['site', 'name'],
      ['vessel', 'name'],
    ]);
  });

  it('are told to a net as training knew them: names by place, numbers by deviations, the unknown as zeros', () => {
    const metadata = Array.from({ length: 20 }, (_, i) => ({
      boat: i % 3 === 0 ? 'B' : 'A',
      depth: String(i),
    }));
    const codes = learnColumns('Depth, boat', metadata);
    const facts = [{ boat: 'B', depth: '9.5' }, { boat: 'Z', depth: '1e9' }, undefined];
    const { data, shape } = writeColumnInput(
      codes,
      facts.map((own) => ({ ...size, metadata: own })),
    );
    expect(shape).toEqual([3, 4]);
    expect([...data].map((value) => Number(value.toFixed(6)))).toEqual([0, 1, 0, 1, 4, 1, 0, 0, 0, 0, 0, 0]);
    expect(learnColumns('*', metadata).map(({ name }) => name)).toEqual(['boat', 'depth']);
    expect(() => learnColumns('captain', metadata)).toThrow(
      expect.objectContaining({ code: 'recipe/unknown-column' }),
    );
  });

  it('are what metadata-head settles on, and it needs neither them nor the size', () => {
    const recipe = getRecipe('metadata-head');
    const facts = {
      trainImages: 2,
      boxesPerClass: [1],
      imagesPerClass: [1, 1],
      imageSizes: [],
      metadata: [{ boat: 'A' }, { boat: 'B' }],
      seed: 1,
      fastBackend: false,
      budgetMs: null,
    };
    const settled = recipe.settle?.({ columns: '*', sizes: 0 }, facts) ?? {};
    expect(settled.columnCodes).toEqual([{ kind: 'name', name: 'boat', values: ['A', 'B'] }]);
    const task = {
      classes: 1,
      canvas: size,
      taps: [{ name: 's32', channels: 8, heightCells: 3, widthCells: 4 }],
    };
    const told = (parameters: Record<string, unknown>) =>
      recipe.configure(parameters, task as never).imageInputs?.([{ ...size, metadata: { boat: 'B' } }]);
    expect(told(settled)?.map(({ data }) => [...data])).toEqual([[0, 1]]);
    expect(told({ sizes: 0 })).toEqual([]);
    expect(told({})).toHaveLength(1);
  });
});

describe('the leak test', () => {
  const draw = (columnOf: (className: string, i: number) => Record<string, string>): LeakImage[] => {
    const random = createRandom(4);
    return Array.from({ length: 160 }, (_, i) => {
      const className = random.pick(['ALB', 'YFT', 'DOL']);
      const none = {
        camera: null,
        tables: null,
        capturedAtMs: null,
        border: null,
        background: null,
        features: null,
      };
      return {
        ...none,
        path: `img_${String(random.int(99_999)).padStart(5, '0')}.jpg`,
        ...size,
        group: `boat ${i % 12}`,
        chain: null,
        className,
        metadata: columnOf(className, i),
      };
    });
  };
  const run = (images: readonly LeakImage[]) => {
    const steps = runLeakTest(images, 'class', createRandom(1));
    for (;;) {
      const step = steps.next();
      if (step.done === true) return step.value;
    }
  };

  it('finds the imported column that gives the class away, and leaves alone the one that does not', () => {
    const random = createRandom(9);
    const test = run(
      draw((className, i) => ({
        bait: random.next() < 0.8 ? `for ${className}` : 'squid',
        observer: `person ${random.int(5)}`,
        depth: String(10 * i + random.int(10)),
      })),
    );
    const found = test?.suspects.filter(({ figures }) => figures.some(({ isFound }) => isFound)) ?? [];
    expect(test?.suspects.flatMap(({ column }) => column ?? [])).toEqual(['bait', 'depth', 'observer']);
    expect(found.map(({ id, column }) => [id, column])).toEqual([['column', 'bait']]);
    const verdict = judgeLeaks(test as NonNullable<typeof test>);
    expect(verdict.kind).toBe('survives');
    expect(verdict.sentence).toContain('only the column “bait” tells');
  });

  it('sees a hump in a column of numbers, which a slope alone would not', () => {
    const random = createRandom(2);
    const test = run(
      draw((className) => ({
        depth: (className === 'YFT' ? 50 + random.range(-5, 5) : random.range(0, 100)).toFixed(3),
      })),
    );
    expect(test?.suspects.find(({ column }) => column === 'depth')?.figures[0]?.isFound).toBe(true);
  });
});
