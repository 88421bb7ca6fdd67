/** Numbers for people: tabular, with units, and no more digits than they mean. */
import { readLanguage, t } from './messages.ts';

const counters = new Map<string, Intl.NumberFormat>();

/** Making a format takes longer than all else in drawing a panel, so each language's is made once. */
export function formatCount(value: number): string {
  const language = readLanguage();
  const counter = counters.get(language) ?? new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
  counters.set(language, counter);
  return counter.format(value);
}

/** A share 0..1 as `87 %`. */
export const formatPercent = (value: number): string => `${Math.round(value * 100)} %`;

/** A score or IoU 0..1 as `0.87`; null as a dash. */
export const formatScore = (value: number | null): string => (value === null ? '–' : value.toFixed(2));

/** A metric 0..1 as `0.873`; null as a dash. */
export const formatMetric = (value: number | null): string =>
  value === null ? '–' : value.toFixed(3).replace('-', '−');

/** A loss or metric of any size, three significant digits. */
export const formatValue = (value: number): string =>
  Number.isFinite(value) ? Number(value.toPrecision(3)).toString() : '–';

/** Milliseconds as `8 s`, `2 min 05 s`, `1 h 12 min`. */
export function formatDuration(elapsedMs: number): string {
  const seconds = Math.max(0, Math.round(elapsedMs / 1000));
  if (seconds < 60) return t('unit.seconds', { n: String(seconds) });
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60)
    return t('unit.minutes', { m: String(minutes), s: String(seconds % 60).padStart(2, '0') });
  return t('unit.hours', { h: String(Math.floor(minutes / 60)), m: String(minutes % 60).padStart(2, '0') });
}

/** Day and time; English as in Britain, the day before the month. */
export const formatTime = (atMs: number): string =>
  new Intl.DateTimeFormat(readLanguage() === 'en' ? 'en-GB' : readLanguage(), {
    dateStyle: 'medium',
    timeStyle: 'short',
  }).format(atMs);

/** The last part of a path with either kind of slash. */
export const baseName = (path: string): string => path.split(/[\\/]/).findLast((part) => part !== '') ?? path;
