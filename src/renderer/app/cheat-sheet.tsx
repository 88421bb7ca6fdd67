/** All keys on one page: `?` or F1. The editor's come from its own list, so the sheet is never out of date. */
import { Kbd, Modal } from '@mantine/core';
import { type ReactElement, useSyncExternalStore } from 'react';
import { commandTitle } from '../ui/editor-text.ts';
import { t } from '../ui/messages.ts';
import { useLabelSession } from './label-session-provider.tsx';
import styles from './shell.module.css';
import { useKeys } from './use-keys.ts';

let isOpen = false;
const listeners = new Set<() => void>();

export function toggleCheatSheet(): void {
  isOpen = !isOpen;
  for (const listener of listeners) listener();
}

const areas = [
  'tool',
  'select',
  'class',
  'box',
  'line',
  'history',
  'image',
  'prediction',
  'cut',
  'view',
  'layer',
] as const;

export function CheatSheet(): ReactElement {
  const opened = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => isOpen,
  );
  useKeys({ '?': toggleCheatSheet, F1: toggleCheatSheet });
  return (
    <Modal
      opened={opened}
      onClose={toggleCheatSheet}
      title={t('command.keys')}
      size={1000}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <div className={styles.sheet}>
        <KeyGroup
          title={t('keys.window')}
          rows={windowKeys.map(({ name, keys }) => ({ title: t(name), keys }))}
        />
        <KeyGroup
          title={t('keys.mouse')}
          rows={mouseKeys.map(({ name, keys }) => ({ title: t(name), keys: [t(keys)] }))}
        />
        <EditorKeys />
      </div>
    </Modal>
  );
}

const windowKeys = [
  { name: 'command.palette', keys: ['Ctrl+K'] },
  { name: 'command.keys', keys: ['?', 'F1'] },
  { name: 'annotate.next', keys: ['D', '→', 'PageDown'] },
  { name: 'annotate.previous', keys: ['A', '←', 'PageUp'] },
  { name: 'annotate.nextUnreviewed', keys: ['Shift+D'] },
  { name: 'annotate.previousUnreviewed', keys: ['Shift+A'] },
  { name: 'review.adjust', keys: ['E'] },
] as const;

const mouseKeys = [
  { name: 'keys.draw', keys: 'keys.drawHow' },
  { name: 'keys.square', keys: 'keys.squareHow' },
  { name: 'keys.centre', keys: 'keys.centreHow' },
  { name: 'keys.exact', keys: 'keys.exactHow' },
  { name: 'keys.grab', keys: 'keys.grabHow' },
  { name: 'keys.marquee', keys: 'keys.marqueeHow' },
  { name: 'keys.zoom', keys: 'keys.zoomHow' },
  { name: 'keys.pan', keys: 'keys.panHow' },
  { name: 'keys.fit', keys: 'keys.fitHow' },
] as const;

/** Families of commands that one row says better than ten. */
const families = [
  { area: 'class', pattern: /^class\.\d$/, name: 'keys.classDigit', keys: ['1', '…', '9', '0'] },
  { area: 'box', pattern: /^box\.nudge\./, name: 'keys.nudge', keys: ['←↑↓→', 'Shift+←↑↓→'] },
  { area: 'box', pattern: /^box\.stretch\./, name: 'keys.stretch', keys: ['Ctrl+←↑↓→', 'Ctrl+Shift+←↑↓→'] },
] as const;

function EditorKeys(): ReactElement {
  const commands = useLabelSession()?.editor.commands ?? [];
  const rowsOf = (area: string) => [
    ...commands
      .filter(
        ({ id, keys }) =>
          id.startsWith(`${area}.`) && keys.length > 0 && !families.some(({ pattern }) => pattern.test(id)),
      )
      .map(({ id, keys }) => ({ title: commandTitle(id), keys })),
    ...families
      .filter((family) => family.area === area && commands.some(({ id }) => family.pattern.test(id)))
      .map(({ name, keys }) => ({ title: t(name), keys })),
  ];
  return (
    <>
      {areas.map((area) => (
        <KeyGroup key={area} title={t(`keys.${area}`)} rows={rowsOf(area)} />
      ))}
    </>
  );
}

function KeyGroup({
  title,
  rows,
}: {
  title: string;
  rows: readonly { readonly title: string; readonly keys: readonly string[] }[];
}): ReactElement | null {
  if (rows.length === 0) return null;
  return (
    <section>
      <h3>{title}</h3>
      <ul>
        {rows.map((row) => (
          <li key={row.title}>
            <span>{row.title}</span>
            <span
              style={{
                display: 'flex',
                gap: 4,
                alignItems: 'center',
                flexWrap: 'wrap',
                justifyContent: 'flex-end',
              }}
            >
              {row.keys.map((key) => (
                <Kbd key={key}>{key}</Kbd>
              ))}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
