/** The images of the project: filter and search above, rows or a grid of pictures below, and how many there are. */
import { Slider } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import type { AppErrorData } from '../../../core/errors.ts';
import layout from '../../ui/layout.module.css';
import { t } from '../../ui/messages.ts';
import { EmptyState, ErrorNote, Waiting } from '../../ui/notes.tsx';
import { FilterBar } from './filter-bar.tsx';
import { ImageGrid } from './image-grid.tsx';
import styles from './image-list.module.css';
import { ImageRows } from './image-rows.tsx';
import { type ListView, listParts } from './list-view.ts';
import type { ImageWalk } from './use-image-list.ts';

export interface ImageListProps {
  readonly view: ListView;
  readonly onView: (view: ListView) => void;
  readonly walk: ImageWalk;
  readonly error: AppErrorData | null;
  readonly currentId: string | null;
}

/** Sides of a tile in CSS pixels. */
const tiles = { min: 96, max: 320, step: 16, first: 176 } as const;

export function ImageList(props: ImageListProps): ReactElement {
  const { view, onView, walk } = props;
  const [tileView, setTileView] = useState<number>(tiles.first);
  const { total } = walk.pages;
  return (
    <aside className={styles.list} data-grid={view.isGrid || undefined} aria-label={t('annotate.images')}>
      <FilterBar view={view} onView={onView} />
      <ListBody {...props} tileView={tileView} />
      <div className={styles.foot}>
        <span>{total === undefined ? '' : t('annotate.count', { n: total })}</span>
        {view.isGrid ? (
          <>
            <span className={`${layout.dim} ${styles.gridHelp}`}>{t('list.gridHelp')}</span>
            <Slider
              className={styles.tileSlider ?? ''}
              thumbLabel={t('list.tileSize')}
              label={null}
              min={tiles.min}
              max={tiles.max}
              step={tiles.step}
              value={tileView}
              onChange={setTileView}
            />
          </>
        ) : null}
      </div>
    </aside>
  );
}

function ListBody(props: ImageListProps & { tileView: number }): ReactElement {
  const { view, onView, walk, error, currentId, tileView } = props;
  const { total } = walk.pages;
  if (error !== null)
    return (
      <div className={styles.body}>
        <ErrorNote error={error} />
      </div>
    );
  if (total === undefined)
    return (
      <div className={styles.body}>
        <Waiting label={t('action.loading')} />
      </div>
    );
  if (total === 0) {
    const isFiltered = listParts(view.filter).length > 0;
    const showAll = (
      <button type="button" className={styles.link} onClick={() => onView({ ...view, filter: {} })}>
        {t('annotate.showAll')}
      </button>
    );
    return (
      <div className={styles.body}>
        <EmptyState
          icon={isFiltered ? 'search' : 'image'}
          title={isFiltered ? t('annotate.noneMatch') : t('annotate.none')}
          text={isFiltered ? t('annotate.noneMatchText') : t('annotate.noneText')}
          {...(isFiltered ? { action: showAll } : {})}
        />
      </div>
    );
  }
  return view.isGrid ? (
    <ImageGrid
      walk={walk}
      total={total}
      currentId={currentId}
      tileView={tileView}
      onOpen={() => onView({ ...view, isGrid: false })}
    />
  ) : (
    <ImageRows walk={walk} total={total} currentId={currentId} />
  );
}
