/** Which column of a table is what, chosen over its first rows. */
import { SegmentedControl, Select } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { api } from '../../api/client.ts';
import { readError } from '../../api/errors.ts';
import layout from '../../ui/layout.module.css';
import { t } from '../../ui/messages.ts';
import { ErrorNote, Waiting } from '../../ui/notes.tsx';
import styles from './export.module.css';

const uses = ['image', 'class', 'x', 'y', 'x2', 'y2', 'score', 'bbox'] as const;
const headers = ['auto', 'yes', 'no'] as const;
const kinds = ['auto', 'corners', 'size', 'centre'] as const;

export interface ColumnsFormProps {
  readonly path: string;
  /** Options of the import, as the host takes them. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly onChange: (values: Record<string, unknown>) => void;
}

export function ColumnsForm({ path, values, onChange }: ColumnsFormProps): ReactElement {
  const header = headers.find((one) => one === values.header) ?? 'auto';
  const table = useQuery({
    queryKey: ['table', path, header],
    queryFn: () => api.previewTable.query({ path, header }),
    placeholderData: keepPreviousData,
    retry: false,
  });
  if (table.isPending) return <Waiting label={t('action.loading')} />;
  if (table.isError) return <ErrorNote error={readError(table.error)} />;
  const { data } = table;
  const width = Math.max(data.header.length, ...data.rows.map((row) => row.length));
  const columns = Array.from({ length: width }, (_, i) => i + 1);
  const placeOf = (use: string): string => {
    const said = values[use];
    return typeof said === 'string' && said !== '' ? said : String(data.columns[use] ?? '');
  };
  const heldBy = (column: number): string => uses.find((use) => placeOf(use) === String(column)) ?? '';
  const choose = (column: number, use: string | null): void => {
    const rest: Record<string, unknown> = { ...values };
    for (const one of uses) {
      // What was found and is now otherwise must be said anew, or it would be found again.
      const place = placeOf(one);
      if (place !== '' && place !== String(column)) rest[one] = place;
      else delete rest[one];
    }
    if (use !== null && use !== '') rest[use] = String(column);
    onChange(rest);
  };
  const nameOf = (column: number): string => data.header[column - 1] || t('import.column', { n: column });
  return (
    <div className={styles.choice}>
      <h3>{t('import.columns')}</h3>
      <p className={layout.dim}>{t('import.columnsText')}</p>
      <div className={styles.choices}>
        <Segments
          label={t('import.header')}
          data={headers.map((value) => ({ value, label: t(`import.header.${value}`) }))}
          value={header}
          onChange={(value) => onChange({ ...values, header: value })}
        />
        <Segments
          label={t('import.boxKind')}
          data={kinds.map((value) => ({ value, label: t(`import.boxKind.${value}`) }))}
          value={kinds.find((one) => one === values.box) ?? 'auto'}
          onChange={(value) => onChange({ ...values, box: value })}
        />
      </div>
      <div className={styles.sheet}>
        <table className={layout.table}>
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column} scope="col">
                  <span className={styles.columnName}>{nameOf(column)}</span>
                  <Select
                    aria-label={t('import.columnUse', { name: nameOf(column) })}
                    size="xs"
                    w={148}
                    allowDeselect={false}
                    data={[
                      { value: '', label: t('import.column.none') },
                      ...uses.map((use) => ({ value: use, label: t(`import.column.${use}`) })),
                    ]}
                    value={heldBy(column)}
                    onChange={(use) => choose(column, use)}
                  />
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {data.rows.slice(0, 5).map((row, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: rows of a file are told apart by nothing else, and never move.
              <tr key={i}>
                {columns.map((column) => (
                  <td key={column}>{row[column - 1] ?? ''}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}

function Segments({
  label,
  data,
  value,
  onChange,
}: {
  label: string;
  data: { value: string; label: string }[];
  value: string;
  onChange: (value: string) => void;
}): ReactElement {
  return (
    <div>
      <span className={styles.segmentsLabel}>{label}</span>
      <SegmentedControl size="xs" aria-label={label} data={data} value={value} onChange={onChange} />
    </div>
  );
}
