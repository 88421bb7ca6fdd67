import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/core/random.ts';
import { formatEntry, parseEntry, parseIndex } from '../../src/engine/features/feature-index.ts';
import { halfToFloat } from '../../src/engine/features/half.ts';
import { shareCores } from '../../src/engine/features/inference-pool.ts';
import { drawVariant } from '../../src/engine/features/variants.ts';

const entries = fc.record({
  hash: fc.stringMatching(/^[0-9a-f]{8,64}$/),
  variant: fc.stringMatching(/^[\w.-]{1,40}$/),
  shard: fc.stringMatching(/^shard-[0-9a-f]{8}-[0-9]{4}\.f16$/),
  slot: fc.integer({ min: 0, max: 1e6 }),
  crc: fc.integer({ min: 0, max: 0xffffffff }),
});

describe('the index of the feature store', () => {
  it('reads back every line it writes', () => {
    fc.assert(
      fc.property(entries, (entry) => {
        expect(parseEntry(formatEntry(entry))).toEqual(entry);
      }),
    );
  });

  it('never takes a torn or damaged line for a record', () => {
    fc.assert(
      fc.property(entries, fc.nat(), fc.stringMatching(/^[0-9a-z\t]?$/), (entry, at, other) => {
        const line = formatEntry(entry);
        const cut = at % line.length;
        const damaged = line.slice(0, cut) + other + line.slice(cut + 1);
        fc.pre(damaged !== line);
        expect(parseEntry(damaged)).toBeUndefined();
        expect(parseEntry(line.slice(0, cut))).toBeUndefined();
      }),
    );
  });

  it('keeps what came before and after a line that was cut off', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(entries, { selector: (e) => `${e.hash} ${e.variant}`, minLength: 3, maxLength: 6 }),
        fc.nat(),
        (list, at) => {
          const [first, torn, ...rest] = list.map(formatEntry) as [string, string, ...string[]];
          const text = `${first}\n${torn.slice(0, 1 + (at % (torn.length - 1)))}\n${rest.join('\n')}\n`;
          const index = parseIndex(text);
          expect(index.torn).toBe(1);
          expect(index.entries.size).toBe(list.length - 1);
        },
      ),
    );
  });

  it('lets a later record of the same photograph win', () => {
    const entry = { hash: 'ab', variant: 'plain', shard: 'shard-00000000-0000.f16', slot: 1, crc: 5 };
    const { entries: found } = parseIndex(`${formatEntry(entry)}\n\n${formatEntry({ ...entry, slot: 2 })}\n`);
    expect([...found.values()]).toEqual([{ ...entry, slot: 2 }]);
  });
});

describe('half floats', () => {
  it('turn into the same numbers as the platform makes of them, for all 65,536 of them', () => {
    const bits = Uint16Array.from({ length: 65536 }, (_, i) => i);
    const floats = new Float32Array(65536);
    halfToFloat(bits, floats);
    expect(floats).toEqual(Float32Array.from(new Float16Array(bits.buffer)));
  });

  it('are written from the offset asked for', () => {
    const floats = new Float32Array(4);
    halfToFloat(Uint16Array.of(0x3c00, 0xc000), floats, 1);
    expect([...floats]).toEqual([0, 1, -2, 0]);
  });
});

describe('drawn copies', () => {
  it('are the same for the same seed and carry their numbers in their id', () => {
    const draw = (seed: number) =>
      Array.from(
        { length: 20 },
        (
          (random) => () =>
            drawVariant(random)
        )(createRandom(seed)),
      );
    expect(draw(5)).toEqual(draw(5));
    const byId = new Map(draw(6).map((variant) => [variant.id, variant]));
    expect(byId.size).toBe(20);
    for (const [id, { zoom, flip }] of byId) {
      expect(id).toContain(`-z${zoom}-`);
      expect(id.includes('-f-')).toBe(flip);
    }
  });
});

describe('sharing out cores', () => {
  it('gives every core to one worker, and several to each on large machines', () => {
    expect(shareCores(1)).toEqual({ workers: 1, threads: 1 });
    expect(shareCores(2)).toEqual({ workers: 2, threads: 1 });
    expect(shareCores(16)).toEqual({ workers: 4, threads: 4 });
  });
});
