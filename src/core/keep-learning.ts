/** Training again in the background while a person goes on: what can be set, and when a newer model may take the place of the one in use. */
import { z } from 'zod';
import type { Metrics } from './records.ts';

export const keepLearningSettingsSchema = z.object({
  isOn: z.boolean(),
  /** A new training begins once a person has said something about so many photographs since the last one. */
  every: z.number().int().min(1).max(10_000),
  /** Time of one training; null trains as long as the recipe finds right. */
  minutes: z.number().positive().max(1440).nullable(),
  /** `ask`: the newer model is offered, and waits. `when-not-worse`: it takes over by itself where it is no worse on the same photographs. */
  switching: z.enum(['ask', 'when-not-worse']),
});
export type KeepLearningSettings = z.infer<typeof keepLearningSettingsSchema>;

/** Off until a person wants it: it takes memory for a second engine, and electricity. */
export const defaultKeepLearning: KeepLearningSettings = {
  isOn: false,
  every: 20,
  minutes: 2,
  switching: 'ask',
};

/** The figure two models of one recipe are compared by: mAP@.5 where boxes are suggested, else the share of right classes, else overlap. */
export function pickMainFigure(
  metrics: Pick<Metrics, 'map50' | 'classAcc' | 'meanIou'> | null,
): { readonly name: 'map50' | 'classAcc' | 'meanIou'; readonly value: number } | null {
  if (metrics === null) return null;
  for (const name of ['map50', 'classAcc', 'meanIou'] as const) {
    const value = metrics[name];
    if (value !== null) return { name, value };
  }
  return null;
}

/**
 * True when both figures are known, of the same kind, and the newer is at least the older. Nothing is known from no photographs: then a
 * model never takes over by itself.
 */
export function isNotWorse(before: Metrics | null, after: Metrics | null): boolean {
  if (before === null || after === null || before.n === 0 || before.n !== after.n) return false;
  const [old, fresh] = [pickMainFigure(before), pickMainFigure(after)];
  return old !== null && fresh !== null && old.name === fresh.name && fresh.value >= old.value;
}
