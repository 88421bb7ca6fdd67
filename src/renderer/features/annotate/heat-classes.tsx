/** The heat maps of all classes at once, each with the boxes the model suggests of it; choosing one shows it on the canvas. */
import { Modal } from '@mantine/core';
import type { ReactElement } from 'react';
import type { Editor } from '../../../editor/types.ts';
import { heatmapUrl, thumbnailUrl } from '../../api/client.ts';
import { useLateValue } from '../../canvas/use-editor-value.ts';
import { formatScore } from '../../ui/format-numbers.ts';
import layout from '../../ui/layout.module.css';
import { t } from '../../ui/messages.ts';
import styles from './heat-panel.module.css';
import { HeatScale } from './heat-scale.tsx';
import { type Heatmap, nameInQuery } from './use-heatmap.ts';

export function HeatClasses(props: {
  heatmap: Heatmap;
  editor: Editor;
  isOpen: boolean;
  onClose: () => void;
}): ReactElement {
  const { heatmap, editor, isOpen, onClose } = props;
  const { view, request, choice, choose, shown } = heatmap;
  const image = useLateValue(editor, (snapshot) => snapshot.image);
  const suggested = useLateValue(editor, (snapshot) => snapshot.openPredictions);
  return (
    <Modal opened={isOpen} onClose={onClose} size="min(1240px, 94vw)" title={t('heat.allTitle')}>
      {view === null || request === null || image === null ? null : (
        <>
          <div className={styles.allHead}>
            <span className={layout.dim}>{t(`heat.text.${view.method}`)}</span>
            <HeatScale value={null} />
          </div>
          <ul className={styles.all}>
            {view.classes.map((entry) => {
              const id = nameInQuery(entry);
              const name = entry.classId === null ? t('compare.nothing') : entry.name;
              return (
                <li key={id}>
                  <button
                    type="button"
                    aria-pressed={id === shown}
                    onClick={() => {
                      choose({ wanted: id });
                      onClose();
                    }}
                  >
                    <svg viewBox={`0 0 ${image.widthPx} ${image.heightPx}`} role="img" aria-label={name}>
                      <image
                        href={thumbnailUrl(image.id, 512)}
                        width={image.widthPx}
                        height={image.heightPx}
                        preserveAspectRatio="none"
                        className={styles.grey}
                      />
                      <image
                        href={heatmapUrl(request, id)}
                        width={image.widthPx}
                        height={image.heightPx}
                        preserveAspectRatio="none"
                        opacity={choice.opacity}
                      />
                      {suggested
                        .filter(({ classId }) => classId === entry.classId)
                        .map((box) => (
                          <rect
                            key={box.id}
                            x={box.x}
                            y={box.y}
                            width={box.w}
                            height={box.h}
                            fill="none"
                            stroke="var(--cl-yellow)"
                            strokeWidth={2}
                            strokeDasharray="6 4"
                            vectorEffect="non-scaling-stroke"
                          />
                        ))}
                    </svg>
                    <span className={styles.oneName}>
                      <b>{name}</b>
                      <span className={layout.dim}>
                        {t('heat.scoreAndPeak', {
                          score: formatScore(entry.score),
                          peak: formatScore(entry.peak),
                        })}
                      </span>
                    </span>
                  </button>
                </li>
              );
            })}
          </ul>
        </>
      )}
    </Modal>
  );
}
