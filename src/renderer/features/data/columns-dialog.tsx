/** A table before it is taken: which column names the photographs, which others to take, and which rows name none. */
import { Button, Checkbox, Modal, Select } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import type { MetadataTableView } from '../../../contract/audit.ts';
import { api } from '../../api/client.ts';
import { readError } from '../../api/errors.ts';
import { formatCount } from '../../ui/format-numbers.ts';
import layout from '../../ui/layout.module.css';
import { t } from '../../ui/messages.ts';
import { ErrorNote, Remark, Waiting } from '../../ui/notes.tsx';
import styles from './data.module.css';
import { useGesture, useTable } from './data-queries.ts';

export function ColumnsDialog({ file, onClose }: { file: string; onClose: () => void }): ReactElement {
  const [nameColumn, setNameColumn] = useState<string | null>(null);
  const table = useTable(file, nameColumn);
  return (
    <Modal
      opened
      onClose={onClose}
      title={file.split(/[\\/]/).at(-1)}
      size="lg"
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      {table.isError ? (
        <ErrorNote error={readError(table.error)} />
      ) : table.data === undefined ? (
        <Waiting label={t('action.loading')} />
      ) : (
        <TableChoice file={file} table={table.data} onNames={setNameColumn} onClose={onClose} />
      )}
    </Modal>
  );
}

function TableChoice(props: {
  file: string;
  table: MetadataTableView;
  onNames: (column: string) => void;
  onClose: () => void;
}): ReactElement {
  const { file, table, onNames, onClose } = props;
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const useful = table.columns.filter(({ filled }) => filled > 0);
  const wanted = useful.map(({ name }) => name).filter((name) => !left.has(name));
  const take = useGesture((columns: string[], gestureId) =>
    api.importMetadata
      .mutate({ gestureId, file, nameColumn: table.nameColumn, columns })
      .then(({ gesture }) => gesture),
  );
  const toggle = (name: string): void => {
    const next = new Set(left);
    if (!next.delete(name)) next.add(name);
    setLeft(next);
  };
  return (
    <div className={layout.section}>
      <Select
        label={t('data.nameColumn')}
        data={[table.nameColumn, ...table.columns.map(({ name }) => name)].sort()}
        value={table.nameColumn}
        allowDeselect={false}
        onChange={(column) => column !== null && onNames(column)}
      />
      <p className={layout.dim}>{t('data.tableMatch', { n: table.images, rows: formatCount(table.rows) })}</p>
      {table.unmatchedRows > 0 ? (
        <Remark kind="warning">
          {t('data.tableUnmatched', { n: table.unmatchedRows })}
          <ul className={styles.sentences}>
            {table.unmatched.slice(0, 4).map(({ line, name, why }) => (
              <li key={line}>{t('data.tableLine', { line, name: `“${name}”`, why })}</li>
            ))}
          </ul>
        </Remark>
      ) : null}
      {table.contradictions > 0 ? (
        <Remark kind="info">{t('data.tableContradicts', { n: table.contradictions })}</Remark>
      ) : null}
      <ul className={styles.columnChoices}>
        {useful.map(({ name, filled, examples }) => (
          <li key={name}>
            <Checkbox size="sm" label={name} checked={!left.has(name)} onChange={() => toggle(name)} />
            <span className={layout.dim}>{examples.join(', ')}</span>
            <span className={`${layout.dim} ${layout.number}`}>{formatCount(filled)}</span>
          </li>
        ))}
      </ul>
      <Button
        data-autofocus
        disabled={wanted.length === 0}
        loading={take.isPending}
        onClick={() => take.mutate(wanted, { onSuccess: onClose })}
      >
        {t('data.takeColumns', { n: wanted.length })}
      </Button>
    </div>
  );
}
