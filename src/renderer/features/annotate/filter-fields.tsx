/** The filter of the image list: what can be asked for, in a panel that opens from its button. */
import { Button, Checkbox, Popover, RangeSlider, Select } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import type { ImageFilter } from '../../../contract/host-api.ts';
import { splitSchema } from '../../../core/records.ts';
import { useClasses, useFlags, useGroups } from '../../api/queries.ts';
import { IconButton } from '../../ui/icon-button.tsx';
import { t } from '../../ui/messages.ts';
import { stateText } from '../../ui/states.tsx';
import type { FilterBarProps } from './filter-bar.tsx';
import styles from './image-list.module.css';
import { allStates, type FilterPart, withoutPart } from './list-view.ts';

export function FilterFields({ view, onView, inUse }: FilterBarProps & { inUse: number }): ReactElement {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <Popover opened={isOpen} onChange={setIsOpen} width={300} shadow="md" trapFocus position="bottom-start">
      <Popover.Target>
        <IconButton
          icon="filter"
          label={inUse === 0 ? t('list.filter') : t('list.filterActive', { n: inUse })}
          pressed={inUse > 0}
          onClick={() => setIsOpen(!isOpen)}
        />
      </Popover.Target>
      <Popover.Dropdown aria-label={t('list.filter')}>
        {isOpen ? <Fields view={view} onView={onView} /> : null}
      </Popover.Dropdown>
    </Popover>
  );
}

const anyOf = '';
/** Drop-downs draw this many choices at once; the rest is found by typing. */
const choicesAtOnce = 100;

function Fields({ view, onView }: FilterBarProps): ReactElement {
  const { filter } = view;
  const classes = useClasses().data ?? [];
  const groups = useGroups(true).data ?? [];
  const flags = useFlags().data ?? [];
  const put = <P extends FilterPart>(part: P, value: ImageFilter[P] | undefined): void => {
    const rest = withoutPart(filter, part);
    onView({ ...view, filter: value === undefined ? rest : { ...rest, [part]: value } });
  };
  const yesNo = (part: 'hasSuggestions' | 'hasProblem', name: 'suggestions' | 'problem') => (
    <Select
      label={t(`list.${name}`)}
      comboboxProps={{ withinPortal: false }}
      data={(['any', 'yes', 'no'] as const).map((value) => ({ value, label: t(`list.${name}.${value}`) }))}
      value={filter[part] === undefined ? 'any' : filter[part] ? 'yes' : 'no'}
      onChange={(value) => put(part, value === 'any' ? undefined : value === 'yes')}
    />
  );
  const { min = 0, max = 1 } = filter.score ?? {};
  return (
    <div className={styles.fields}>
      <fieldset className={styles.fieldset}>
        <legend>{t('list.state')}</legend>
        <div className={styles.checks}>
          {allStates.map((state) => (
            <Checkbox
              key={state}
              label={stateText(state)}
              checked={filter.states?.includes(state) ?? false}
              onChange={(event) => {
                const isOn = event.currentTarget.checked;
                const states = allStates.filter((one) =>
                  one === state ? isOn : filter.states?.includes(one),
                );
                put('states', states.length === 0 ? undefined : states);
              }}
            />
          ))}
        </div>
      </fieldset>
      <Select
        label={t('list.class')}
        searchable
        limit={choicesAtOnce}
        comboboxProps={{ withinPortal: false }}
        data={[
          { value: anyOf, label: t('list.anyClass') },
          ...classes.map(({ id, name }) => ({ value: id, label: name })),
        ]}
        value={filter.classId ?? anyOf}
        onChange={(value) => put('classId', value === null || value === anyOf ? undefined : value)}
      />
      <Select
        label={t('list.split')}
        comboboxProps={{ withinPortal: false }}
        data={[
          { value: anyOf, label: t('list.anySplit') },
          ...splitSchema.options.map((value) => ({ value, label: t(`split.${value}`) })),
        ]}
        value={filter.split ?? anyOf}
        onChange={(value) =>
          put(
            'split',
            splitSchema.options.find((split) => split === value),
          )
        }
      />
      <Select
        label={t('list.group')}
        searchable
        limit={choicesAtOnce}
        comboboxProps={{ withinPortal: false }}
        data={[
          { value: anyOf, label: t('list.anyGroup') },
          ...groups.map((name) => ({ value: name, label: name })),
        ]}
        value={filter.group ?? anyOf}
        onChange={(value) => put('group', value === null || value === anyOf ? undefined : value)}
      />
      <Select
        label={t('list.flag')}
        searchable
        limit={choicesAtOnce}
        comboboxProps={{ withinPortal: false }}
        data={[
          { value: anyOf, label: t('list.anyFlag') },
          ...[...new Set([...flags, ...(filter.flag === undefined ? [] : [filter.flag])])].map((name) => ({
            value: name,
            label: name,
          })),
        ]}
        value={filter.flag ?? anyOf}
        onChange={(value) => put('flag', value === null || value === anyOf ? undefined : value)}
      />
      {yesNo('hasSuggestions', 'suggestions')}
      <div>
        <div className={`${styles.label} ${styles.labelLine}`}>
          <span>{t('list.score')}</span>
          <span>
            {filter.score === undefined
              ? t('list.scoreAny')
              : t('list.scoreRange', { min: min.toFixed(2), max: max.toFixed(2) })}
          </span>
        </div>
        <RangeSlider
          min={0}
          max={1}
          step={0.05}
          minRange={0}
          label={null}
          thumbFromLabel={t('list.scoreMin')}
          thumbToLabel={t('list.scoreMax')}
          value={[min, max]}
          onChange={([from, to]) => put('score', from === 0 && to === 1 ? undefined : { min: from, max: to })}
        />
      </div>
      {yesNo('hasProblem', 'problem')}
      <Button variant="default" onClick={() => onView({ ...view, filter: {} })}>
        {t('list.clear')}
      </Button>
    </div>
  );
}
