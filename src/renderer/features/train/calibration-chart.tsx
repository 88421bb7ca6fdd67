/** A reliability diagram: of the suggestions scored so, which share is right. On the diagonal a score is a probability. */
import type { ReactElement } from 'react';
import type { EvaluationReport } from '../../../core/evaluation.ts';
import { formatMetric, formatPercent, formatScore } from '../../ui/format-numbers.ts';
import { t } from '../../ui/messages.ts';
import styles from './figures.module.css';

type Calibration = NonNullable<EvaluationReport['calibration']['detections']>;

const sidePx = 112;

export function CalibrationChart(props: {
  of: 'detections' | 'images';
  calibration: Calibration;
}): ReactElement {
  const { bins, expectedError } = props.calibration;
  const what = t(`figures.calibrationOf.${props.of}`);
  const text = t('figures.calibrationText', { what, error: formatMetric(expectedError) });
  const most = Math.max(1, ...bins.map(({ n }) => n));
  return (
    <figure className={styles.calibration}>
      <svg viewBox={`0 0 ${sidePx} ${sidePx}`} width={sidePx} height={sidePx} role="img" aria-label={text}>
        <path className={styles.diagonal} d={`M0 ${sidePx}L${sidePx} 0`} />
        {bins.map(({ fromScore, toScore, n, accuracy }) =>
          accuracy === null ? null : (
            <rect
              key={fromScore}
              className={styles.bin}
              x={fromScore * sidePx + 1}
              y={(1 - accuracy) * sidePx}
              width={(toScore - fromScore) * sidePx - 2}
              height={Math.max(1, accuracy * sidePx)}
              // Few scores say little: a bar as strong as what it rests on.
              opacity={0.35 + 0.65 * Math.sqrt(n / most)}
            >
              <title>
                {t('figures.bin', {
                  from: formatScore(fromScore),
                  to: formatScore(toScore),
                  n,
                  share: formatPercent(accuracy),
                })}
              </title>
            </rect>
          ),
        )}
      </svg>
      <figcaption>{text}</figcaption>
    </figure>
  );
}
