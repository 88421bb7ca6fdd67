/** What a place says when there is nothing to show, when something went wrong, or when it waits. */
import { Button, Loader } from '@mantine/core';
import type { ReactElement, ReactNode } from 'react';
import type { AppErrorData } from '../../core/errors.ts';
import { CodeText } from './code-text.tsx';
import { errorWords } from './host-words.ts';
import { Icon, type IconName } from './icons.tsx';
import { t } from './messages.ts';
import styles from './notes.module.css';

/** An empty list or place: what it will hold, and the next step. */
export function EmptyState({
  icon,
  title,
  text,
  action,
}: {
  icon: IconName;
  title: string;
  text: string;
  action?: ReactNode;
}): ReactElement {
  return (
    <div className={styles.empty}>
      <span className={styles.emptyIcon}>
        <Icon name={icon} size={28} />
      </span>
      <h2>{title}</h2>
      <p>{text}</p>
      {action === undefined ? null : <div>{action}</div>}
    </div>
  );
}

/** What happened, what it means, what to do; with a way to try again where there is one. */
export function ErrorNote({
  error,
  onRetry,
  onDismiss,
}: {
  error: AppErrorData;
  onRetry?: () => void;
  onDismiss?: () => void;
}): ReactElement {
  const { message, hint } = errorWords(error);
  return (
    <div className={styles.error} role="alert">
      <span className={styles.errorIcon}>
        <Icon name="problem" />
      </span>
      <div className={styles.errorText}>
        <p>
          <CodeText text={message} />
        </p>
        {hint === '' ? null : (
          <p className={styles.hint}>
            <CodeText text={hint} />
          </p>
        )}
      </div>
      {onRetry === undefined ? null : (
        <Button variant="default" onClick={onRetry}>
          {t('action.retry')}
        </Button>
      )}
      {onDismiss === undefined ? null : (
        <Button variant="subtle" color="gray" onClick={onDismiss}>
          {t('action.dismiss')}
        </Button>
      )}
    </div>
  );
}

/** A warning or remark with an icon; colour is never the only sign. */
export function Remark({ kind, children }: { kind: 'warning' | 'info'; children: ReactNode }): ReactElement {
  return (
    <div className={styles.remark} data-kind={kind}>
      <Icon name={kind === 'warning' ? 'problem' : 'note'} />
      <div>{children}</div>
    </div>
  );
}

export function Waiting({ label }: { label: string }): ReactElement {
  return (
    <div className={styles.waiting} role="status">
      <Loader size={16} />
      <span>{label}</span>
    </div>
  );
}
