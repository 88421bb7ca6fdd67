/** Why there is nothing to compare, with the way on where there is one: a model that has not looked at the images can be let do so. */
import { Button } from '@mantine/core';
import type { ReactElement } from 'react';
import { api } from '../../api/client.ts';
import { readError } from '../../api/errors.ts';
import { useAction, useActiveJobs } from '../../api/queries.ts';
import { t } from '../../ui/messages.ts';
import { ErrorNote } from '../../ui/notes.tsx';
import styles from './compare.module.css';

export function CannotCompare(props: {
  error: unknown;
  /** Whose boxes are missing. */
  modelId: string;
  onRetry: () => void;
}): ReactElement {
  const { modelId, onRetry } = props;
  const error = readError(props.error);
  const start = useAction(() => api.startPrediction.mutate({ modelId }));
  const isLooking = useActiveJobs().some(
    ({ kind, input }) => kind === 'predict' && input.modelId === modelId && input.file === undefined,
  );
  const canLook = error.code === 'compare/not-predicted';
  return (
    <div className={styles.fault}>
      <ErrorNote error={error} {...(canLook ? {} : { onRetry })} />
      {canLook ? (
        <Button mt="sm" loading={isLooking || start.isPending} onClick={() => start.mutate(undefined)}>
          {t('compare.letLook')}
        </Button>
      ) : null}
      {start.isError ? <ErrorNote error={readError(start.error)} onDismiss={start.reset} /> : null}
    </div>
  );
}
