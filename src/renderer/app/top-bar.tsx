/** The top bar: project, the five places, engine, theme, commands, keys. */
import { useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { spotlight } from '@mantine/spotlight';
import { memo, type ReactElement } from 'react';
import { useReviewQueue } from '../api/loop-queries.ts';
import { firstMinScore } from '../api/queries.ts';
import { formatCount } from '../ui/format-numbers.ts';
import { IconButton } from '../ui/icon-button.tsx';
import { Icon } from '../ui/icons.tsx';
import { t } from '../ui/messages.ts';
import { toggleCheatSheet } from './cheat-sheet.tsx';
import { EngineBadge } from './engine-badge.tsx';
import { useKeyOf } from './keymap.ts';
import { LanguageMenu } from './language-menu.tsx';
import { type Place, places, type Route } from './route.ts';
import styles from './shell.module.css';

/** `name`: of the open project; null while none is. */
export const TopBar = memo(function TopBar({
  place,
  name,
}: {
  place: Route['place'];
  name: string | null;
}): ReactElement {
  // Those worth a look: the queue as Review opens it, not every faint one.
  const waiting = useReviewQueue('least-sure', firstMinScore, {}, name !== null).data?.total ?? 0;
  return (
    <header className={styles.bar}>
      <a
        className={styles.brand}
        href="#/welcome"
        style={{ textDecoration: 'none' }}
        aria-label={t('place.welcomeLabel', { name: name ?? 'Catchlight' })}
      >
        <img src="./icon.svg" width={22} height={22} alt="" />
        <span className={styles.brandName}>{name ?? 'Catchlight'}</span>
      </a>
      {name === null ? (
        <div className={styles.places} />
      ) : (
        <nav className={styles.places} aria-label={t('place.all')}>
          {places.map((id) => (
            <PlaceTab key={id} id={id} isCurrent={id === place} count={id === 'review' ? waiting : 0} />
          ))}
        </nav>
      )}
      <div className={styles.right}>
        <EngineBadge />
        <IconButton
          icon="search"
          label={t('command.palette')}
          keys={useKeyOf('window.palette')}
          onClick={() => spotlight.open()}
        />
        <IconButton
          icon="keyboard"
          label={t('command.keys')}
          keys={useKeyOf('window.keys')}
          onClick={toggleCheatSheet}
        />
        <LanguageMenu />
        <ThemeButton />
      </div>
    </header>
  );
});

function PlaceTab({ id, isCurrent, count }: { id: Place; isCurrent: boolean; count: number }): ReactElement {
  return (
    <a className={styles.tab} href={`#/${id}`} aria-current={isCurrent ? 'page' : undefined}>
      <Icon name={id} />
      {t(`place.${id}`)}
      {count === 0 ? null : (
        <span className={styles.count} role="img" aria-label={t('review.waiting', { n: count })}>
          {count > 999 ? '999+' : formatCount(count)}
        </span>
      )}
    </a>
  );
}

function ThemeButton(): ReactElement {
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme('dark');
  const other = scheme === 'dark' ? 'light' : 'dark';
  return (
    <IconButton
      icon={scheme === 'dark' ? 'sun' : 'moon'}
      label={t(`theme.${other}`)}
      onClick={() => setColorScheme(other)}
    />
  );
}
