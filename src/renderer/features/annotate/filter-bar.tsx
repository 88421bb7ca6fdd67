/** Above the image list: search, filter, order, rows or grid, and what the filter asks for, each part to be taken away alone. */
import { Menu, TextInput } from '@mantine/core';
import { memo, type ReactElement, useEffect, useRef, useState } from 'react';
import { useClasses } from '../../api/queries.ts';
import { useKeyOf } from '../../app/keymap.ts';
import { IconButton } from '../../ui/icon-button.tsx';
import { Icon } from '../../ui/icons.tsx';
import { t } from '../../ui/messages.ts';
import { stateText } from '../../ui/states.tsx';
import { FilterFields } from './filter-fields.tsx';
import styles from './image-list.module.css';
import { type FilterPart, type ListView, listParts, sortFields, withoutPart } from './list-view.ts';

export interface FilterBarProps {
  readonly view: ListView;
  readonly onView: (view: ListView) => void;
}

/** The search field, so that a key can bring the focus there. */
export const searchFieldId = 'image-search';
const typingMs = 200;

export const FilterBar = memo(function FilterBar({ view, onView }: FilterBarProps): ReactElement {
  const parts = listParts(view.filter);
  return (
    <search className={styles.filter} aria-label={t('list.filter')}>
      <div className={styles.filterLine}>
        <SearchField view={view} onView={onView} />
        <FilterFields view={view} onView={onView} inUse={parts.filter((part) => part !== 'text').length} />
        <SortMenu view={view} onView={onView} />
        <IconButton
          icon={view.isGrid ? 'rows' : 'grid'}
          label={t(view.isGrid ? 'list.rows' : 'list.grid')}
          keys={useKeyOf('list.grid')}
          onClick={() => onView({ ...view, isGrid: !view.isGrid })}
        />
      </div>
      <Chips parts={parts.filter((part) => part !== 'text')} view={view} onView={onView} />
    </search>
  );
});

/** Follows the address, and writes into it when the typing pauses. */
function SearchField({ view, onView }: FilterBarProps): ReactElement {
  const wanted = view.filter.text ?? '';
  const [text, setText] = useState(wanted);
  const sent = useRef(wanted);
  const latest = useRef({ view, onView });
  latest.current = { view, onView };
  useEffect(() => {
    if (wanted !== sent.current) setText(wanted);
    sent.current = wanted;
  }, [wanted]);
  useEffect(() => {
    if (text.trim() === sent.current) return undefined;
    const timer = setTimeout(() => {
      const { view: now, onView: change } = latest.current;
      const { text: _before, ...rest } = now.filter;
      sent.current = text.trim();
      change({ ...now, filter: text.trim() === '' ? rest : { ...rest, text: text.trim() } });
    }, typingMs);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <TextInput
      id={searchFieldId}
      className={styles.search ?? ''}
      type="search"
      aria-label={t('annotate.search')}
      placeholder={t('annotate.search')}
      leftSection={<Icon name="search" size={13} />}
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === 'Escape') event.currentTarget.blur();
      }}
    />
  );
}

function SortMenu({ view, onView }: FilterBarProps): ReactElement {
  const { by, isDescending } = view.sort;
  return (
    <Menu position="bottom-end" shadow="md">
      <Menu.Target>
        <IconButton
          icon="sort"
          label={t('list.sortBy', { field: t(`list.sort.${by}`) })}
          pressed={by !== 'name' || isDescending}
          onClick={() => undefined}
        />
      </Menu.Target>
      <Menu.Dropdown aria-label={t('list.sort')}>
        <Menu.RadioGroup
          value={by}
          onChange={(value) => {
            const field = sortFields.find((one) => one === value) ?? 'name';
            // What a person looks for first: the highest score, the most boxes; names from the beginning.
            onView({ ...view, sort: { by: field, isDescending: field !== 'name' } });
          }}
        >
          {sortFields.map((field) => (
            <Menu.RadioItem key={field} value={field} closeMenuOnClick>
              {t(`list.sort.${field}`)}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.Divider />
        <Menu.RadioGroup
          value={String(isDescending)}
          onChange={(value) => onView({ ...view, sort: { by, isDescending: value === 'true' } })}
        >
          {([false, true] as const).map((down) => (
            <Menu.RadioItem key={String(down)} value={String(down)} closeMenuOnClick>
              {t(down ? 'list.descending' : 'list.ascending')}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
      </Menu.Dropdown>
    </Menu>
  );
}

function Chips({
  parts,
  view,
  onView,
}: FilterBarProps & { parts: readonly FilterPart[] }): ReactElement | null {
  const classes = useClasses().data ?? [];
  if (parts.length === 0) return null;
  const { filter } = view;
  const textOf = (part: FilterPart): string => {
    switch (part) {
      case 'states':
        return (filter.states ?? []).map(stateText).join(', ');
      case 'classId': {
        const name = classes.find(({ id }) => id === filter.classId)?.name;
        return t('list.part.classId', { name: name ?? t('class.unknown') });
      }
      case 'split':
        return filter.split === undefined ? '' : t(`split.${filter.split}`);
      case 'group':
        return t('list.part.group', { name: filter.group ?? '' });
      case 'flag':
        return t('list.part.flag', { name: filter.flag ?? '' });
      case 'hasSuggestions':
        return t(filter.hasSuggestions === true ? 'list.suggestions.yes' : 'list.suggestions.no');
      case 'hasProblem':
        return t(filter.hasProblem === true ? 'list.problem.yes' : 'list.problem.no');
      case 'finding':
        return filter.finding === undefined ? '' : t(`finding.${filter.finding}`);
      case 'score': {
        const { min = 0, max = 1 } = filter.score ?? {};
        return t('list.part.score', { min: min.toFixed(2), max: max.toFixed(2) });
      }
      case 'text':
        return t('list.part.text', { text: filter.text ?? '' });
    }
  };
  return (
    <div className={styles.chips}>
      {parts.map((part) => (
        <button
          key={part}
          type="button"
          className={styles.chip}
          aria-label={t('list.remove', { part: textOf(part) })}
          onClick={() => onView({ ...view, filter: withoutPart(filter, part) })}
        >
          <span>{textOf(part)}</span>
          <Icon name="cross" size={9} />
        </button>
      ))}
      {parts.length < 2 ? null : (
        <button type="button" className={styles.link} onClick={() => onView({ ...view, filter: {} })}>
          {t('list.clear')}
        </button>
      )}
    </div>
  );
}
