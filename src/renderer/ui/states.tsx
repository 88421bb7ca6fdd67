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

const problems = ['missing', 'not-an-image', 'truncated', 'too-large', 'unreadable'] as const;

/** Why a photograph cannot be used, from the code that the scan left with it. */
export function problemText(code: string): string {
  const known = problems.find((problem) => code === `image/${problem}`) ?? 'unreadable';
  return t(`problem.image/${known}`);
}

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
