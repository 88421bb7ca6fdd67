/** The list of images: virtualised, thumbnail, name, state as icon and text; filter by state and text. */
import { Select, TextInput } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, memo, type ReactElement, useEffect, useRef } from 'react';
import type { ImageListItem } from '../../../contract/schemas.ts';
import type { AppErrorData } from '../../../core/errors.ts';
import { thumbnailUrl } from '../../api/client.ts';
import { baseName, formatCount } from '../../ui/format-numbers.ts';
import { Icon } from '../../ui/icons.tsx';
import { t } from '../../ui/messages.ts';
import { EmptyState, ErrorNote, Waiting } from '../../ui/notes.tsx';
import { StateMark } from '../../ui/states.tsx';
import styles from './annotate.module.css';
import { type FilterChoice, filterChoices } from './image-filter.ts';

const rowHeightPx = 56;

export interface ImageListProps {
  readonly items: readonly ImageListItem[] | undefined;
  readonly total: number;
  readonly error: AppErrorData | null;
  readonly currentId: string | null;
  readonly choice: FilterChoice;
  readonly text: string;
  readonly onChoice: (choice: FilterChoice) => void;
  readonly onText: (text: string) => void;
  readonly onOpen: (id: string) => void;
}

export function ImageList(props: ImageListProps): ReactElement {
  const { items, total, choice, text, onChoice, onText } = props;
  return (
    <aside className={styles.list} aria-label={t('annotate.images')}>
      <div className={styles.filter}>
        <TextInput
          aria-label={t('annotate.search')}
          placeholder={t('annotate.search')}
          leftSection={<Icon name="search" size={13} />}
          value={text}
          onChange={(event) => onText(event.currentTarget.value)}
        />
        <Select
          aria-label={t('annotate.show')}
          data={filterChoices.map((value) => ({ value, label: t(`filter.${value}`) }))}
          value={choice}
          onChange={(value) => {
            const known = filterChoices.find((one) => one === value);
            if (known !== undefined) onChoice(known);
          }}
        />
      </div>
      <ListBody {...props} />
      <div className={styles.listFoot}>{items === undefined ? '' : t('annotate.count', { n: total })}</div>
    </aside>
  );
}

function ListBody({
  items,
  error,
  currentId,
  choice,
  text,
  onOpen,
  onChoice,
  onText,
}: ImageListProps): ReactElement {
  const scroll = useRef<HTMLDivElement>(null);
  const count = items?.length ?? 0;
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => scroll.current,
    estimateSize: () => rowHeightPx,
    overscan: 8,
  });
  const index = items?.findIndex(({ id }) => id === currentId) ?? -1;
  useEffect(() => {
    if (index >= 0) virtual.scrollToIndex(index, { align: 'auto' });
  }, [index, virtual]);
  if (error !== null)
    return (
      <div className={styles.rows}>
        <ErrorNote error={error} />
      </div>
    );
  if (items === undefined)
    return (
      <div className={styles.rows}>
        <Waiting label={t('action.loading')} />
      </div>
    );
  if (items.length === 0) {
    const isFiltered = choice !== 'all' || text.trim() !== '';
    return (
      <div className={styles.rows}>
        <EmptyState
          icon={isFiltered ? 'search' : 'image'}
          title={isFiltered ? t('annotate.noneMatch') : t('annotate.none')}
          text={isFiltered ? t('annotate.noneMatchText') : t('annotate.noneText')}
          {...(isFiltered
            ? {
                action: (
                  <button
                    type="button"
                    className={styles.link}
                    onClick={() => {
                      onChoice('all');
                      onText('');
                    }}
                  >
                    {t('annotate.showAll')}
                  </button>
                ),
              }
            : {})}
        />
      </div>
    );
  }
  const move = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    const next = step === 0 ? undefined : items[index + step];
    if (next === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    onOpen(next.id);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the rows inside are buttons; this only adds arrow keys to them.
    <div className={styles.rows} ref={scroll} onKeyDown={move}>
      <ul style={{ height: virtual.getTotalSize(), position: 'relative' }}>
        {virtual.getVirtualItems().map((row) => {
          const item = items[row.index];
          if (item === undefined) return null;
          return (
            <li
              key={item.id}
              style={{
                position: 'absolute',
                top: 0,
                left: 0,
                right: 0,
                height: rowHeightPx,
                transform: `translateY(${row.start}px)`,
              }}
            >
              <ImageRow
                item={item}
                isCurrent={item.id === currentId}
                isTabStop={item.id === currentId || (index < 0 && row.index === 0)}
                onOpen={onOpen}
              />
            </li>
          );
        })}
      </ul>
    </div>
  );
}

const ImageRow = memo(function ImageRow(props: {
  item: ImageListItem;
  isCurrent: boolean;
  isTabStop: boolean;
  onOpen: (id: string) => void;
}): ReactElement {
  const { item, isCurrent, isTabStop, onOpen } = props;
  return (
    <button
      type="button"
      className={styles.image}
      aria-current={isCurrent || undefined}
      tabIndex={isTabStop ? 0 : -1}
      onClick={() => onOpen(item.id)}
      title={item.path}
    >
      {item.problem === null ? (
        <img
          src={thumbnailUrl(item.id, 128)}
          alt=""
          loading="lazy"
          fetchPriority="low"
          decoding="async"
          draggable={false}
        />
      ) : (
        <span className={styles.noThumb}>
          <Icon name="problem" />
        </span>
      )}
      <span className={styles.imageText}>
        <span className={styles.imageName}>{baseName(item.path)}</span>
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
      </span>
    </button>
  );
});
