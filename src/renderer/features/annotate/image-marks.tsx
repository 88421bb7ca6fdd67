/** What the list says of an image, in rows and in the grid: its picture, its state as icon and text, its boxes and suggestions. */
import type { ReactElement } from 'react';
import type { ImageListItem } from '../../../contract/schemas.ts';
import { thumbnailUrl } from '../../api/client.ts';
import { formatCount } from '../../ui/format-numbers.ts';
import { Icon } from '../../ui/icons.tsx';
import { t } from '../../ui/messages.ts';
import { StateMark } from '../../ui/states.tsx';
import styles from './image-list.module.css';

/** A small picture of at least `sizePx` on its longest side, or a sign where there is none. */
export function Thumbnail({ item, sizePx }: { item: ImageListItem; sizePx: number }): ReactElement {
  if (item.problem !== null)
    return (
      <span className={styles.noThumb}>
        <Icon name="problem" />
      </span>
    );
  return (
    <img
      src={thumbnailUrl(item.id, sizePx)}
      alt=""
      loading="lazy"
      fetchPriority="low"
      decoding="async"
      draggable={false}
    />
  );
}

export function ImageMarks({ item }: { item: ImageListItem }): ReactElement {
  return (
    <span className={styles.imageState}>
      <StateMark state={item.state} problem={item.problem} />
      {item.boxes === 0 ? null : (
        <span title={t('annotate.boxesHere', { n: item.boxes })}>
          <Icon name="box" size={11} />
          {formatCount(item.boxes)}
        </span>
      )}
      {item.suggestions === 0 ? null : (
        <span className={styles.suggested} title={t('annotate.suggestionsHere', { n: item.suggestions })}>
          <Icon name="suggestion" size={11} />
          {formatCount(item.suggestions)}
        </span>
      )}
    </span>
  );
}
