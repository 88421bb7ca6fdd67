/** What the figures of a model are called, in the order in which they are shown: for its table, its curves and what a switch gains. */
import type { MessageKey } from '../../ui/messages.ts';

export const metricNames = {
  map50: 'metric.map50',
  map: 'metric.map',
  meanIou: 'metric.meanIou',
  classAcc: 'metric.classAcc',
  logLoss: 'metric.logLoss',
} as const satisfies Readonly<Record<string, MessageKey>>;
