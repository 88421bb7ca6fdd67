/**
 * One quiet line when a model has learnt in the background: what it is worth, and a button to use it. Nothing changes until it is pressed;
 * where it was chosen that a model no worse takes over by itself, the line says that it did, and a button takes that back.
 */
import { Button } from '@mantine/core';
import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { type ReactElement, useEffect } from 'react';
import type { ModelOffer } from '../../contract/loop.ts';
import { pickMainFigure } from '../../core/keep-learning.ts';
import { api } from '../api/client.ts';
import { readError } from '../api/errors.ts';
import { keys } from '../api/keys.ts';
import { useKeepLearning } from '../api/loop-queries.ts';
import { useAction } from '../api/queries.ts';
import { formatMetric } from '../ui/format-numbers.ts';
import { Icon } from '../ui/icons.tsx';
import { t } from '../ui/messages.ts';
import styles from './shell.module.css';

export function ModelOfferLine(): ReactElement | null {
  const offer = useKeepLearning().data?.offer ?? null;
  const cache = useQueryClient();
  const answer = useAction(
    (use: boolean) => api.answerOffer.mutate({ modelId: offer?.modelId ?? '', use }),
    (view) => {
      cache.setQueryData(keys.keepLearning, view);
      refreshSuggestions(cache);
    },
  );
  const inUseId = offer?.isInUse === true ? offer.modelId : null;
  useEffect(() => {
    if (inUseId !== null) refreshSuggestions(cache);
  }, [cache, inUseId]);
  if (offer === null) return null;
  const { name, isInUse, answered: n } = offer;
  return (
    <div className={styles.job} data-testid="model-offer" role="status">
      <span className={styles.jobIcon}>
        <Icon name="train" />
      </span>
      <span className={styles.jobTitle}>{t(isInUse ? 'learn.tookOver' : 'learn.offer', { name, n })}</span>
      <span className={styles.jobNote}>
        {answer.isError ? readError(answer.error).message : describeFigures(offer)}
      </span>
      <Button variant="light" loading={answer.isPending} onClick={() => answer.mutate(true)}>
        {t(isInUse ? 'learn.keep' : 'learn.use')}
      </Button>
      <Button variant="subtle" color="gray" disabled={answer.isPending} onClick={() => answer.mutate(false)}>
        {isInUse ? t('learn.back', { name: offer.againstName }) : t('learn.notNow')}
      </Button>
    </div>
  );
}

/** What another model in use changes. */
function refreshSuggestions(cache: QueryClient): void {
  for (const queryKey of [keys.models, keys.allQueues, keys.allReviews, keys.allDocuments])
    void cache.invalidateQueries({ queryKey });
}

function describeFigures({ before, after }: ModelOffer): string {
  const [old, fresh] = [pickMainFigure(before), pickMainFigure(after)];
  if (fresh === null || after === null || after.n === 0) return t('learn.offerUnknown');
  const figure = t(`metric.${fresh.name}`);
  const now = formatMetric(fresh.value);
  if (old === null || old.name !== fresh.name) return t('learn.offerAfter', { figure, after: now });
  return t('learn.offerFigures', { figure, before: formatMetric(old.value), after: now, n: after.n });
}
