/** How an import meets what a project holds already, and what it would do before it does it. */
import { z } from 'zod';

/**
 * `add`: boxes that are not there yet. `replace`: on images that the source labels or calls empty, its boxes take the place of all
 * others. `both`: every box, also where an equal one is there.
 */
const mergePolicySchema = z.enum(['add', 'replace', 'both']);
export type MergePolicy = z.infer<typeof mergePolicySchema>;

/** What can be said about an import besides the options of its format. */
export const importChoicesSchema = z.object({
  merge: mergePolicySchema.default('add'),
  /** Class of the source → class of the project, or a new name; empty leaves its boxes out. Names not listed are taken as they are. */
  classes: z.record(z.string(), z.string()).default({}),
  /** Folder of the project that is meant where several images have the name that the labels give. */
  within: z.string().optional(),
  /** Only counts: nothing is saved. */
  dryRun: z.boolean().default(false),
});
export type ImportChoices = z.infer<typeof importChoicesSchema>;

/** What an import did, or with `dryRun` would do; part of the job's result. */
export const importPreviewSchema = z.object({
  dryRun: z.boolean(),
  /** How the format was recognised; confidence 1 when it was named. */
  recognised: z.object({ format: z.string(), title: z.string(), confidence: z.number(), reason: z.string() }),
  /** Boxes to be added, those the project has already, and those that make way. */
  boxes: z.object({ added: z.number(), repeated: z.number(), removed: z.number() }),
  /** Images whose state, split or group changes. */
  marks: z.number(),
  /** Each class of the source: boxes, where it goes (null: left out), whether that is new, and a class it may be meant to be. */
  classes: z.array(
    z.object({
      name: z.string(),
      boxes: z.number(),
      target: z.string().nullable(),
      isNew: z.boolean(),
      suggestion: z.string().nullable(),
    }),
  ),
  /** Names that several images have. One answer, `within`, settles all. */
  ambiguous: z.array(z.object({ reference: z.string(), paths: z.array(z.string()) })),
  /** Photographs found by their bytes, having neither path nor name of the project's. */
  byContent: z.number(),
});
export type ImportPreview = z.infer<typeof importPreviewSchema>;
