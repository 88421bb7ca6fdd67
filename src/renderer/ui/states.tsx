/** The state of an image as icon and text, and the colour and name of a class. */
import type { ReactElement } from 'react';
import type { ClassRecord, ImageState } from '../../core/records.ts';
import { Icon, type IconName } from './icons.tsx';
import { t } from './messages.ts';
import styles from './states.module.css';

const icons: Readonly<Record<ImageState, IconName>> = {
  unseen: 'unseen',
  empty: 'empty',
  labelled: 'labelled',
  reviewed: 'reviewed',
};

export const stateText = (state: ImageState): string => t(`state.${state}`);

export function StateMark({ state, problem }: { state: ImageState; problem: string | null }): ReactElement {
  return (
    <span className={styles.state} data-state={problem === null ? state : 'problem'}>
      <Icon name={problem === null ? icons[state] : 'problem'} size={13} />
      <span>{problem === null ? stateText(state) : t('state.problem')}</span>
    </span>
  );
}

export function ClassName({ record }: { record: ClassRecord | undefined }): ReactElement {
  return (
    <span className={styles.class}>
      <span className={styles.dot} style={{ background: record?.color ?? 'var(--cl-dim)' }} />
      <span className={styles.name}>{record?.name ?? t('class.unknown')}</span>
    </span>
  );
}
