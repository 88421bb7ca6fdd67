/** The choice of the language, in the top bar: found by its sign and by the names of the languages, whatever is spoken now. */
import { Menu } from '@mantine/core';
import type { ReactElement } from 'react';
import { preferencesSchema } from '../../core/preferences.ts';
import { IconButton } from '../ui/icon-button.tsx';
import { languages, t } from '../ui/messages.ts';
import { switchLanguage } from './language.ts';
import { usePreferences } from './preferences.ts';

const choices = preferencesSchema.shape.language.unwrap().options;

export function LanguageMenu(): ReactElement {
  const { language } = usePreferences();
  return (
    <Menu position="bottom-end" shadow="md">
      <Menu.Target>
        <IconButton icon="language" label={t('language.choose')} onClick={() => undefined} />
      </Menu.Target>
      <Menu.Dropdown aria-label={t('language.choose')}>
        <Menu.RadioGroup
          value={language}
          onChange={(value) => {
            const chosen = choices.find((choice) => choice === value);
            if (chosen !== undefined) void switchLanguage(chosen);
          }}
        >
          <Menu.RadioItem value="system">{t('language.system')}</Menu.RadioItem>
          {languages.map(({ id, name }) => (
            <Menu.RadioItem key={id} value={id} lang={id}>
              {name}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
      </Menu.Dropdown>
    </Menu>
  );
}
