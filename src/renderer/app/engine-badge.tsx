/** Which backend learns, and why not a better one. */
import { Popover } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import type { EngineStatus } from '../../core/learning.ts';
import { readError } from '../api/errors.ts';
import { useEngineStatus } from '../api/queries.ts';
import { Icon } from '../ui/icons.tsx';
import { t } from '../ui/messages.ts';
import { ErrorNote } from '../ui/notes.tsx';
import popover from './engine-badge.module.css';
import { EngineInstall } from './engine-install.tsx';
import styles from './shell.module.css';

const backendNames: Readonly<Record<string, string>> = {
  native: 'TensorFlow',
  'native-gpu': 'TensorFlow GPU',
  wasm: 'WebAssembly',
  webgpu: 'WebGPU',
  cpu: 'JavaScript',
};
const nameOf = (id: string): string => backendNames[id] ?? id;
const isNative = (id: string): boolean => id.startsWith('native') || id.startsWith('tensorflow');

export function EngineBadge(): ReactElement {
  const engine = useEngineStatus();
  const [isOpen, setOpen] = useState(false);
  const status = engine.data;
  const state = engine.isError
    ? 'fault'
    : status === undefined
      ? 'unknown'
      : isNative(status.backend)
        ? 'best'
        : 'slower';
  const label = engine.isError
    ? t('engine.fault')
    : status === undefined
      ? t('engine.starting')
      : nameOf(status.backend);
  return (
    <Popover
      opened={isOpen}
      onChange={setOpen}
      width={400}
      position="bottom-end"
      shadow="md"
      withArrow
      trapFocus
    >
      <Popover.Target>
        <button
          type="button"
          className={styles.engine}
          data-state={state}
          onClick={() => setOpen(!isOpen)}
          aria-label={t('engine.label', { backend: label })}
        >
          <Icon name="engine" />
          <span className={styles.engineText}>{label}</span>
        </button>
      </Popover.Target>
      <Popover.Dropdown>
        {engine.isError ? (
          <ErrorNote error={readError(engine.error)} onRetry={() => void engine.refetch()} />
        ) : null}
        {status === undefined ? null : <EngineDetails status={status} />}
      </Popover.Dropdown>
    </Popover>
  );
}

function EngineDetails({ status }: { status: EngineStatus }): ReactElement {
  return (
    <div className={popover.details}>
      <h2>{t('engine.title')}</h2>
      <ul>
        {status.backends.map((backend) => (
          <li key={backend.id} data-used={backend.id === status.backend || undefined}>
            <Icon name={backend.available ? 'check' : 'minus'} />
            <div>
              <strong>
                {nameOf(backend.id)}
                {backend.id === status.backend ? ` · ${t('engine.inUse')}` : ''}
              </strong>
              <p>{backend.reason}</p>
            </div>
          </li>
        ))}
      </ul>
      <p className={popover.facts}>
        {t('engine.facts', {
          provider: status.providers[0] ?? '–',
          backbone: status.backbone === null ? '–' : `${status.backbone.id} ${status.backbone.version}`,
          node: status.node,
        })}
      </p>
      <EngineInstall status={status} />
    </div>
  );
}
