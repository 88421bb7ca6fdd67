/** Says when the host does not answer, what that means for labels, and that the window tries by itself. */
import { Loader } from '@mantine/core';
import { type ReactElement, useEffect, useState } from 'react';
import { useConnection } from '../api/events.ts';
import { t } from '../ui/messages.ts';
import styles from './shell.module.css';

/** A reconnect quicker than this is not worth a word. */
const patienceMs = 1200;

export function ConnectionBanner(): ReactElement | null {
  const connection = useConnection();
  const [isLong, setLong] = useState(false);
  useEffect(() => {
    if (connection !== 'lost') {
      setLong(false);
      return undefined;
    }
    const timer = setTimeout(() => setLong(true), patienceMs);
    return () => clearTimeout(timer);
  }, [connection]);
  if (!isLong) return null;
  return (
    <div className={styles.banner} role="alert">
      <Loader size={14} />
      {t('connection.lost')}
    </div>
  );
}
