/** What a job says of itself in one line, the same wherever it is shown. */
import type { Job } from '../../core/jobs.ts';
import { formatCount, formatPercent } from './format-numbers.ts';
import { errorWords, hostSentence, hostSummary } from './host-words.ts';
import { type MessageKey, t } from './messages.ts';

/** Names that the engine gives to its phases; the host writes its own as sentences. */
const phases = {
  features: 'phase.features',
  train: 'phase.train',
  predict: 'phase.predict',
  explain: 'phase.explain',
  intervals: 'phase.intervals',
  download: 'phase.download',
} as const satisfies Record<string, MessageKey>;

/** A phase may say which of several rounds it belongs to: `train (2/4)`. */
function nameOf(phase: string): string {
  const [, name = phase, round = ''] = /^(.*?)( \(\d+\/\d+\))$/.exec(phase) ?? [];
  return `${Object.hasOwn(phases, name) ? t(phases[name as keyof typeof phases]) : hostSentence(name)}${round}`;
}

/** How a job that is over ended, or how far one that runs has come. */
export function describeJob(state: Job['state']): string {
  if (state.status === 'done') return hostSummary(state.summary);
  if (state.status === 'failed') {
    const { message, hint } = errorWords(state.error);
    return `${message} ${hint}`;
  }
  if (state.status !== 'running') return t(`job.${state.status}`);
  const { phase, done, total, unit } = state.progress;
  if (total === 0) return nameOf(phase);
  // Shares are shares: 334 of 1,000 ‰ is 33 %.
  if (unit === '‰' || unit === '%')
    return t('job.share', { phase: nameOf(phase), share: formatPercent(done / total) });
  if (unit === 'bytes')
    return t('job.progress', {
      phase: nameOf(phase),
      done: formatMegabytes(done),
      total: formatMegabytes(total),
      unit: t('unit.megabytes'),
    });
  return t('job.progress', {
    phase: nameOf(phase),
    done: formatCount(done),
    total: formatCount(total),
    unit: hostSentence(unit),
  });
}

const formatMegabytes = (bytes: number): string => formatCount(bytes / 1e6);
