/** The command palette (Ctrl+K): places, projects, jobs, theme, and every command of the editor with its key. */
import { useMantineColorScheme } from '@mantine/core';
import { Spotlight, type SpotlightActionGroupData, spotlight } from '@mantine/spotlight';
import type { ReactElement } from 'react';
import { api } from '../api/client.ts';
import { readError } from '../api/errors.ts';
import { useProject } from '../api/queries.ts';
import { commandTitle } from '../ui/editor-text.ts';
import { KeyedLabel } from '../ui/icon-button.tsx';
import { Icon, type IconName } from '../ui/icons.tsx';
import { t } from '../ui/messages.ts';
import { announceError } from './announcer.tsx';
import { toggleCheatSheet } from './cheat-sheet.tsx';
import { useActions } from './keymap.ts';
import { useLabelSession } from './label-session-provider.tsx';
import { goTo, places } from './route.ts';

const attempt = (work: Promise<unknown>): void => {
  work.catch((error: unknown) => announceError(readError(error)));
};

export function CommandPalette(): ReactElement {
  const session = useLabelSession();
  const project = useProject();
  const { setColorScheme } = useMantineColorScheme();
  useActions({ 'window.palette': () => spotlight.toggle() });
  const isOpen = project.data !== null && project.data !== undefined;
  const entry = (id: string, label: string, icon: IconName, onClick: () => void) => ({
    id,
    label,
    onClick,
    leftSection: <Icon name={icon} />,
  });
  const groups: SpotlightActionGroupData[] = [
    {
      group: t('palette.places'),
      actions: [
        entry('place.welcome', t('place.welcome'), 'fish', () => goTo('welcome')),
        ...(isOpen
          ? places.map((place) => entry(`place.${place}`, t(`place.${place}`), place, () => goTo(place)))
          : []),
      ],
    },
    {
      group: t('palette.studio'),
      actions: [
        ...(isOpen
          ? [
              entry('project.rescan', t('palette.rescan'), 'folder', () => attempt(api.rescan.mutate())),
              entry('project.features', t('palette.features'), 'engine', () =>
                attempt(api.startFeatures.mutate()),
              ),
              entry('project.suggest', t('model.suggestAgain'), 'suggestion', () =>
                attempt(api.startPrediction.mutate({})),
              ),
              entry('project.close', t('palette.close'), 'cross', () => attempt(api.closeProject.mutate())),
            ]
          : []),
        entry('theme.dark', t('theme.dark'), 'moon', () => setColorScheme('dark')),
        entry('theme.light', t('theme.light'), 'sun', () => setColorScheme('light')),
        entry('theme.system', t('theme.system'), 'engine', () => setColorScheme('auto')),
        entry('keys', t('command.keys'), 'keyboard', toggleCheatSheet),
      ],
    },
    {
      group: t('palette.editor'),
      actions: (session?.editor.commands ?? []).map((command) => ({
        id: command.id,
        label: commandTitle(command.id),
        onClick: () => session?.editor.run(command.id),
        rightSection: command.keys[0] === undefined ? null : <KeyedLabel label="" keys={command.keys[0]} />,
      })),
    },
  ];
  return (
    <Spotlight
      actions={groups.filter(({ actions }) => actions.length > 0)}
      // The keymap opens it, so that the key can be another.
      shortcut={null}
      nothingFound={t('palette.nothing')}
      highlightQuery
      scrollable
      maxHeight={420}
      limit={60}
      searchProps={{
        placeholder: t('palette.search'),
        'aria-label': t('palette.search'),
        leftSection: <Icon name="search" />,
      }}
    />
  );
}
