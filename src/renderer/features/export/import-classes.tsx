/** Where each class of the source goes: to a class of the project, to a new one, or nowhere. */
import { Button, Select } from '@mantine/core';
import type { ReactElement } from 'react';
import type { ImportPreview } from '../../../contract/import-plan.ts';
import { useClasses } from '../../api/queries.ts';
import { formatCount } from '../../ui/format-numbers.ts';
import { Icon } from '../../ui/icons.tsx';
import layout from '../../ui/layout.module.css';
import { t } from '../../ui/messages.ts';
import styles from './export.module.css';

/** Class of the source → class of the project; empty for none. */
type Mapping = Readonly<Record<string, string>>;

/** No class is called so: names are trimmed. */
const out = ' out';

export function ImportClasses({
  entries,
  chosen,
  onChange,
}: {
  entries: ImportPreview['classes'];
  chosen: Mapping;
  onChange: (classes: Record<string, string>) => void;
}): ReactElement | null {
  const classes = useClasses().data ?? [];
  if (entries.length === 0) return null;
  const open = entries.filter(({ name, suggestion }) => suggestion !== null && chosen[name] === undefined);
  const set = (name: string, target: string): void => {
    const { [name]: _before, ...rest } = chosen;
    // As it is called anyway: nothing to say.
    onChange(target === name ? rest : { ...rest, [name]: target === out ? '' : target });
  };
  return (
    <div className={styles.choice}>
      <div className={styles.choiceHead}>
        <h3>{t('import.classes')}</h3>
        {open.length < 2 ? null : (
          <Button
            size="xs"
            variant="default"
            onClick={() =>
              onChange({
                ...chosen,
                ...Object.fromEntries(open.map(({ name, suggestion }) => [name, suggestion ?? name])),
              })
            }
          >
            {t('import.suggestAll')}
          </Button>
        )}
      </div>
      <table className={layout.table}>
        <thead>
          <tr>
            <th scope="col">{t('import.classOf')}</th>
            <th scope="col" className={layout.number}>
              {t('import.classBoxes')}
            </th>
            <th scope="col">{t('import.classTo')}</th>
            <th aria-hidden />
          </tr>
        </thead>
        <tbody>
          {entries.map(({ name, boxes, target, isNew, suggestion }) => {
            const names = [...new Set([name, ...(isNew && target !== null ? [target] : [])])].filter(
              (one) => !classes.some((record) => record.name.toLowerCase() === one.toLowerCase()),
            );
            return (
              <tr key={name}>
                <td>{name}</td>
                <td className={layout.number}>{formatCount(boxes)}</td>
                <td className={styles.target}>
                  <Select
                    aria-label={t('import.classFor', { name })}
                    searchable
                    allowDeselect={false}
                    data={[
                      ...classes.map((record) => ({ value: record.name, label: record.name })),
                      ...names.map((one) => ({ value: one, label: t('import.newClass', { name: one }) })),
                      { value: out, label: t('import.leaveOut') },
                    ]}
                    value={target ?? out}
                    onChange={(value) => (value === null ? undefined : set(name, value))}
                  />
                </td>
                <td>
                  {suggestion === null || chosen[name] !== undefined ? null : (
                    <Button
                      size="xs"
                      variant="light"
                      leftSection={<Icon name="suggestion" size={13} />}
                      onClick={() => set(name, suggestion)}
                    >
                      {t('import.suggest', { name: suggestion })}
                    </Button>
                  )}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
