/** Near-duplicates as chains: kept together, taken apart, or all but one dropped from training. No file is touched. */
import { Button } from '@mantine/core';
import { type ReactElement, useMemo, useState } from 'react';
import type { Member, MemberChange } from '../../../contract/audit.ts';
import type { AuditReport } from '../../../core/audit/report.ts';
import { api, thumbnailUrl } from '../../api/client.ts';
import { goTo } from '../../app/route.ts';
import { formatPercent } from '../../ui/format-numbers.ts';
import layout from '../../ui/layout.module.css';
import { t } from '../../ui/messages.ts';
import { EmptyState, Remark } from '../../ui/notes.tsx';
import styles from './data.module.css';
import { useGesture, useMembersById } from './data-queries.ts';
import { MemberCaption } from './member-wall.tsx';

type Chain = AuditReport['chains'][number];
const atOnce = 40;
const shownOfChain = 24;

export function CopiesView({ report }: { report: AuditReport }): ReactElement {
  const [shown, setShown] = useState(atOnce);
  const chains = useMemo(() => report.chains.slice(0, shown), [report.chains, shown]);
  const ids = useMemo(() => chains.flatMap((chain) => chain.ids.slice(0, shownOfChain)), [chains]);
  const found = useMembersById(ids);
  const members = new Map((found.data ?? []).map((member) => [member.id, member]));
  const change = useGesture((input: { label: string; changes: MemberChange[] }, gestureId) =>
    api.regroup.mutate({ gestureId, ...input }),
  );
  const sure = report.chains.filter(({ kind }) => kind !== 'scene');
  if (report.chains.length === 0)
    return (
      <EmptyState
        icon="image"
        title={t('data.noChains')}
        text={t(report.hasFeatures ? 'data.noChainsText' : 'data.noChainsPixels')}
      />
    );
  return (
    <div className={layout.page}>
      <div className={layout.inner}>
        <div className={layout.row}>
          <p className={styles.lead}>{t('data.chainsLead', { n: report.chains.length })}</p>
          <Button
            size="xs"
            variant="default"
            disabled={sure.length === 0 || change.isPending}
            onClick={() => change.mutate({ label: t('data.droppedCopies'), changes: sure.flatMap(dropOf) })}
          >
            {t('data.dropAll', { n: sure.reduce((sum, chain) => sum + chain.ids.length - 1, 0) })}
          </Button>
        </div>
        {report.twins
          .filter(({ withTwin }) => withTwin > 0)
          .map(({ of, into, images, withTwin }) => (
            <Remark key={`${of}-${into}`} kind="warning">
              {t('data.twins', {
                share: formatPercent(withTwin / images),
                of: t(`split.${of}`),
                into: t(`split.${into}`),
                n: withTwin,
                images,
              })}
            </Remark>
          ))}
        <ul className={styles.chains}>
          {chains.map((chain) => (
            <ChainRow key={chain.ids[0]} chain={chain} members={members} onChange={change.mutate} />
          ))}
        </ul>
        {shown < report.chains.length ? (
          <Button variant="default" onClick={() => setShown(shown + atOnce)}>
            {t('data.moreChains', { n: report.chains.length - shown })}
          </Button>
        ) : null}
      </div>
    </div>
  );
}

/** All but the first are dropped as its copies. */
function dropOf({ ids }: Chain): MemberChange[] {
  const [kept, ...copies] = ids;
  return kept === undefined || copies.length === 0 ? [] : [{ imageIds: copies, copyOf: kept }];
}

function ChainRow(props: {
  chain: Chain;
  members: ReadonlyMap<string, Member>;
  onChange: (input: { label: string; changes: MemberChange[] }) => void;
}): ReactElement {
  const { chain, members, onChange } = props;
  const own = chain.ids.slice(0, shownOfChain).flatMap((id) => members.get(id) ?? []);
  const sides = new Set(own.flatMap(({ split }) => (split === null ? [] : [split])));
  const areDropped = own.some(({ copyOf }) => copyOf !== null);
  const isApart = own.length > 0 && own.every(({ chain: tie }) => tie === null);
  return (
    <li className={styles.chain} data-long={own.length > 3 || undefined}>
      <div className={styles.chainHead}>
        <b>{t(`data.kind.${chain.kind}`)}</b>
        <span className={layout.dim}>{t('annotate.count', { n: chain.ids.length })}</span>
        {isApart ? <span className={layout.dim}>{t('data.isApart')}</span> : null}
        <span className={styles.gap} />
        {areDropped ? (
          <Button
            size="compact-xs"
            variant="default"
            onClick={() =>
              onChange({ label: t('data.tookBack'), changes: [{ imageIds: [...chain.ids], copyOf: null }] })
            }
          >
            {t('data.takeBack')}
          </Button>
        ) : // Another fish on the same deck is no copy.
        chain.kind === 'scene' ? null : (
          <Button
            size="compact-xs"
            variant="default"
            onClick={() => onChange({ label: t('data.droppedCopies'), changes: dropOf(chain) })}
          >
            {t('data.drop', { n: chain.ids.length - 1 })}
          </Button>
        )}
        <Button
          size="compact-xs"
          variant="default"
          onClick={() =>
            onChange(
              isApart
                ? { label: t('data.tied'), changes: [{ imageIds: [...chain.ids], chain: 'one' }] }
                : {
                    label: t('data.untied'),
                    changes: [{ imageIds: [...chain.ids], chain: 'apart', copyOf: null }],
                  },
            )
          }
        >
          {t(isApart ? 'data.asOne' : 'data.apart')}
        </Button>
      </div>
      {/* On a line of its own, so that the buttons stay where they are on every chain. */}
      {sides.size > 1 ? <p className={styles.alarm}>{t('data.cutChain')}</p> : null}
      <div className={styles.strip}>
        {own.map((member) => (
          <button
            key={member.id}
            type="button"
            data-dropped={member.copyOf !== null || undefined}
            title={member.path}
            onClick={() => goTo('annotate', member.id)}
          >
            <img src={thumbnailUrl(member.id, 192)} alt="" loading="lazy" />
            <MemberCaption member={member} />
          </button>
        ))}
      </div>
    </li>
  );
}
