/** Lists of photographs on a real database: filters, orders, places in a list and the next one to look at, each against the plain way. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ImageFilter, ImageSort } from '../../src/contract/host-api.ts';
import type { ImageListItem } from '../../src/contract/schemas.ts';
import type { ImageState, Split } from '../../src/core/records.ts';
import { openProjectDatabase } from '../../src/main/db/project-database.ts';
import { type ImageStory, openSuggestedProject } from '../helpers/suggested-project.ts';
import { labelImage, startTestHost, type TestHost } from '../helpers/test-host.ts';

const states: readonly ImageState[] = ['unseen', 'empty', 'labelled', 'reviewed'];
const splits: readonly (Split | null)[] = ['train', 'valid', 'test', null];

/** Some have none, one, or two. */
const flagsOf = (i: number): string[] | null =>
  i % 3 === 0 ? null : i % 3 === 1 ? ['blurry'] : ['ask "Ann"', 'blurry'];

/** Twelve photographs that differ in all that a list can ask for. */
const stories: readonly ImageStory[] = Array.from({ length: 12 }, (_, i) => ({
  hand: Array.from({ length: i % 4 }, (_, n) => ({
    classId: n === 0 ? 'cod' : 'hake',
    at: [10 + n * 40, 10, 30, 30] as const,
  })),
  model: i % 3 === 0 ? [] : [{ classId: 'ling', at: [20, 30, 70, 70] as const, score: 0.1 + 0.07 * i }],
}));

describe('lists of photographs', () => {
  let test: TestHost;
  /** What is known of each photograph, in order of name. */
  let facts: (ImageListItem & {
    score: number;
    unsure: number;
    classes: string[];
    flags: string[];
    taken: number;
  })[];

  beforeAll(async () => {
    test = await startTestHost({ images: 0 });
    const ids = await openSuggestedProject(test.host, test.dir, stories);
    const project = await test.api.currentProject();
    await test.api.closeProject();
    const db = openProjectDatabase(project?.path ?? '', { create: false, nowMs: 0 });
    ids.forEach((id, i) => {
      db.images.update(id, {
        state: states[i % 4] ?? 'unseen',
        split: splits[i % 4] ?? null,
        group: i % 5 === 0 ? null : `boat ${i % 2}`,
        flags: flagsOf(i),
        problem: i === 7 ? 'image/truncated' : null,
        capturedAtMs: i % 2 === 0 ? 1000 * (12 - i) : null,
        widthPx: 320 + (i % 3),
      });
    });
    db.close();
    await test.api.openProject({ path: project?.path ?? '' });
    const { items } = await test.api.listImages({ filter: {}, offset: 0, limit: 100 });
    facts = items.map((item, i) => {
      const score = stories[i]?.model?.[0]?.score ?? -1;
      return {
        ...item,
        score,
        unsure: score < 0 ? -1 : 1 - Math.abs(2 * score - 1),
        flags: flagsOf(i) ?? [],
        classes: (stories[i]?.hand ?? []).map(({ classId }) => classId),
        taken: i % 2 === 0 ? 1000 * (12 - i) : -1,
      };
    });
  });
  afterAll(async () => {
    await test?.[Symbol.asyncDispose]();
  });

  const passes = (filter: ImageFilter) => (fact: (typeof facts)[number]) =>
    (filter.states === undefined || filter.states.length === 0 || filter.states.includes(fact.state)) &&
    (filter.split === undefined || filter.split === fact.split) &&
    (filter.group === undefined || filter.group === fact.group) &&
    (filter.flag === undefined || fact.flags.includes(filter.flag)) &&
    (filter.classId === undefined || fact.classes.includes(filter.classId)) &&
    (filter.hasSuggestions === undefined || filter.hasSuggestions === fact.score >= 0.25) &&
    (filter.hasProblem === undefined || filter.hasProblem === (fact.problem !== null)) &&
    (filter.score === undefined ||
      (fact.score >= 0 && fact.score >= filter.score.min && fact.score <= filter.score.max)) &&
    (filter.text === undefined || fact.path.toLowerCase().includes(filter.text.trim().toLowerCase()));
  const keyOf = (fact: (typeof facts)[number], by: ImageSort['by']): number =>
    by === 'name' ? 0 : by === 'size' ? fact.widthPx * fact.heightPx : fact[by];
  const inOrder = ({ by, isDescending }: ImageSort) => {
    const sign = isDescending ? -1 : 1;
    return facts.toSorted((a, b) => {
      const names = a.path < b.path ? -1 : 1;
      return by === 'name' ? sign * names : sign * (keyOf(a, by) - keyOf(b, by)) || names;
    });
  };

  const anyFilter: fc.Arbitrary<ImageFilter> = fc.record(
    {
      states: fc.subarray([...states]),
      split: fc.constantFrom('train' as const, 'valid' as const, 'test' as const),
      group: fc.constantFrom('boat 0', 'boat 1', "boat' or 1=1 --"),
      flag: fc.constantFrom('blurry', 'ask "Ann"', 'blur', '["blurry"]'),
      classId: fc.constantFrom('cod', 'hake', 'ling', ''),
      hasSuggestions: fc.boolean(),
      hasProblem: fc.boolean(),
      score: fc.record({ min: fc.constantFrom(0, 0.25, 0.5), max: fc.constantFrom(0.4, 0.6, 1) }),
      text: fc.constantFrom('story', '1', '%', '_0', 'STORY_1', "'", '  ', '\\'),
    },
    { requiredKeys: [] },
  );
  const anySort: fc.Arbitrary<ImageSort> = fc.record({
    by: fc.constantFrom('name', 'score', 'unsure', 'boxes', 'taken', 'size'),
    isDescending: fc.boolean(),
  });

  it('hold what the filter says, in the order asked for, whatever part is asked for', async () => {
    await fc.assert(
      fc.asyncProperty(anyFilter, anySort, fc.nat(12), async (filter, sort, offset) => {
        const wanted = inOrder(sort).filter(passes(filter));
        const { total, items } = await test.api.listImages({ filter, sort, offset, limit: 5 });
        expect(total).toBe(wanted.length);
        expect(items.map(({ path }) => path)).toEqual(
          wanted.slice(offset, offset + 5).map(({ path }) => path),
        );
      }),
      { numRuns: 150 },
    );
  });

  it('know where each photograph lies, or would lie if the filter did not leave it out', async () => {
    await fc.assert(
      fc.asyncProperty(anyFilter, anySort, fc.nat(11), async (filter, sort, which) => {
        const fact = facts[which];
        if (fact === undefined) return;
        const order = inOrder(sort);
        const before = order.slice(0, order.indexOf(fact)).filter(passes(filter));
        expect(await test.api.locateImage({ id: fact.id, filter, sort })).toEqual({
          position: before.length,
          isListed: passes(filter)(fact),
        });
      }),
      { numRuns: 150 },
    );
  });

  it('find the next and the previous photograph that nobody settled, skipping those that cannot be read', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyFilter,
        anySort,
        fc.nat(11),
        fc.constantFrom(1 as const, -1 as const),
        async (filter, sort, which, step) => {
          const fact = facts[which];
          if (fact === undefined) return;
          const order = step === 1 ? inOrder(sort) : inOrder(sort).reverse();
          const wanted = order
            .slice(order.indexOf(fact) + 1)
            .find(
              (other) =>
                passes(filter)(other) &&
                other.problem === null &&
                (other.state === 'unseen' || other.state === 'labelled'),
            );
          const found = await test.api.findUnreviewed({ id: fact.id, filter, sort, step });
          expect(found?.image.path).toBe(wanted?.path);
          if (found !== null)
            expect(await test.api.locateImage({ id: found.image.id, filter, sort })).toEqual({
              position: found.position,
              isListed: true,
            });
        },
      ),
      { numRuns: 150 },
    );
  });

  it('name the groups to choose from, and say kindly that an image is unknown', async () => {
    expect(await test.api.listGroups()).toEqual(['boat 0', 'boat 1']);
    const sort: ImageSort = { by: 'score', isDescending: true };
    await expect(test.api.locateImage({ id: 'nobody', filter: {}, sort })).rejects.toMatchObject({
      code: 'image/unknown',
    });
    expect(await test.api.findUnreviewed({ id: 'nobody', filter: {}, sort, step: 1 })).toBeNull();
  });

  it('change with the labels', async () => {
    const sort: ImageSort = { by: 'boxes', isDescending: true };
    const ask = async () =>
      (await test.api.listImages({ filter: { classId: 'ling' }, sort, offset: 0, limit: 5 })).total;
    expect(await ask()).toBe(0);
    await labelImage(test, facts[4]?.id ?? '', 'ling');
    expect(await ask()).toBe(1);
  });
});
