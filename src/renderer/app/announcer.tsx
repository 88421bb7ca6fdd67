/** Short messages over the window that need no answer: a finished training, an undo elsewhere, a refused save. */
import { CloseButton } from '@mantine/core';
import { type ReactElement, useEffect, useSyncExternalStore } from 'react';
import type { AppErrorData } from '../../core/errors.ts';
import { errorWords } from '../ui/host-words.ts';
import { Icon, type IconName } from '../ui/icons.tsx';
import { t } from '../ui/messages.ts';
import styles from './announcer.module.css';

interface Announcement {
  readonly id: number;
  readonly kind: 'info' | 'error';
  readonly text: string;
  readonly icon: IconName;
  /** It stays until it is taken away or closed. */
  readonly stays: boolean;
}

let announcements: readonly Announcement[] = [];
let nextId = 1;
const listeners = new Set<() => void>();

function set(next: readonly Announcement[]): void {
  announcements = next;
  for (const listener of listeners) listener();
}

/** Shows a sentence for a few seconds; screen readers hear it. The same sentence is not stacked. */
export function announce(text: string, icon: IconName = 'note'): void {
  add({ kind: 'info', text, icon, stays: false });
}

/** Shows what is being done until `work` is over, however it ends. */
export function announceWhile(work: Promise<unknown>, text: string, icon: IconName): void {
  const id = add({ kind: 'info', text, icon, stays: true });
  const end = (): void => drop(id);
  work.then(end, end);
}

/** Shows what went wrong until it is closed. */
export function announceError(error: AppErrorData): void {
  const { message, hint } = errorWords(error);
  add({ kind: 'error', text: `${message} ${hint}`.trim(), icon: 'problem', stays: true });
}

function add(entry: Omit<Announcement, 'id'>): number {
  const others = announcements.filter(({ text }) => text !== entry.text).slice(-2);
  const id = nextId++;
  set([...others, { ...entry, id }]);
  return id;
}

const drop = (id: number): void => set(announcements.filter((other) => other.id !== id));

const shownMs = 4500;

export function Announcer(): ReactElement {
  const shown = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => announcements,
  );
  return (
    <div className={styles.stack} role="status" aria-live="polite">
      {shown.map((one) => (
        <Toast key={one.id} {...one} />
      ))}
    </div>
  );
}

function Toast({ id, kind, text, icon, stays }: Announcement): ReactElement {
  useEffect(() => {
    if (stays) return undefined;
    const timer = setTimeout(() => drop(id), shownMs);
    return () => clearTimeout(timer);
  }, [id, stays]);
  return (
    <div className={styles.toast} data-kind={kind}>
      <Icon name={icon} />
      <span>{text}</span>
      <CloseButton size="sm" aria-label={t('action.dismiss')} onClick={() => drop(id)} />
    </div>
  );
}
