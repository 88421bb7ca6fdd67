/** Two models side by side: each figure with the range of the difference, class by class, curve over curve, image by image. */
import { Button, CloseButton, Select } from '@mantine/core';
import { type ReactElement, useMemo, useState } from 'react';
import type { ContrastTable, ContrastView } from '../../../contract/contrast.ts';
import type { SplitChoice } from '../../../contract/host-api.ts';
import { fewGroups } from '../../../core/evaluation.ts';
import type { ModelRecord } from '../../../core/records.ts';
import { api } from '../../api/client.ts';
import { readError } from '../../api/errors.ts';
import { useAction, useActiveJobs, useContrast, useCurve, useJobs } from '../../api/queries.ts';
import { goTo } from '../../app/route.ts';
import { CurveChart } from '../../ui/curve-chart.tsx';
import { formatCount } from '../../ui/format-numbers.ts';
import layout from '../../ui/layout.module.css';
import { t } from '../../ui/messages.ts';
import { ErrorNote, Waiting } from '../../ui/notes.tsx';
import styles from './contrast.module.css';
import { overlayCharts } from './curves.ts';
import { GainTable } from './gain-table.tsx';

const splits = ['valid', 'test', 'train', 'all'] as const satisfies readonly SplitChoice[];
const imagesAtFirst = 40;

export function ContrastPanel(props: {
  first: ModelRecord;
  second: ModelRecord;
  onClose: () => void;
}): ReactElement {
  const { first, second, onClose } = props;
  const [split, setSplit] = useState<SplitChoice>('valid');
  const contrast = useContrast(first.id, second.id, split);
  const judge = useAction(async (ids: readonly string[]) => {
    for (const modelId of ids) await api.startEvaluation.mutate({ modelId, split });
  });
  const isJudging = useActiveJobs().some(
    ({ kind, input }) => kind === 'evaluate' && (input.modelId === first.id || input.modelId === second.id),
  );
  const fault = contrast.isError ? readError(contrast.error) : null;
  const isUnjudged = fault?.code === 'contrast/not-judged';
  const known = contrast.data;
  return (
    <section className={layout.section} aria-label={t('contrast.title')}>
      <div className={`${styles.head} ${styles.withClose}`}>
        <h2>{t('contrast.title')}</h2>
        <span className={layout.dim}>
          A {first.name} · B {second.name}
        </span>
        <Select
          size="xs"
          w={130}
          aria-label={t('figures.judgedOn')}
          data={splits.map((value) => ({ value, label: t(`split.${value}`) }))}
          value={split}
          onChange={(value) => setSplit(splits.find((one) => one === value) ?? 'valid')}
        />
        <Button
          size="xs"
          variant={isUnjudged ? 'filled' : 'default'}
          loading={isJudging || judge.isPending}
          onClick={() => judge.mutate([first.id, second.id])}
        >
          {t('contrast.judge')}
        </Button>
        <span className={layout.dim}>{known?.isStale === true ? t('figures.stale') : ''}</span>
        <CloseButton className={styles.close ?? ''} aria-label={t('action.close')} onClick={onClose} />
      </div>
      {judge.isError ? <ErrorNote error={readError(judge.error)} onDismiss={judge.reset} /> : null}
      {isUnjudged ? (
        <p className={layout.dim}>{t('contrast.unjudged')}</p>
      ) : fault !== null ? (
        <ErrorNote error={fault} onRetry={() => void contrast.refetch()} />
      ) : known === undefined ? (
        <Waiting label={t('contrast.counting')} />
      ) : (
        <div className={styles.parts}>
          <GainTable contrast={known} names={['A', 'B']} note={describeRange(known, known.leftOut)} />
          <ImageList contrast={known} />
        </div>
      )}
      <Curves first={first} second={second} />
    </section>
  );
}

/** What the ranges rest on. */
export function describeRange(
  { n, groups, rounds }: Pick<ContrastTable, 'n' | 'groups' | 'rounds'>,
  leftOut: number,
): string {
  const values = { n: formatCount(n), groups: formatCount(groups), rounds: formatCount(rounds) };
  const base = groups < 2 ? t('contrast.oneGroup', { n: values.n }) : t('contrast.ranges', values);
  const few = groups >= 2 && groups < fewGroups ? ` ${t('contrast.fewGroups')}` : '';
  return leftOut === 0 ? base + few : `${base}${few} ${t('contrast.leftOut', { n: leftOut })}`;
}

/** Where the two differ; a row opens the photograph. */
function ImageList({ contrast }: { contrast: ContrastView }): ReactElement {
  const [isAll, setAll] = useState(false);
  const differing = contrast.images.filter(
    ({ first, second }) =>
      first.wrong !== second.wrong || first.missed !== second.missed || first.right !== second.right,
  );
  const shown = isAll ? differing : differing.slice(0, imagesAtFirst);
  const tell = ({ found, wrong, missed, right }: ContrastView['images'][number]['first']): string =>
    right === null
      ? t('contrast.counts', { found, wrong, missed })
      : t(right ? 'contrast.right' : 'contrast.wrong');
  return (
    <div className={styles.images}>
      <h3>{t('contrast.images', { n: differing.length })}</h3>
      <div className={styles.scroll}>
        <table className={layout.table}>
          <thead>
            <tr>
              <th scope="col">{t('contrast.image')}</th>
              <th scope="col" className={layout.number}>
                A
              </th>
              <th scope="col" className={layout.number}>
                B
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map(({ image, first, second }) => (
              <tr key={image.id}>
                <td>
                  <button type="button" className={styles.open} onClick={() => goTo('annotate', image.id)}>
                    {image.path}
                  </button>
                </td>
                <td className={layout.number}>{tell(first)}</td>
                <td className={layout.number}>{tell(second)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p>
        {t('contrast.imagesText')}{' '}
        {shown.length < differing.length ? (
          <Button size="compact-xs" variant="subtle" color="gray" onClick={() => setAll(true)}>
            {t('contrast.showAll')}
          </Button>
        ) : null}
      </p>
    </div>
  );
}

/** The curves of both trainings, one chart a loss or metric. */
function Curves({ first, second }: { first: ModelRecord; second: ModelRecord }): ReactElement | null {
  const jobs = useJobs().data ?? [];
  const jobOf = ({ id }: ModelRecord): string | null =>
    jobs.find(({ kind, input }) => kind === 'train' && input.modelId === id)?.id ?? null;
  const [a, b] = [useCurve(jobOf(first)).data, useCurve(jobOf(second)).data];
  const charts = useMemo(() => overlayCharts(a ?? [], b ?? []), [a, b]);
  if (charts.length === 0) return null;
  return (
    <div className={styles.charts}>
      {charts.map(({ title, lines }) => (
        <CurveChart key={title} title={title} lines={lines} />
      ))}
    </div>
  );
}
