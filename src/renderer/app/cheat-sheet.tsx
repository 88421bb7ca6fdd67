/** All keys on one page: `?` or F1. They come from the actions themselves, so the sheet is never out of date; and here they are changed. */
import { Button, Kbd, Modal, Select } from '@mantine/core';
import { type ReactElement, useState, useSyncExternalStore } from 'react';
import { findClashes, type KeyedAction } from '../../editor/keymap.ts';
import { presets } from '../../editor/presets/list.ts';
import { formatChord } from '../ui/chords.ts';
import { commandTitle } from '../ui/editor-text.ts';
import layout from '../ui/layout.module.css';
import { t } from '../ui/messages.ts';
import { KeyRow } from './key-row.tsx';
import { listActions, useActions } from './keymap.ts';
import { changePreferences, usePreferences } from './preferences.ts';
import styles from './shell.module.css';

let isOpen = false;
const listeners = new Set<() => void>();

export function toggleCheatSheet(): void {
  isOpen = !isOpen;
  for (const listener of listeners) listener();
}

const groups = [
  { name: 'keys.window', areas: ['window', 'list'] },
  { name: 'keys.image', areas: ['image'] },
  { name: 'keys.tool', areas: ['tool'] },
  { name: 'keys.select', areas: ['select'] },
  { name: 'keys.class', areas: ['class'] },
  { name: 'keys.box', areas: ['box', 'align'] },
  { name: 'keys.line', areas: ['line'] },
  { name: 'keys.history', areas: ['history'] },
  { name: 'keys.prediction', areas: ['prediction', 'review'] },
  { name: 'keys.cut', areas: ['cut'] },
  { name: 'keys.view', areas: ['view'] },
  { name: 'keys.layer', areas: ['layer'] },
  { name: 'bind.compare', areas: ['compare'] },
  { name: 'place.data', areas: ['data'] },
] as const;

export function CheatSheet(): ReactElement {
  const opened = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => isOpen,
  );
  useActions({ 'window.keys': toggleCheatSheet });
  return (
    <Modal
      opened={opened}
      onClose={toggleCheatSheet}
      title={t('command.keys')}
      size={1000}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <Sheet />
    </Modal>
  );
}

function Sheet(): ReactElement {
  const { preset, keys } = usePreferences();
  const [isEditing, setIsEditing] = useState(false);
  const actions = listActions();
  const clashes = findClashes(actions).length;
  return (
    <>
      <div className={styles.sheetTools}>
        <span>{t('bind.preset')}</span>
        <Select
          w={130}
          aria-label={t('bind.preset')}
          data={presets.map(({ id, title }) => ({ value: id, label: title }))}
          value={preset}
          onChange={(value) => {
            const chosen = presets.find(({ id }) => id === value);
            if (chosen !== undefined) void changePreferences({ preset: chosen.id });
          }}
        />
        <Button variant="default" aria-pressed={isEditing} onClick={() => setIsEditing(!isEditing)}>
          {t(isEditing ? 'bind.done' : 'bind.edit')}
        </Button>
        {Object.keys(keys).length === 0 ? null : (
          <Button variant="default" onClick={() => void changePreferences({ keys: {} })}>
            {t('bind.resetAll')}
          </Button>
        )}
        {clashes === 0 ? null : <span className={layout.dim}>{t('bind.clashes', { n: clashes })}</span>}
      </div>
      <div className={isEditing ? styles.sheetEdited : styles.sheet}>
        {groups.map(({ name, areas }) => {
          const ofGroup = actions.filter(({ id }) => areas.some((area) => id.startsWith(`${area}.`)));
          return isEditing ? (
            <section key={name}>
              <h3>{t(name)}</h3>
              <ul>
                {ofGroup.map((action) => (
                  <KeyRow key={action.id} action={action} />
                ))}
              </ul>
            </section>
          ) : (
            <KeyGroup key={name} title={t(name)} rows={listRows(ofGroup)} />
          );
        })}
        {isEditing ? null : (
          <KeyGroup
            title={t('keys.mouse')}
            rows={mouseKeys.map(({ name, keys: how }) => ({ title: t(name), keys: [t(how)] }))}
          />
        )}
      </div>
    </>
  );
}

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

/** Families of actions that one row says better than ten. */
const families = [
  { pattern: /^class\.\d$/, name: 'keys.classDigit' },
  { pattern: /^box\.nudge\./, name: 'keys.nudge' },
  { pattern: /^box\.stretch\./, name: 'keys.stretch' },
] as const;

interface KeyLine {
  readonly title: string;
  readonly keys: readonly string[];
}

function listRows(actions: readonly KeyedAction[]): KeyLine[] {
  const single = actions.filter(
    ({ id, keys }) => keys.length > 0 && !families.some(({ pattern }) => pattern.test(id)),
  );
  return [
    ...single.map(({ id, keys }) => ({ title: commandTitle(id), keys })),
    ...families.flatMap(({ pattern, name }) => {
      const keys = actions.filter(({ id }) => pattern.test(id)).flatMap(({ keys: [first] }) => first ?? []);
      return keys.length === 0 ? [] : [{ title: t(name), keys: joinArrows(keys) }];
    }),
  ];
}

/** `Shift+ArrowLeft`, `Shift+ArrowRight` … as one: `Shift+←→`; digits as `1 … 0`. */
function joinArrows(keys: readonly string[]): string[] {
  if (keys.length > 8 && keys.every((key) => /\d$/.test(key))) return [keys[0] ?? '', '…', keys.at(-1) ?? ''];
  const byMods = new Map<string, string>();
  for (const key of keys.map(formatChord)) {
    const at = key.lastIndexOf('+') + 1;
    const mods = key.slice(0, at);
    byMods.set(mods, (byMods.get(mods) ?? '') + key.slice(at));
  }
  return [...byMods].map(([mods, signs]) => mods + signs);
}

function KeyGroup({ title, rows }: { title: string; rows: readonly KeyLine[] }): ReactElement | null {
  if (rows.length === 0) return null;
  return (
    <section>
      <h3>{title}</h3>
      <ul>
        {rows.map((row) => (
          <li key={row.title}>
            <span>{row.title}</span>
            <span className={styles.keyList}>
              {row.keys.map((key) => (
                <Kbd key={key}>{formatChord(key)}</Kbd>
              ))}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
