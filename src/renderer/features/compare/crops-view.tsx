/** Many crops at a glance, alike beside alike: select those that are wrong, and one key gives all of them their class. */
import { Button, Kbd, Select } from '@mantine/core';
import { type MouseEvent, memo, type ReactElement, useCallback, useMemo, useRef, useState } from 'react';
import type { Crop, CropOrder, CropSource } from '../../../contract/schemas.ts';
import { isConfirmed } from '../../../core/records.ts';
import { readError } from '../../api/errors.ts';
import { useClasses, useCrops } from '../../api/queries.ts';
import { useActions } from '../../app/keymap.ts';
import { type LabelSession, newId } from '../../app/label-session.ts';
import { formatCount, formatScore } from '../../ui/format-numbers.ts';
import { Icon } from '../../ui/icons.tsx';
import layout from '../../ui/layout.module.css';
import { t } from '../../ui/messages.ts';
import { EmptyState, ErrorNote, Waiting } from '../../ui/notes.tsx';
import { PhotoCrop, squareAround } from '../../ui/photo-crop.tsx';
import { ClassName } from '../../ui/states.tsx';
import styles from './compare.module.css';
import { agree, type CropsChange, giveClass, reject } from './crop-changes.ts';
import judging from './judging.module.css';
import { dropFocus, leaveFocus } from './leave-focus.ts';
import { useSelection } from './use-selection.ts';
import { VirtualGrid } from './virtual-grid.tsx';

const sources = ['labels', 'suggestions'] as const satisfies readonly CropSource[];
const orders = ['alike', 'odd-first'] as const satisfies readonly CropOrder[];
const digits = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '0'] as const;

const idOf = ({ hand, predicted }: Crop): string => (hand ?? predicted)?.id ?? '';

export function CropsView(props: { session: LabelSession; minScore: number }): ReactElement {
  const { session, minScore } = props;
  const classes = useClasses().data ?? [];
  const [source, setSource] = useState<CropSource>('labels');
  const [classId, setClassId] = useState<string | null>(null);
  const [order, setOrder] = useState<CropOrder>('alike');
  const [like, setLike] = useState<string | null>(null);
  const crops = useCrops({ source, classId, minScore: source === 'labels' ? 0 : minScore, order, like });
  const items = useKeptOrder(crops.data?.items, `${source} ${classId} ${order} ${like} ${minScore}`);
  const keys = useMemo(() => items.map(idOf), [items]);
  const selection = useSelection(keys);
  const columns = useRef(1);
  const takeColumns = useCallback((count: number) => {
    columns.current = count;
  }, []);
  const chosen = (): Crop[] => {
    const marked = items.filter((crop) => selection.selected.has(idOf(crop)));
    const under = items[selection.cursor];
    return marked.length > 0 ? marked : under === undefined ? [] : [under];
  };
  const commit = (change: CropsChange | null): void => {
    if (change === null) return;
    session.commit(change);
    selection.clear();
  };
  const setClass = (id: string, name: string): void => {
    const list = chosen();
    commit(giveClass(t('crops.setClass', { name, n: list.length }), list, id, newId));
  };
  const accept = (): void => commit(agree(t('crops.right', { n: chosen().length }), chosen(), newId));
  const refuse = (): void => commit(reject(t('crops.rejected', { n: chosen().length }), chosen()));
  useActions({
    'compare.next': () => selection.move(1),
    'compare.previous': () => selection.move(-1),
    'crops.up': () => selection.move(-columns.current),
    'crops.down': () => selection.move(columns.current),
    'crops.extendNext': () => selection.move(1, { extend: true }),
    'crops.extendPrevious': () => selection.move(-1, { extend: true }),
    'crops.toggle': selection.toggle,
    'crops.all': selection.all,
    'crops.clear': selection.clear,
    'crops.like': () => setLike(selection.cursorKey),
    'compare.takeModel': accept,
    'compare.keepHand': source === 'labels' ? accept : refuse,
    ...Object.fromEntries(
      digits.map((key) => [
        `class.${key}`,
        () => {
          const record = classes.find((one) => one.key === key);
          if (record !== undefined) setClass(record.id, record.name);
        },
      ]),
    ),
  });
  const count = selection.selected.size;
  const under = items[selection.cursor];
  const underName = classes.find(({ id }) => id === (under?.hand ?? under?.predicted)?.classId)?.name ?? '–';
  return (
    <div className={layout.columns}>
      <div className={styles.left}>
        <div className={styles.totals} role="toolbar" aria-label={t('crops.tools')}>
          <Select
            w={118}
            size="xs"
            aria-label={t('crops.source')}
            data={sources.map((value) => ({ value, label: t(`crops.source.${value}`) }))}
            value={source}
            onChange={(value) => {
              setSource(sources.find((known) => known === value) ?? 'labels');
              setLike(null);
              requestAnimationFrame(dropFocus);
            }}
          />
          <Select
            w={150}
            size="xs"
            clearable
            placeholder={t('crops.allClasses')}
            aria-label={t('crops.class')}
            data={classes.map(({ id, name }) => ({ value: id, label: name }))}
            value={classId}
            onChange={(value) => {
              setClassId(value);
              setLike(null);
              requestAnimationFrame(dropFocus);
            }}
          />
          <Select
            w={184}
            size="xs"
            aria-label={t('compare.order')}
            data={[
              ...orders.map((value) => ({ value: value as string, label: t(`crops.order.${value}`) })),
              ...(like === null ? [] : [{ value: 'like', label: t('crops.order.like') }]),
            ]}
            value={like === null ? order : 'like'}
            onChange={(value) => {
              requestAnimationFrame(dropFocus);
              const known = orders.find((one) => one === value);
              if (known === undefined) return;
              setOrder(known);
              setLike(null);
            }}
          />
          <span className={layout.dim}>
            {crops.data === undefined
              ? ''
              : t(items.length < crops.data.total ? 'crops.countOf' : 'crops.count', {
                  n: formatCount(items.length),
                  total: formatCount(crops.data.total),
                })}
            {crops.data === undefined || crops.data.unknown === 0
              ? ''
              : ` · ${t('crops.unknown', { n: formatCount(crops.data.unknown) })}`}
          </span>
        </div>
        {crops.isError ? (
          <div className={styles.fault}>
            <ErrorNote error={readError(crops.error)} onRetry={() => void crops.refetch()} />
          </div>
        ) : crops.data === undefined ? (
          <Waiting label={t('crops.sorting')} />
        ) : (
          <VirtualGrid
            items={items}
            keyOf={idOf}
            currentKey={selection.cursorKey}
            cellPx={116}
            rowPx={130}
            onColumns={takeColumns}
            empty={<EmptyState icon="box" title={t('crops.none')} text={t('crops.noneText')} />}
            renderItem={(crop, isCurrent) => (
              <OneCrop
                crop={crop}
                isCurrent={isCurrent}
                isSelected={selection.selected.has(idOf(crop))}
                onClick={(event) =>
                  selection.click(keys.indexOf(idOf(crop)), {
                    isRange: event.shiftKey,
                    isToggle: event.ctrlKey || event.metaKey,
                  })
                }
              />
            )}
          />
        )}
      </div>
      <aside className={judging.answers} aria-label={t('crops.answers')}>
        <p role="status">
          <b>{t('crops.selected', { n: count })}</b>
          <span className={layout.visuallyHidden}>
            {t('crops.at', { at: selection.cursor + 1, n: items.length, name: underName })}
          </span>
        </p>
        <p className={layout.dim}>{t('crops.how')}</p>
        <ul>
          {classes.map((record) => (
            <li key={record.id}>
              <Button
                fullWidth
                variant="default"
                justify="space-between"
                rightSection={record.key === null ? null : <Kbd>{record.key}</Kbd>}
                onMouseDown={leaveFocus}
                onClick={() => setClass(record.id, record.name)}
              >
                <ClassName record={record} />
              </Button>
            </li>
          ))}
        </ul>
        <Button variant="default" rightSection={<Kbd>Enter</Kbd>} onMouseDown={leaveFocus} onClick={accept}>
          {t(source === 'labels' ? 'crops.confirm' : 'crops.accept')}
        </Button>
        {source === 'labels' ? null : (
          <Button variant="default" rightSection={<Kbd>X</Kbd>} onMouseDown={leaveFocus} onClick={refuse}>
            {t('crops.reject')}
          </Button>
        )}
        <Button
          variant="subtle"
          color="gray"
          rightSection={<Kbd>L</Kbd>}
          disabled={selection.cursorKey === null}
          onMouseDown={leaveFocus}
          onClick={() => setLike(selection.cursorKey)}
        >
          {t('crops.likeThis')}
        </Button>
        <Button
          variant="subtle"
          color="gray"
          rightSection={<Kbd>Ctrl+A</Kbd>}
          onMouseDown={leaveFocus}
          onClick={selection.all}
        >
          {t('crops.selectAll')}
        </Button>
      </aside>
    </div>
  );
}

/**
 * The crops as they stood when this question was first answered: an answer takes some away or renames them, and the others stay where the
 * eye left them.
 */
function useKeptOrder(items: readonly Crop[] | undefined, question: string): readonly Crop[] {
  const kept = useRef<{ question: string; place: Map<string, number> }>({ question: '', place: new Map() });
  return useMemo(() => {
    if (items === undefined) return [];
    if (kept.current.question !== question) kept.current = { question, place: new Map() };
    const { place } = kept.current;
    for (const crop of items) if (!place.has(idOf(crop))) place.set(idOf(crop), place.size);
    return [...items].sort((a, b) => (place.get(idOf(a)) ?? 0) - (place.get(idOf(b)) ?? 0));
  }, [items, question]);
}

const OneCrop = memo(function OneCrop(props: {
  crop: Crop;
  isCurrent: boolean;
  isSelected: boolean;
  onClick: (event: MouseEvent) => void;
}): ReactElement {
  const { crop, isCurrent, isSelected, onClick } = props;
  const { hand, predicted, image, likeness } = crop;
  const record = hand ?? predicted;
  const classes = useClasses().data ?? [];
  const known = classes.find(({ id }) => id === record?.classId);
  return (
    <button
      type="button"
      className={`${styles.crop} ${judging.small}`}
      // The keys are the wall's, wherever the mouse was last.
      tabIndex={-1}
      onMouseDown={(event) => event.preventDefault()}
      aria-current={isCurrent || undefined}
      aria-pressed={isSelected}
      title={`${image.path}${likeness === null ? '' : ` · ${t('crops.likeness', { value: formatScore(likeness) })}`}`}
      onClick={onClick}
    >
      {record === null ? null : (
        <PhotoCrop
          imageId={image.id}
          image={image}
          view={squareAround([record], image, 0.12)}
          outlines={[{ box: record, kind: hand === null ? 'model' : 'hand' }]}
          label={`${known?.name ?? '–'} ${image.path}`}
        />
      )}
      <span className={judging.smallName}>
        <ClassName record={known} />
        {hand !== null && isConfirmed(hand) ? (
          <span className={styles.confirmed} title={t('compare.confirmed')}>
            <Icon name="check" size={12} />
          </span>
        ) : null}
        {predicted === null ? null : <span className={layout.dim}>{formatScore(predicted.score)}</span>}
      </span>
    </button>
  );
});
