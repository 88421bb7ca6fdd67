/** Groups: proposed with their evidence, taken over, merged, split and renamed by hand, all of it undone like any gesture. */
import { Button, Modal, TextInput } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import type { DataOverview, MemberChange } from '../../../contract/audit.ts';
import type { AuditReport } from '../../../core/audit/report.ts';
import { api } from '../../api/client.ts';
import { useActions, useKeyOf } from '../../app/keymap.ts';
import { formatCount, formatPercent } from '../../ui/format-numbers.ts';
import { hostSentence } from '../../ui/host-words.ts';
import { KeyedLabel } from '../../ui/icon-button.tsx';
import layout from '../../ui/layout.module.css';
import { t } from '../../ui/messages.ts';
import { EmptyState } from '../../ui/notes.tsx';
import styles from './data.module.css';
import { membersAtMost, useGesture, useMembers } from './data-queries.ts';
import { MemberWall } from './member-wall.tsx';

type Group = DataOverview['groups'][number];
const keyOf = (name: string | null): string => name ?? '';

export function GroupsView({
  overview,
  report,
}: {
  overview: DataOverview;
  report: AuditReport | null;
}): ReactElement {
  const [open, setOpen] = useState<string | null>(null);
  const [marked, setMarked] = useState<ReadonlySet<string>>(new Set());
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [asked, setAsked] = useState<'rename' | 'split' | null>(null);
  const current = overview.groups.find(({ name }) => keyOf(name) === open) ?? overview.groups[0];
  const members = useMembers(current?.name);
  const regroup = useGesture((input: { label: string; changes: MemberChange[] }, gestureId) =>
    api.regroup.mutate({ gestureId, ...input }),
  );
  const confirm = useGesture((_input: undefined, gestureId) => api.confirmGroups.mutate({ gestureId }));
  const wanted = overview.groups.filter(({ name }) => marked.has(keyOf(name)));
  const merge = async (): Promise<void> => {
    const into = wanted[0]?.name;
    if (wanted.length < 2 || into == null) return;
    const lists = await Promise.all(wanted.slice(1).map(({ name }) => listIds(name)));
    const imageIds = lists.flat();
    setMarked(new Set());
    setOpen(into);
    if (imageIds.length > 0)
      regroup.mutate({ label: t('data.merged', { name: into }), changes: [{ imageIds, group: into }] });
  };
  const name = async (text: string): Promise<void> => {
    const imageIds = asked === 'split' ? [...chosen] : await listIds(current?.name ?? null);
    const label = t(asked === 'split' ? 'data.splitOff' : 'data.renamed', { name: text });
    setAsked(null);
    setChosen(new Set());
    setOpen(text);
    if (imageIds.length > 0) regroup.mutate({ label, changes: [{ imageIds, group: text }] });
  };
  const tie = (chain: 'one' | 'apart'): void => {
    if (chosen.size === 0) return;
    regroup.mutate({
      label: t(chain === 'one' ? 'data.tied' : 'data.untied'),
      changes: [{ imageIds: [...chosen], chain }],
    });
    setChosen(new Set());
  };
  const hasChoice = chosen.size > 0;
  useActions({
    'data.merge': () => void merge(),
    'data.rename': () => setAsked('rename'),
    'data.split': hasChoice ? () => setAsked('split') : undefined,
    'data.asOne': hasChoice ? () => tie('one') : undefined,
  });
  const keys = {
    merge: useKeyOf('data.merge'),
    rename: useKeyOf('data.rename'),
    split: useKeyOf('data.split'),
    asOne: useKeyOf('data.asOne'),
  };
  const evidence = report?.groups.groups.find((group) => group.name === current?.name)?.evidence ?? [];
  return (
    <div className={layout.columns}>
      <div className={styles.groups}>
        <Proposal
          report={report}
          overview={overview}
          isBusy={confirm.isPending}
          onConfirm={() => confirm.mutate(undefined)}
        />
        <div className={layout.head}>
          <h2>{t('data.groupsNow', { n: overview.groups.length })}</h2>
          <Button
            size="compact-xs"
            variant="default"
            disabled={wanted.length < 2}
            onClick={() => void merge()}
          >
            <KeyedLabel label={t('data.merge')} keys={keys.merge} />
          </Button>
        </div>
        <ul className={styles.groupList} aria-label={t('data.groups')}>
          {overview.groups.map((group) => (
            <GroupRow
              key={keyOf(group.name)}
              group={group}
              isOpen={group === current}
              isMarked={marked.has(keyOf(group.name))}
              onOpen={() => {
                setOpen(keyOf(group.name));
                setChosen(new Set());
              }}
              onMark={() => {
                const next = new Set(marked);
                if (!next.delete(keyOf(group.name))) next.add(keyOf(group.name));
                setMarked(next);
              }}
            />
          ))}
        </ul>
      </div>
      <div className={styles.groupStage}>
        {current === undefined ? (
          <EmptyState icon="image" title={t('data.noImages')} text={t('data.noImagesText')} />
        ) : (
          <>
            <div className={styles.groupHead}>
              <div>
                <h2>{current.name ?? t('data.noGroup')}</h2>
                <p className={layout.dim}>{evidence.map(hostSentence).join('; ')}</p>
              </div>
              <div className={layout.row}>
                <span className={layout.dim} aria-live="polite">
                  {hasChoice
                    ? t('data.chosen', { n: chosen.size })
                    : t('annotate.count', { n: members.data?.total ?? 0 })}
                </span>
                <Button size="xs" variant="default" onClick={() => setAsked('rename')}>
                  <KeyedLabel label={t('data.rename')} keys={keys.rename} />
                </Button>
                <Button size="xs" variant="default" disabled={!hasChoice} onClick={() => setAsked('split')}>
                  <KeyedLabel label={t('data.split')} keys={keys.split} />
                </Button>
                <Button size="xs" variant="default" disabled={chosen.size < 2} onClick={() => tie('one')}>
                  <KeyedLabel label={t('data.asOne')} keys={keys.asOne} />
                </Button>
              </div>
            </div>
            {(members.data?.total ?? 0) > membersAtMost ? (
              <p className={styles.note}>{t('data.firstMembers', { n: membersAtMost })}</p>
            ) : null}
            <MemberWall members={members.data?.items ?? []} chosen={chosen} onChoose={setChosen} />
          </>
        )}
      </div>
      {asked === null ? null : (
        <NameDialog
          title={t(asked === 'split' ? 'data.split' : 'data.rename')}
          first={asked === 'rename' ? (current?.name ?? '') : ''}
          onName={(text) => void name(text)}
          onClose={() => setAsked(null)}
        />
      )}
    </div>
  );
}

/** All images of a group, however many. */
async function listIds(group: string | null): Promise<string[]> {
  const ids: string[] = [];
  for (;;) {
    const { total, items } = await api.listMembers.query({ group, offset: ids.length, limit: membersAtMost });
    ids.push(...items.map(({ id }) => id));
    if (items.length === 0 || ids.length >= total) return ids;
  }
}

function GroupRow(props: {
  group: Group;
  isOpen: boolean;
  isMarked: boolean;
  onOpen: () => void;
  onMark: () => void;
}): ReactElement {
  const { group, isOpen, isMarked, onOpen, onMark } = props;
  const label = group.name ?? t('data.noGroup');
  return (
    <li className={styles.groupRow} data-open={isOpen || undefined}>
      <input
        type="checkbox"
        checked={isMarked}
        disabled={group.name === null}
        aria-label={t('data.markGroup', { name: label })}
        onChange={onMark}
      />
      <button type="button" aria-current={isOpen || undefined} onClick={onOpen}>
        <span className={layout.ellipsis}>{label}</span>
        <span className={styles.sides} aria-hidden="true">
          {(['train', 'valid', 'test'] as const).map((side) =>
            group[side] === 0 ? null : <i key={side} data-kind={side} style={{ flexGrow: group[side] }} />,
          )}
        </span>
        <span className={layout.number}>{formatCount(group.images)}</span>
      </button>
    </li>
  );
}

function Proposal(props: {
  report: AuditReport | null;
  overview: DataOverview;
  isBusy: boolean;
  onConfirm: () => void;
}): ReactElement {
  const { report, overview, isBusy, onConfirm } = props;
  if (report === null) return <p className={styles.note}>{t('data.noProposal')}</p>;
  const used = report.groups.signals.find(({ isUsed }) => isUsed);
  const isTaken =
    report.groups.groups.length === overview.groups.length &&
    report.groups.groups.every(({ name, imageIds }) =>
      overview.groups.some((group) => group.name === name && group.images === imageIds.length),
    );
  return (
    <div className={styles.proposal}>
      <p>
        {used === undefined
          ? t('data.proposedNone')
          : t('data.proposed', { n: report.groups.groups.length, signal: t(`data.signal.${used.id}`) })}
      </p>
      <details>
        <summary>{t('data.evidence')}</summary>
        <table className={layout.table}>
          <thead>
            <tr>
              <th>{t('data.signal')}</th>
              <th className={layout.number}>{t('data.values')}</th>
              <th className={layout.number}>{t('data.known')}</th>
              <th className={layout.number} title={t('data.agreementText')}>
                {t('data.agreement')}
              </th>
            </tr>
          </thead>
          <tbody>
            {report.groups.signals.map((signal) => (
              <tr key={signal.id} data-used={signal.isUsed || undefined}>
                <td>{t(`data.signal.${signal.id}`)}</td>
                <td className={layout.number}>{formatCount(signal.parts)}</td>
                <td className={layout.number}>{formatPercent(signal.coverage)}</td>
                <td className={layout.number}>
                  {signal.agreement === null ? '–' : signal.agreement.toFixed(2)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
      {isTaken ? (
        <p className={layout.dim}>{t('data.taken')}</p>
      ) : (
        <Button size="xs" loading={isBusy} disabled={report.groups.groups.length === 0} onClick={onConfirm}>
          {t('data.take')}
        </Button>
      )}
    </div>
  );
}

function NameDialog(props: {
  title: string;
  first: string;
  onName: (name: string) => void;
  onClose: () => void;
}): ReactElement {
  const [text, setText] = useState(props.first);
  return (
    <Modal
      opened
      onClose={props.onClose}
      title={props.title}
      size="sm"
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <form
        className={layout.section}
        onSubmit={(event) => {
          event.preventDefault();
          if (text.trim() !== '') props.onName(text.trim());
        }}
      >
        <TextInput
          data-autofocus
          label={t('data.groupName')}
          value={text}
          maxLength={200}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Button type="submit" disabled={text.trim() === ''}>
          {props.title}
        </Button>
      </form>
    </Modal>
  );
}
