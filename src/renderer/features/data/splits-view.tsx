/** Train, valid and test: what is, what another division would come to, and a test side that can be locked. */
import { Button, NumberInput, SegmentedControl, Select, Switch } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import type { DataOverview } from '../../../contract/audit.ts';
import { type SplitRequest, type SplitSummary, splitRequestSchema } from '../../../core/audit/split-plan.ts';
import { api } from '../../api/client.ts';
import { readError } from '../../api/errors.ts';
import { keys } from '../../api/keys.ts';
import { useAction, useClasses } from '../../api/queries.ts';
import { formatCount } from '../../ui/format-numbers.ts';
import { hostSentence } from '../../ui/host-words.ts';
import layout from '../../ui/layout.module.css';
import { t } from '../../ui/messages.ts';
import { ErrorNote } from '../../ui/notes.tsx';
import styles from './data.module.css';
import { useGesture, useSplitPreview } from './data-queries.ts';

const ways = ['grouped', 'random', 'one-group-out'] as const;

export function SplitsView({ overview }: { overview: DataOverview }): ReactElement {
  const [request, setRequest] = useState<SplitRequest>(splitRequestSchema.parse({}));
  const names = overview.groups.flatMap(({ name }) => (name === null ? [] : [name]));
  const asked =
    request.way === 'one-group-out' && request.group === null
      ? { ...request, group: names[0] ?? null }
      : request;
  const preview = useSplitPreview(asked);
  const cache = useQueryClient();
  const apply = useGesture((input: SplitRequest, gestureId) =>
    api.applySplit.mutate({ gestureId, request: input }),
  );
  const lock = useAction(
    (isLocked: boolean) => api.lockTest.mutate({ isLocked }),
    () => void cache.invalidateQueries({ queryKey: keys.allImages }),
  );
  const share = (key: 'trainFrac' | 'validFrac', label: string): ReactElement => (
    <NumberInput
      label={label}
      w={104}
      suffix=" %"
      min={key === 'trainFrac' ? 5 : 0}
      max={95}
      value={Math.round(request[key] * 100)}
      onChange={(value) =>
        setRequest({ ...request, [key]: Math.max(0, Math.min(0.95, Number(value) / 100)) })
      }
    />
  );
  const hasTest = overview.groups.some(({ test }) => test > 0);
  return (
    <div className={layout.page}>
      <div className={layout.inner}>
        <section className={layout.section}>
          <h2>{t('data.splitNow')}</h2>
          <Sides summary={overview.split} />
          <div className={layout.row}>
            <Switch
              checked={overview.isTestLocked}
              disabled={!hasTest && !overview.isTestLocked}
              label={t('data.lock')}
              onChange={(event) => lock.mutate(event.currentTarget.checked)}
            />
            <span className={layout.dim}>
              {overview.testLooks === 0 ? t('data.unlooked') : t('data.looks', { n: overview.testLooks })}
            </span>
          </div>
        </section>
        <section className={layout.section}>
          <h2>{t('data.splitNew')}</h2>
          <div>
            <SegmentedControl
              aria-label={t('data.way')}
              data={ways.map((value) => ({ value, label: t(`data.way.${value}`) }))}
              value={request.way}
              onChange={(value) =>
                setRequest({ ...request, way: ways.find((way) => way === value) ?? 'grouped' })
              }
            />
          </div>
          <p className={layout.dim}>{t(`data.wayText.${request.way}`)}</p>
          <div className={styles.fields}>
            {request.way === 'one-group-out' ? (
              <Select
                label={t('data.heldOut')}
                w={220}
                data={names}
                value={asked.group}
                onChange={(group) => setRequest({ ...request, group })}
              />
            ) : null}
            {share('trainFrac', t('split.train'))}
            {share('validFrac', t('split.valid'))}
            <NumberInput
              label={t('data.seed')}
              w={90}
              value={request.seed}
              onChange={(value) => setRequest({ ...request, seed: Math.round(Number(value)) || 0 })}
            />
            <Button
              loading={apply.isPending}
              disabled={preview.data === undefined || preview.isError}
              onClick={() => apply.mutate(asked)}
            >
              {t('data.applySplit')}
            </Button>
          </div>
          {preview.isError ? <ErrorNote error={readError(preview.error)} /> : null}
          {preview.data === undefined || preview.isError ? null : <Sides summary={preview.data} />}
        </section>
      </div>
    </div>
  );
}

function Sides({ summary }: { summary: SplitSummary }): ReactElement {
  const classes = useClasses().data ?? [];
  return (
    <>
      <div className={styles.scrollTable}>
        <table className={layout.table}>
          <thead>
            <tr>
              <th>{t('data.side')}</th>
              <th className={layout.number}>{t('data.images')}</th>
              <th className={layout.number}>{t('data.groups')}</th>
              {classes.map(({ id, name }) => (
                <th key={id} className={layout.number}>
                  {name}
                </th>
              ))}
              <th className={layout.number}>{t('data.nothing')}</th>
            </tr>
          </thead>
          <tbody>
            {summary.sides.map((side) => (
              <tr key={side.split}>
                <td>
                  <i className={styles.badge} data-kind={side.split} /> {t(`split.${side.split}`)}
                </td>
                <td className={layout.number}>{formatCount(side.images)}</td>
                <td className={layout.number} title={side.groups.join(', ')}>
                  {formatCount(side.groups.length)}
                </td>
                {classes.map(({ id }) => (
                  <td key={id} className={layout.number}>
                    {formatCount(side.perClass[id] ?? 0)}
                  </td>
                ))}
                <td className={layout.number}>{formatCount(side.perClass.nothing ?? 0)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <ul className={styles.sentences}>
        {summary.sentences.map((sentence) => (
          <li key={sentence}>{hostSentence(sentence)}</li>
        ))}
      </ul>
    </>
  );
}
