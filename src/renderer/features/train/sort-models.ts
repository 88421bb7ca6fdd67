/** The columns of the table of models that can be sorted by. Pure. */
import type { ModelRecord } from '../../../core/records.ts';
import type { MessageKey } from '../../ui/messages.ts';
import { metricNames } from './metric-names.ts';

export const modelColumns = {
  name: 'model.name',
  created: 'model.created',
  ...metricNames,
  trainMs: 'model.trained',
} as const satisfies Readonly<Record<string, MessageKey>>;
export type ModelColumn = keyof typeof modelColumns;

export interface ModelSort {
  readonly by: ModelColumn;
  readonly isDescending: boolean;
}

/** Models without the figure come last either way; among equals the newest first. */
export function sortModels(models: readonly ModelRecord[], { by, isDescending }: ModelSort): ModelRecord[] {
  const sign = isDescending ? -1 : 1;
  return [...models].sort((a, b) => {
    if (by === 'name') return sign * a.name.localeCompare(b.name) || b.createdAtMs - a.createdAtMs;
    const [left, right] = [figureOf(a, by), figureOf(b, by)];
    if (left === null || right === null)
      return Number(left === null) - Number(right === null) || b.createdAtMs - a.createdAtMs;
    return sign * (left - right) || b.createdAtMs - a.createdAtMs;
  });
}

function figureOf(model: ModelRecord, by: Exclude<ModelColumn, 'name'>): number | null {
  if (by === 'created') return model.createdAtMs;
  if (by === 'trainMs') return model.trainMs;
  return model.metrics?.[by] ?? null;
}
