/** The whole of an audit, as it is stored, shown and written to JSON. */
import { z } from 'zod';
import { splitSchema } from '../records.ts';
import { findingSchema } from './health.ts';
import { leakTestSchema } from './leak-test.ts';
import { groupProposalSchema } from './propose-groups.ts';
import { splitSummarySchema, splits } from './split-plan.ts';

export const nearKindSchema = z.enum(['exact', 'almost', 'scene']);

export const auditReportSchema = z.object({
  format: z.literal(1),
  project: z.string(),
  madeAtMs: z.number(),
  /** Changes saved when it was made: a project with another number has gone on since. */
  revision: z.number(),
  seed: z.number().int(),
  /** True where a backbone's features were compared too: without them same scenes are not found. */
  hasFeatures: z.boolean(),
  images: z.number().int(),
  labelled: z.number().int(),
  boxes: z.number().int(),
  /** Photographs that could not be read. */
  failed: z.number().int(),
  groups: groupProposalSchema,
  chains: z.array(z.object({ ids: z.array(z.string()), kind: nearKindSchema })),
  /** For each two sides: how many images of the first have a twin in the second. */
  twins: z.array(
    z.object({
      of: splitSchema,
      into: splitSchema,
      images: z.number().int(),
      withTwin: z.number().int(),
    }),
  ),
  split: splitSummarySchema,
  testLooks: z.number().int(),
  leaks: z.array(
    leakTestSchema.extend({
      verdict: z.object({
        kind: z.enum(['none', 'by-group', 'survives']),
        sentence: z.string(),
        advice: z.string(),
      }),
    }),
  ),
  findings: z.array(findingSchema),
  balance: z.object({
    classes: z.array(z.object({ id: z.string(), name: z.string(), boxes: z.number().int() })),
    /** Boxes of each class, in the order of `classes`, and photographs found empty. */
    groups: z.array(
      z.object({
        name: z.string(),
        images: z.number().int(),
        empty: z.number().int(),
        boxes: z.array(z.number().int()),
      }),
    ),
  }),
  boxShapes: z.object({
    /** Centres of boxes on 12 × 8 cells of the photograph, row by row. */
    centres: z.array(z.number().int()).length(96),
    /** Boxes by the part of the photograph they cover: below 0.1 %, 0.3 %, 1 %, 3 %, 10 %, 30 %, and above. */
    areas: z.array(z.number().int()).length(7),
  }),
});
export type AuditReport = z.infer<typeof auditReportSchema>;

export const areaEdges = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3] as const;

interface ShapeImage {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly boxes: readonly {
    readonly x: number;
    readonly y: number;
    readonly w: number;
    readonly h: number;
  }[];
}

/** Where boxes lie and how large they are. */
export function computeBoxShapes(images: readonly ShapeImage[]): AuditReport['boxShapes'] {
  const centres = new Array<number>(96).fill(0);
  const areas = new Array<number>(7).fill(0);
  const cell = (at: number, length: number, cells: number): number =>
    Math.max(0, Math.min(cells - 1, Math.floor((at / length) * cells)));
  for (const { widthPx, heightPx, boxes } of images)
    for (const { x, y, w, h } of boxes) {
      const at = cell(y + h / 2, heightPx, 8) * 12 + cell(x + w / 2, widthPx, 12);
      centres[at] = (centres[at] ?? 0) + 1;
      const share = (w * h) / (widthPx * heightPx);
      const bin = areaEdges.filter((edge) => share >= edge).length;
      areas[bin] = (areas[bin] ?? 0) + 1;
    }
  return { centres, areas };
}

/** How many images of one side have a twin on another, for every two sides that have images and anything in common. */
export function countTwins(
  images: readonly { readonly split: string | null; readonly chain: string | null }[],
): AuditReport['twins'] {
  const sidesOf = new Map<string, Set<string>>();
  for (const { split, chain } of images)
    if (split !== null && chain !== null) sidesOf.set(chain, (sidesOf.get(chain) ?? new Set()).add(split));
  return splits.flatMap((of) =>
    splits.flatMap((into) => {
      const own = images.filter(({ split }) => split === of);
      if (of === into || of === 'train' || own.length === 0 || !images.some(({ split }) => split === into))
        return [];
      const withTwin = own.filter(
        ({ chain }) => chain !== null && sidesOf.get(chain)?.has(into) === true,
      ).length;
      return [{ of, into, images: own.length, withTwin }];
    }),
  );
}
