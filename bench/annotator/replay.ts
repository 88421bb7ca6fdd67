/** What other ways to use the same suggestions would have taken: a log of one run, answered again under each. Pure but for reading the log. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { defaultCutScore } from '../../src/core/review.ts';
import { chooseCut, weighSuggestions } from '../../src/core/review-worth.ts';
import { answer, type Costs } from './person.ts';

const handSchema = z.object({
  classId: z.string(),
  box: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }),
});
const saidSchema = handSchema.extend({ score: z.number() });
const shownSchema = z.object({ truth: z.array(handSchema), said: z.array(saidSchema) });

const lineSchema = z.discriminatedUnion('kind', [
  /** A training ended: what its model says of the photographs that judge it. */
  z.object({
    kind: z.literal('model'),
    modelId: z.string(),
    after: z.number(),
    machineS: z.number(),
    judges: z.array(shownSchema),
  }),
  /** A photograph was answered: all that the model in use said of it, what of that the window offered, and the cut that was set. */
  shownSchema.extend({
    kind: z.literal('photograph'),
    path: z.string(),
    modelId: z.string().nullable(),
    offered: z.array(saidSchema),
    cut: z.number(),
  }),
]);

type Line = z.infer<typeof lineSchema>;
type Immutable<T> = T extends object ? { readonly [K in keyof T]: Immutable<T[K]> } : T;
export type LogLine = Immutable<Line>;
export type Said = Immutable<z.infer<typeof saidSchema>>;

/** Lines of JSON, one run. Throws what zod throws where a line is none of ours. */
export async function readLog(file: string): Promise<Line[]> {
  const text = await readFile(file, 'utf8');
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => lineSchema.parse(JSON.parse(line)));
}

export interface Replayed {
  readonly policy: string;
  readonly seconds: number;
}

const cuts = [0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

/** Seconds of the whole run under each policy, by hand first, then as they fall. */
export function replay(lines: readonly LogLine[], costs: Costs): Replayed[] {
  const photographs = lines.filter((line) => line.kind === 'photograph');
  const models = lines.filter((line) => line.kind === 'model');
  const total = (chooseShown: (one: (typeof photographs)[number]) => readonly Said[]): number =>
    photographs.reduce((sum, one) => sum + answer(one.truth, chooseShown(one), costs).seconds, 0);
  const above =
    (cutOf: (one: (typeof photographs)[number]) => number) =>
    (one: (typeof photographs)[number]): Said[] =>
      one.said.filter(({ score }) => score >= cutOf(one));
  const ownCut = new Map(models.map(({ modelId, judges }) => [modelId, cutOf(judges, costs)]));
  const surestCut = new Map(
    models.map(({ modelId, judges }) => [
      modelId,
      cutOf(
        judges.map(({ truth, said }) => ({ truth, said: takeSurest(said, 0) })),
        costs,
      ),
    ]),
  );
  const byClass = new Map(models.map(({ modelId, judges }) => [modelId, cutsByClass(judges, costs)]));
  const policies: Replayed[] = [
    {
      policy: 'as it was',
      seconds: total(({ offered, cut }) => offered.filter(({ score }) => score >= cut)),
    },
    {
      policy: 'cut of the judging photographs',
      seconds: total(above(({ modelId }) => ownCut.get(modelId ?? '') ?? 1)),
    },
    {
      policy: 'a cut for each class',
      seconds: total((one) => {
        const own = byClass.get(one.modelId ?? '');
        return one.said.filter(({ classId, score }) => score >= (own?.get(classId) ?? 1));
      }),
    },
    {
      policy: 'the surest suggestion alone, from its own cut on',
      seconds: total(({ said, modelId }) => takeSurest(said, surestCut.get(modelId ?? '') ?? 1)),
    },
    {
      // Nobody can know it beforehand: what is left for better cuts to gain.
      policy: 'the best cut of each photograph, known afterwards',
      seconds: photographs.reduce(
        (sum, { truth, said }) =>
          sum +
          Math.min(
            ...[1.01, ...said.map(({ score }) => score)].map(
              (cut) =>
                answer(
                  truth,
                  said.filter(({ score }) => score >= cut),
                  costs,
                ).seconds,
            ),
          ),
        0,
      ),
    },
    ...cuts.map((cut) => ({ policy: `everywhere ${cut}`, seconds: total(above(() => cut)) })),
  ];
  policies.sort((a, b) => b.seconds - a.seconds);
  return [{ policy: 'by hand', seconds: total(() => []) }, ...policies];
}

const takeSurest = (said: readonly Said[], cut: number): Said[] =>
  said
    .filter(({ score }) => score >= cut)
    .sort((a, b) => b.score - a.score)
    .slice(0, 1);

type Judges = Extract<LogLine, { kind: 'model' }>['judges'];

const cutOf = (judges: Judges, costs: Costs): number =>
  chooseCut(
    judges.map(({ truth, said }) => weighSuggestions(truth, said, costs)),
    defaultCutScore,
  );

/** For each class the cut that would have served its own suggestions best; what other classes say stands beside, so that each meets its fish. */
function cutsByClass(judges: Judges, costs: Costs): ReadonlyMap<string, number> {
  const classIds = new Set(judges.flatMap(({ said }) => said.map(({ classId }) => classId)));
  return new Map(
    [...classIds].map((classId) => [
      classId,
      cutOf(
        judges.map(({ truth, said }) => ({ truth, said: said.filter((one) => one.classId === classId) })),
        costs,
      ),
    ]),
  );
}
