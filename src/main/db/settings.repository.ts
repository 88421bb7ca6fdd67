/** Facts about the project as a whole: its name, where the photographs are, the canvas of its features. */
import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { splitRequestSchema } from '../../core/audit/split-plan.ts';
import { defaultKeepLearning, keepLearningSettingsSchema } from '../../core/keep-learning.ts';
import { canvasSchema } from '../../core/learning.ts';
import { metricsSchema } from '../../core/records.ts';
import { defaultReviewSettings, reviewSettingsSchema } from '../../core/review-queue.ts';
import type { Connection } from './connection.ts';
import { settings } from './schema.ts';

export const projectSettingsSchema = z.object({
  id: z.string(),
  name: z.string(),
  /** Absolute, as it was on the machine that last opened the project. */
  imagesRoot: z.string(),
  /** Relative to the project folder, `/` between parts: finds the photographs when both were moved together. Null across drives. */
  imagesRootRelative: z.string().nullable().default(null),
  canvas: canvasSchema,
  /** True once the canvas was chosen from real photographs: features and models depend on it from then on. */
  canvasFixed: z.boolean(),
  /** Id of the backbone its features come from; null is the embedded one. */
  backbone: z.string().nullable().default(null),
  /** Millimetres a pixel covers on photographs that have no scale of their own. */
  mmPerPx: z.number().nullable().default(null),
  createdAtMs: z.number(),
  codeVersion: z.string(),
  /** True once a person chose the model that suggests; then a newly trained one does not take its place. */
  pinnedByPerson: z.boolean(),
  /** The split that new images join; null before one was applied. */
  splitRequest: splitRequestSchema.nullable().default(null),
  /** True while the test side may not change. */
  isTestLocked: z.boolean().default(false),
  /** How often a model was judged on the test side. */
  testLooks: z.number().int().default(0),
  /** For each label format, the numbers that classes (by id) have had in its files: later exports keep them. */
  exportClassIds: z.record(z.string(), z.record(z.string(), z.number())).default({}),
  review: reviewSettingsSchema.default(defaultReviewSettings),
  keepLearning: keepLearningSettingsSchema.default(defaultKeepLearning),
  /** The revision the newest training began at: answers after it are new to the models. */
  learntRevision: z.number().int().default(0),
  /** The model that learnt in the background and waits for a word, or took over by itself and was not noticed yet; null for none. */
  offer: z
    .object({
      modelId: z.string(),
      againstId: z.string().default(''),
      againstName: z.string(),
      isInUse: z.boolean().default(false),
      answered: z.number().int(),
      before: metricsSchema.nullable(),
    })
    .nullable()
    .default(null),
});
export type ProjectSettings = z.infer<typeof projectSettingsSchema>;

export interface SettingsRepository {
  /** All settings. Throws when the project was never given any. */
  get(): ProjectSettings;
  /** True before the first `save`. */
  isEmpty(): boolean;
  /** `isTestLocked` alone: a gesture asks for each photograph that it moves. */
  isTestLocked(): boolean;
  /** `review.oneFish` alone: asked for each photograph whose suggestions are gone through. */
  isOneFish(): boolean;
  save(changes: Partial<ProjectSettings>): void;
}

export function createSettingsRepository({ db, sqlite }: Connection): SettingsRepository {
  const testLock = sqlite
    .prepare<[], string>("SELECT value FROM settings WHERE key = 'isTestLocked'")
    .pluck();
  const oneFish = sqlite
    .prepare<[], number | null>("SELECT json_extract(value, '$.oneFish') FROM settings WHERE key = 'review'")
    .pluck();
  return {
    isTestLocked: () => testLock.get() === 'true',
    isOneFish: () => oneFish.get() === 1,
    get: () =>
      projectSettingsSchema.parse(
        Object.fromEntries(
          db
            .select()
            .from(settings)
            .all()
            .map((row) => [row.key, row.value]),
        ),
      ),
    isEmpty: () =>
      db.select({ key: settings.key }).from(settings).where(eq(settings.key, 'id')).get() === undefined,
    save: (changes) => {
      for (const [key, value] of Object.entries(changes)) {
        if (value === null) {
          // The table holds no nulls: nothing is what a missing row says.
          db.delete(settings).where(eq(settings.key, key)).run();
          continue;
        }
        db.insert(settings)
          .values({ key, value })
          .onConflictDoUpdate({ target: settings.key, set: { value } })
          .run();
      }
    },
  };
}
