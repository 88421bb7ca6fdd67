/** Train, valid and test for a whole project: grouped and class-balanced unless told otherwise, seeded, and said in sentences. */
import { z } from 'zod';
import { countOf } from '../count.ts';
import { createRandom } from '../random.ts';
import { type Split, splitSchema } from '../records.ts';
import { type DivisibleImage, divideUnits, listUnits } from './divide-units.ts';

export const splitRequestSchema = z.object({
  /** `grouped`: whole groups. `random`: single images. `one-group-out`: one group is the test side. Chains of near-duplicates are whole in all. */
  way: z.enum(['grouped', 'random', 'one-group-out']).default('grouped'),
  trainFrac: z.number().min(0.05).max(0.95).default(0.7),
  validFrac: z.number().min(0).max(0.9).default(0.15),
  seed: z.number().int().default(1),
  /** The group that is held out, for `one-group-out`. */
  group: z.string().nullable().default(null),
});
export type SplitRequest = z.infer<typeof splitRequestSchema>;

/** One side of a split as a person reads it. */
export const splitSideSchema = z.object({
  split: splitSchema,
  images: z.number().int(),
  boxes: z.number().int(),
  /** Groups that are on this side only. */
  groups: z.array(z.string()),
  /** Boxes by class id; photographs where a person found nothing under `nothing`. */
  perClass: z.record(z.string(), z.number()),
});
export type SplitSide = z.infer<typeof splitSideSchema>;

export const splitSummarySchema = z.object({
  sides: z.array(splitSideSchema),
  /** Groups with images on more than one side. */
  cutGroups: z.array(z.string()),
  /** Chains of near-duplicates with images on more than one side. */
  cutChains: z.number().int(),
  unassigned: z.number().int(),
  /** What follows from it, in sentences. */
  sentences: z.array(z.string()),
});
export type SplitSummary = z.infer<typeof splitSummarySchema>;

export const splits = splitSchema.options;

/** Stands among classes for photographs that a person found empty. */
export const nothingClass = 'nothing';

interface Placed extends DivisibleImage {
  readonly split: Split | null;
}

/**
 * The side of each image, in their order. With `isTestLocked`, images that are marked `test` stay there and nothing joins them unless a group
 * or a chain ties it to them. Throws RangeError when the shares leave nothing to train, or `one-group-out` names no group of the images
 * or one that a locked test side does not hold.
 */
export function computeSplit(
  images: readonly Placed[],
  request: SplitRequest,
  isTestLocked = false,
): Split[] {
  const { way, trainFrac, validFrac } = request;
  if (trainFrac + validFrac > 1 + 1e-9)
    throw new RangeError('the shares of train and valid sum to more than 1');
  const units = listUnits(images, way !== 'random');
  const isOut = (unit: readonly number[]): boolean =>
    way === 'one-group-out' && unit.some((i) => images[i]?.group === request.group);
  if (way === 'one-group-out' && !units.some(isOut))
    throw new RangeError(`no image is of the group ${request.group}`);
  if (isTestLocked && units.some((unit) => isOut(unit) && unit.some((i) => images[i]?.split !== 'test')))
    throw new RangeError(`the test side is locked, so the group ${request.group} cannot join it`);
  const isLocked = (unit: readonly number[]): boolean =>
    isTestLocked && unit.some((i) => images[i]?.split === 'test');
  const fixed = units.map((unit) => (isOut(unit) || isLocked(unit) ? 2 : undefined));
  const testFrac = Math.max(0, 1 - trainFrac - validFrac);
  const hasFreeTest = way !== 'one-group-out' && !isTestLocked;
  const rest = trainFrac + validFrac;
  const shares = hasFreeTest ? [trainFrac, validFrac, testFrac] : [trainFrac / rest, validFrac / rest, 0];
  const free = units.filter((_, u) => fixed[u] === undefined);
  const parts = divideUnits(images, free, { shares, random: createRandom(request.seed) });
  const sides = new Array<Split>(images.length).fill('train');
  units.forEach((unit, u) => {
    if (fixed[u] !== undefined) for (const i of unit) sides[i] = 'test';
  });
  free.forEach((unit, u) => {
    for (const i of unit) sides[i] = splits[parts[u] ?? 0] ?? 'train';
  });
  return sides;
}

/** `parts` folds over groups (or over chains with `keepGroups` false), for cross-validation: the fold of each image, 0..parts-1. */
export function computeFolds(
  images: readonly DivisibleImage[],
  parts: number,
  keepGroups: boolean,
  seed: number,
): number[] {
  const units = listUnits(images, keepGroups);
  const shares = Array.from({ length: parts }, () => 1 / parts);
  const found = divideUnits(images, units, { shares, random: createRandom(seed) });
  const folds = new Array<number>(images.length).fill(0);
  units.forEach((unit, u) => {
    for (const i of unit) folds[i] = found[u] ?? 0;
  });
  return folds;
}

/**
 * The sides that images which are on none join, by id: that of their chain, else of their group, where all that is placed of it is on one
 * side. Images that neither tells of are left out.
 */
export function joinSides(
  images: readonly Pick<Placed, 'id' | 'group' | 'chain' | 'split'>[],
): Map<string, Split> {
  const ofChains = new Map<string, Split | null>();
  const ofGroups = new Map<string, Split | null>();
  const note = (sides: Map<string, Split | null>, key: string | null, split: Split): void => {
    if (key === null) return;
    const before = sides.get(key);
    sides.set(key, before === undefined || before === split ? split : null);
  };
  for (const { group, chain, split } of images) {
    if (split === null) continue;
    note(ofChains, chain, split);
    note(ofGroups, group, split);
  }
  const joined = new Map<string, Split>();
  for (const { id, group, chain, split } of images) {
    if (split !== null) continue;
    const side =
      (chain === null ? null : ofChains.get(chain)) ?? (group === null ? null : ofGroups.get(group)) ?? null;
    if (side !== null) joined.set(id, side);
  }
  return joined;
}

/** What a split means, counted and in sentences. `classNames` by id. */
export function describeSplit(
  images: readonly Placed[],
  classNames: ReadonlyMap<string, string>,
): SplitSummary {
  const sides = splits.map((split): SplitSide => {
    const own = images.filter((image) => image.split === split);
    const perClass: Record<string, number> = {};
    for (const { classIds } of own) for (const id of classIds) perClass[id] = (perClass[id] ?? 0) + 1;
    const boxes = Object.entries(perClass).reduce((sum, [id, n]) => sum + (id === nothingClass ? 0 : n), 0);
    return { split, images: own.length, boxes, groups: [], perClass };
  });
  const sidesOf = (key: (image: Placed) => string | null): Map<string, Set<Split>> => {
    const found = new Map<string, Set<Split>>();
    for (const image of images) {
      const name = key(image);
      if (name === null || image.split === null) continue;
      found.set(name, (found.get(name) ?? new Set()).add(image.split));
    }
    return found;
  };
  const byGroup = sidesOf(({ group }) => group);
  const cutGroups = [...byGroup].filter(([, on]) => on.size > 1).map(([name]) => name);
  const cutChains = [...sidesOf(({ chain }) => chain).values()].filter((on) => on.size > 1).length;
  const whole = sides.map((side) => ({
    ...side,
    groups: [...byGroup]
      .filter(([, on]) => on.size === 1 && on.has(side.split))
      .map(([name]) => name)
      .sort(),
  }));
  const unassigned = images.filter(({ split }) => split === null).length;
  const summary = { sides: whole, cutGroups: cutGroups.sort(), cutChains, unassigned };
  return { ...summary, sentences: sayWhatFollows(summary, classNames) };
}

const sideNames: Readonly<Record<Split, string>> = { train: 'training', valid: 'validation', test: 'test' };

const named = 6;

function list(names: readonly string[]): string {
  const shown = names.slice(0, named).join(', ');
  return names.length > named ? `${shown} and ${names.length - named} more` : shown;
}

function sayWhatFollows(
  { sides, cutGroups, cutChains, unassigned }: Omit<SplitSummary, 'sentences'>,
  classNames: ReadonlyMap<string, string>,
): string[] {
  const sentences: string[] = [];
  for (const { split, groups } of sides)
    if (groups.length > 0 && split !== 'train')
      sentences.push(
        `${groups.length === 1 ? 'Group' : 'Groups'} ${list(groups)} ${groups.length === 1 ? 'is' : 'are'} only in ${sideNames[split]}.`,
      );
  if (cutGroups.length > 0)
    sentences.push(
      `${countOf(cutGroups.length, 'group')} (${list(cutGroups)}) ${cutGroups.length === 1 ? 'is' : 'are'} on more than one side: figures say nothing about new boats.`,
    );
  if (cutChains > 0)
    sentences.push(
      `${countOf(cutChains, 'chain')} of near-duplicates ${cutChains === 1 ? 'is' : 'are'} cut: twins of training images are judged.`,
    );
  for (const side of sides) {
    if (side.images === 0) continue;
    const missing = [...classNames].filter(
      ([id]) => side.perClass[id] === undefined && sides.some((other) => (other.perClass[id] ?? 0) > 0),
    );
    if (missing.length > 0)
      sentences.push(
        `The ${sideNames[side.split]} side has no box of ${list(missing.map(([, name]) => name))}.`,
      );
  }
  if (unassigned > 0)
    sentences.push(`${countOf(unassigned, 'image')} ${unassigned === 1 ? 'is' : 'are'} on no side.`);
  return sentences;
}
