/** Beside the canvas: which layers show, in what light the photograph is looked at, and what helps the eye. */
import { Button, Slider, Switch } from '@mantine/core';
import type { ReactElement } from 'react';
import { isNeutral, type Light } from '../../../core/light.ts';
import type { Editor, Layers } from '../../../editor/types.ts';
import { useKeyOf } from '../../app/keymap.ts';
import { useEditorValue } from '../../canvas/use-editor-value.ts';
import { lightFilter } from '../../canvas/use-light.ts';
import { keyOf } from '../../ui/editor-button.tsx';
import { formatPercent } from '../../ui/format-numbers.ts';
import { IconButton, KeyedLabel } from '../../ui/icon-button.tsx';
import layout from '../../ui/layout.module.css';
import { t } from '../../ui/messages.ts';
import styles from './view-panel.module.css';
import { changeViewSettings, resetLight, toggleViewPanel, useViewSettings } from './view-settings.ts';

const layerNames = [
  'boxes',
  'predictions',
  'heatmap',
  'ignored',
] as const satisfies readonly (keyof Layers)[];
const helps = [
  { field: 'hasCrosshair', label: 'view.crosshair' },
  { field: 'hasPixelGrid', label: 'view.pixelGrid' },
  { field: 'hasNavigator', label: 'view.hasNavigator' },
] as const;

export function ViewPanel({ editor }: { editor: Editor }): ReactElement {
  const layers = useEditorValue(editor, (snapshot) => snapshot.layers);
  const settings = useViewSettings();
  return (
    <section className={styles.panel} aria-label={t('view.toggle')}>
      <div className={layout.head}>
        <h2>{t('view.layers')}</h2>
        <IconButton icon="cross" label={t('action.close')} size={22} onClick={toggleViewPanel} />
      </div>
      <ul className={styles.lines}>
        {layerNames.map((name) => (
          <li key={name} className={styles.line}>
            <Switch
              label={t(`layer.${name}`)}
              checked={layers[name]}
              onChange={() => editor.run(`layer.${name}`)}
            />
            <KeyedLabel label="" keys={keyOf(editor, `layer.${name}`)} />
          </li>
        ))}
      </ul>
      <div className={layout.head}>
        <h2>{t('view.light')}</h2>
      </div>
      <LightFields light={settings.light} />
      <div className={layout.head}>
        <h2>{t('view.helps')}</h2>
      </div>
      <ul className={styles.lines}>
        {helps.map(({ field, label }) => (
          <li key={field} className={styles.line}>
            <Switch
              label={t(label)}
              checked={settings[field]}
              onChange={(event) => changeViewSettings({ [field]: event.currentTarget.checked })}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}

const signed = (value: number): string =>
  `${value > 0 ? '+' : value < 0 ? '−' : ''}${formatPercent(Math.abs(value))}`;
const fields = [
  { name: 'brightness', min: -1, max: 1, step: 0.05, say: signed },
  { name: 'contrast', min: -1, max: 1, step: 0.05, say: signed },
  // Its logarithm is moved, so that the middle is neutral.
  { name: 'gamma', min: -1.6, max: 1.6, step: 0.1, say: (value: number) => Math.exp(value).toFixed(2) },
  { name: 'local', min: 0, max: 1, step: 0.05, say: formatPercent },
] as const;

function LightFields({ light }: { light: Light }): ReactElement {
  const resetKey = useKeyOf('view.resetLight');
  if (lightFilter() === null) return <p className={styles.text}>{t('view.noLight')}</p>;
  const put = (part: Partial<Light>): void => changeViewSettings({ light: { ...light, ...part } });
  return (
    <div className={styles.fields}>
      {fields.map(({ name, min, max, step, say }) => {
        const value = name === 'gamma' ? Math.log(light.gamma) : light[name];
        return (
          <div key={name}>
            <div className={styles.label}>
              <span>{t(`view.${name}`)}</span>
              <span>{say(value)}</span>
            </div>
            <Slider
              size="sm"
              thumbLabel={t(`view.${name}`)}
              label={null}
              min={min}
              max={max}
              step={step}
              value={value}
              onChange={(next) =>
                // Steps of a logarithm do not meet 1 exactly.
                put({ [name]: name === 'gamma' ? (Math.abs(next) < step / 2 ? 1 : Math.exp(next)) : next })
              }
            />
          </div>
        );
      })}
      <Button variant="default" disabled={isNeutral(light)} onClick={resetLight}>
        <KeyedLabel label={t('view.reset')} keys={resetKey} />
      </Button>
      <p className={styles.text}>{t('view.lightNote')}</p>
    </div>
  );
}
