/** Beside the suggestion: what the model says, the whole photograph, and the keys to say otherwise. */
import { Kbd } from '@mantine/core';
import type { ReactElement, ReactNode } from 'react';
import type { QueueItem } from '../../../contract/schemas.ts';
import type { PredictionStatus } from '../../../core/records.ts';
import type { Editor } from '../../../editor/types.ts';
import { useModels } from '../../api/queries.ts';
import { useEditorValue } from '../../canvas/use-editor-value.ts';
import { formatScore } from '../../ui/format-numbers.ts';
import layout from '../../ui/layout.module.css';
import { t } from '../../ui/messages.ts';
import { PhotoCrop } from '../../ui/photo-crop.tsx';
import { ClassName } from '../../ui/states.tsx';
import styles from './review.module.css';

const shownClasses = 4;

export function SuggestionPanel({
  item,
  editor,
  answer,
  isDrawn,
  children,
}: {
  item: QueueItem;
  editor: Editor;
  answer: PredictionStatus;
  /** The photograph was drawn at random. */
  isDrawn: boolean;
  /** What follows below. */
  children: ReactNode;
}): ReactElement {
  const { prediction, image } = item;
  const classes = useEditorValue(editor, (snapshot) => snapshot.classes);
  const classIds = useModels().data?.find(({ id }) => id === prediction.modelId)?.classIds ?? [];
  const ranked = prediction.probabilities
    .map((share, index) => ({ share, record: classes.find(({ id }) => id === classIds[index]) }))
    .filter(({ record }) => record !== undefined)
    .sort((a, b) => b.share - a.share)
    .slice(0, shownClasses);
  return (
    <aside className={styles.panel} aria-label={t('review.details')}>
      <div className={styles.question} role="status">
        <span className={layout.dim}>
          {answer === 'pending' ? t('review.question') : t(`review.answered.${answer}`)}
        </span>
        <strong>
          <ClassName record={classes.find(({ id }) => id === prediction.classId)} />
        </strong>
        <span className={layout.dim}>{t('review.score', { score: formatScore(prediction.score) })}</span>
        {isDrawn ? (
          <span className={layout.dim} title={t('review.drawnText')}>
            {t('review.drawn')}
          </span>
        ) : null}
      </div>
      <div className={styles.whole}>
        <PhotoCrop
          imageId={image.id}
          image={image}
          view={{ x: 0, y: 0, w: image.widthPx, h: image.heightPx }}
          outlines={[{ box: prediction, kind: 'model' }]}
          label={t('review.whole')}
        />
        <span className={layout.ellipsis} title={image.path}>
          {image.path}
        </span>
      </div>
      {ranked.length === 0 ? null : (
        <section>
          <h3>{t('review.classes')}</h3>
          <ul className={styles.shares}>
            {ranked.map(({ record, share }) => (
              <li key={record?.id}>
                <ClassName record={record} />
                {record?.key === null || record === undefined ? <span /> : <Kbd>{record.key}</Kbd>}
                <span className={styles.share}>{formatScore(share)}</span>
                <span className={styles.bar}>
                  <i style={{ width: `${share * 100}%` }} />
                </span>
              </li>
            ))}
          </ul>
          <p className={layout.dim}>{t('review.acceptAs')}</p>
        </section>
      )}
      {children}
    </aside>
  );
}
