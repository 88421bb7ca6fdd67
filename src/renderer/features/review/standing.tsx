/** What the answers so far say of all suggestions: precision and recall with their ranges, whether to stop, the cut that saves most, the session. */
import { Button, Checkbox, NumberInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type ReactElement, useEffect, useState } from 'react';
import type { ReviewState } from '../../../contract/loop.ts';
import { api } from '../../api/client.ts';
import { readError } from '../../api/errors.ts';
import { keys } from '../../api/keys.ts';
import { useReviewState } from '../../api/loop-queries.ts';
import { useAction } from '../../api/queries.ts';
import { formatCount, formatDuration, formatPercent } from '../../ui/format-numbers.ts';
import layout from '../../ui/layout.module.css';
import { t } from '../../ui/messages.ts';
import { ErrorNote } from '../../ui/notes.tsx';
import styles from './review.module.css';
import type { Asked } from './use-asked.ts';
import type { Answers } from './use-review.ts';

export function Standing(props: {
  minScore: number;
  onMinScore: (score: number) => void;
  asked: Asked;
  answers: Answers;
}): ReactElement | null {
  const { minScore, onMinScore, asked, answers } = props;
  const state = useReviewState(minScore);
  const cache = useQueryClient();
  const save = useAction(
    (settings: ReviewState['settings']) => api.saveReviewSettings.mutate(settings),
    () => void cache.invalidateQueries({ queryKey: keys.allReviews }),
  );
  if (state.isError) return <ErrorNote error={readError(state.error)} onRetry={() => void state.refetch()} />;
  if (state.data === undefined) return null;
  const { settings, worthCut, stop } = state.data;
  const isOtherCut = worthCut !== null && worthCut.cut <= 0.95 && Math.abs(worthCut.cut - minScore) >= 0.015;
  return (
    <>
      <section aria-label={t('review.standing')} title={t('review.standingText')}>
        <h3>{t('review.standing')}</h3>
        <Figures state={state.data} />
        {stop.reason === 'unknown' ? null : (
          <p role="status" data-stop={stop.reason} className={styles.stop}>
            {t(`review.stop.${stop.reason}`, { n: formatCount(Math.ceil(stop.rightAtMost ?? 0)) })}
          </p>
        )}
        {isOtherCut ? (
          <Button
            mt={8}
            fullWidth
            h="auto"
            py={4}
            styles={{ label: { whiteSpace: 'normal' } }}
            variant="default"
            title={t('review.worthCutText', { n: worthCut.photographs })}
            onClick={() => onMinScore(worthCut.cut)}
          >
            {t('review.worthCut', { cut: worthCut.cut.toFixed(2) })}
          </Button>
        ) : null}
        <NumberInput
          mt={8}
          size="xs"
          label={t('review.share')}
          suffix=" %"
          min={0}
          max={100}
          value={Math.round(settings.randomShare * 100)}
          onChange={(value) => {
            if (typeof value === 'number')
              save.mutate({ ...settings, randomShare: Math.min(100, Math.max(0, value)) / 100 });
          }}
        />
        <OneFish settings={settings} onSave={save.mutate} />
        {save.isError ? <ErrorNote error={readError(save.error)} onDismiss={save.reset} /> : null}
      </section>
      {asked.all === 0 ? null : <Session asked={asked} answers={answers} />}
    </>
  );
}

/** What a person may set of the project: photographs hold one fish each. */
function OneFish(props: {
  settings: ReviewState['settings'];
  onSave: (settings: ReviewState['settings'], more: { onError: () => void }) => void;
}): ReactElement {
  const { settings, onSave } = props;
  // Shown at once; what the host says takes over as soon as it says the same, or refuses.
  const [wanted, setWanted] = useState<boolean | null>(null);
  useEffect(() => setWanted((now) => (now === settings.oneFish ? null : now)), [settings.oneFish]);
  return (
    <Checkbox
      mt={10}
      size="xs"
      label={t('review.oneFish')}
      title={t('review.oneFishText')}
      checked={wanted ?? settings.oneFish}
      onChange={({ currentTarget: { checked } }) => {
        setWanted(checked);
        onSave({ ...settings, oneFish: checked }, { onError: () => setWanted(null) });
      }}
    />
  );
}

function Figures({ state }: { state: ReviewState }): ReactElement {
  const { precision, recall, photographs, fewestPhotographs } = state;
  if (photographs < fewestPhotographs)
    return <p className={layout.dim}>{t('review.estimate.few', { n: fewestPhotographs - photographs })}</p>;
  return (
    <>
      <dl className={layout.facts}>
        {(
          [
            ['precision', precision],
            ['recall', recall],
          ] as const
        ).map(([name, share]) =>
          share === null ? null : (
            <div key={name} className={styles.figure}>
              <dt>{t(`review.estimate.${name}`)}</dt>
              <dd>
                <strong>{formatPercent(share.value)}</strong>{' '}
                <span className={layout.dim}>
                  {t('review.estimate.range', {
                    low: Math.round(share.low * 100),
                    high: Math.round(share.high * 100),
                  })}
                </span>
              </dd>
            </div>
          ),
        )}
      </dl>
      <p className={layout.dim}>{t('review.estimate.from', { n: photographs })}</p>
    </>
  );
}

/** Counts and time of this sitting. */
export function Session({ asked, answers }: { asked: Asked; answers: Answers }): ReactElement {
  const counts = { accepted: 0, adjusted: 0, rejected: 0, unsure: 0, pending: 0 };
  for (const status of answers.values()) counts[status] += 1;
  return (
    <section aria-label={t('review.session')}>
      <h3>{t('review.session')}</h3>
      <p>
        {t('review.session.answers', { n: asked.all })} ·{' '}
        {t('review.session.time', {
          time: formatDuration(asked.elapsedMs),
          each: (asked.elapsedMs / Math.max(1, asked.all) / 1000).toFixed(1),
        })}
      </p>
      <p className={layout.dim}>{t('review.tally', counts)}</p>
    </section>
  );
}
