/** The wall of a group's photographs: chosen by mouse and keyboard, only what is in sight is drawn. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type MouseEvent, type ReactElement, useEffect, useRef, useState } from 'react';
import type { Member } from '../../../contract/audit.ts';
import { thumbnailUrl } from '../../api/client.ts';
import layout from '../../ui/layout.module.css';
import { t } from '../../ui/messages.ts';
import styles from './data.module.css';

const cellPx = 148;
const rowPx = 126;

export interface MemberWallProps {
  readonly members: readonly Member[];
  readonly chosen: ReadonlySet<string>;
  readonly onChoose: (ids: ReadonlySet<string>) => void;
}

/** Arrows move, Space takes or leaves one, Shift extends, Ctrl+A takes all, Escape none. */
export function MemberWall({ members, chosen, onChoose }: MemberWallProps): ReactElement {
  const scroll = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(600);
  const [at, setAt] = useState(0);
  const anchor = useRef(0);
  const columns = Math.max(1, Math.floor(width / cellPx));
  useEffect(() => {
    const element = scroll.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth - 12));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const rows = useVirtualizer({
    count: Math.ceil(members.length / columns),
    getScrollElement: () => scroll.current,
    estimateSize: () => rowPx,
    overscan: 3,
  });
  const current = Math.min(at, members.length - 1);
  const extend = (to: number): void => {
    const [from, until] = [Math.min(anchor.current, to), Math.max(anchor.current, to)];
    onChoose(new Set(members.slice(from, until + 1).map(({ id }) => id)));
  };
  const toggle = (index: number): void => {
    const id = members[index]?.id;
    if (id === undefined) return;
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    anchor.current = index;
    onChoose(next);
  };
  const move = (by: number, isExtending: boolean): void => {
    const next = Math.max(0, Math.min(members.length - 1, current + by));
    setAt(next);
    rows.scrollToIndex(Math.floor(next / columns), { align: 'auto' });
    if (isExtending) extend(next);
    else anchor.current = next;
  };
  const press = (event: KeyboardEvent): void => {
    const steps: Readonly<Record<string, number>> = {
      ArrowLeft: -1,
      ArrowRight: 1,
      ArrowUp: -columns,
      ArrowDown: columns,
      Home: -members.length,
      End: members.length,
    };
    const by = steps[event.key];
    if (by !== undefined) move(by, event.shiftKey);
    else if (event.key === ' ') toggle(current);
    else if (event.key === 'Escape') onChoose(new Set());
    else if (event.key.toLowerCase() === 'a' && (event.ctrlKey || event.metaKey))
      onChoose(new Set(members.map(({ id }) => id)));
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const click = (event: MouseEvent, index: number): void => {
    setAt(index);
    if (event.shiftKey) extend(index);
    else toggle(index);
  };
  return (
    <div className={styles.wall} ref={scroll}>
      <div
        role="listbox"
        aria-multiselectable="true"
        aria-label={t('data.wall')}
        aria-activedescendant={members[current] === undefined ? undefined : `member-${members[current].id}`}
        tabIndex={0}
        data-keys="arrows"
        onKeyDown={press}
        style={{ height: rows.getTotalSize(), position: 'relative' }}
      >
        {rows.getVirtualItems().flatMap((row) =>
          members.slice(row.index * columns, (row.index + 1) * columns).map((member, column) => {
            const index = row.index * columns + column;
            return (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the list around it has the keys, as a list box does
              <div
                key={member.id}
                id={`member-${member.id}`}
                role="option"
                aria-selected={chosen.has(member.id)}
                data-current={index === current || undefined}
                tabIndex={-1}
                className={styles.member}
                style={{
                  width: width / columns - 8,
                  transform: `translate(${(column * width) / columns}px, ${row.start}px)`,
                }}
                title={member.path}
                onClick={(event) => click(event, index)}
              >
                <img src={thumbnailUrl(member.id, 192)} alt="" loading="lazy" draggable={false} />
                <MemberCaption member={member} />
              </div>
            );
          }),
        )}
      </div>
    </div>
  );
}

/** Name, side, and what ties it. */
export function MemberCaption({ member }: { member: Member }): ReactElement {
  return (
    <span className={styles.caption}>
      {member.split === null ? null : (
        <i className={styles.badge} data-kind={member.split} title={t(`split.${member.split}`)}>
          <span className={layout.visuallyHidden}>{t(`split.${member.split}`)}</span>
        </i>
      )}
      <span>{member.path.split('/').at(-1)}</span>
      {member.copyOf !== null ? (
        <i data-kind="copy">{t('data.dropped')}</i>
      ) : member.chain === null ? null : (
        <i data-kind="chain">{t('data.twin')}</i>
      )}
    </span>
  );
}
