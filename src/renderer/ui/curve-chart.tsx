/** One live chart of one loss or metric over a run (uPlot), with its last value as text. */
import 'uplot/dist/uPlot.min.css';
import { useComputedColorScheme } from '@mantine/core';
import { type ReactElement, useEffect, useRef } from 'react';
import UPlot from 'uplot';
import styles from './curve-chart.module.css';
import { formatValue } from './format-numbers.ts';
import { t } from './messages.ts';

export interface CurveLine {
  readonly name: string;
  /** Epoch of each point. */
  readonly x: readonly number[];
  readonly y: readonly (number | null)[];
}

const heightPx = 104;

/** `lines` of one chart share a scale: training is solid, validation dashed and in another colour. */
export function CurveChart({ title, lines }: { title: string; lines: readonly CurveLine[] }): ReactElement {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot | null>(null);
  const scheme = useComputedColorScheme('dark');
  const names = lines.map(({ name }) => name).join('\n');
  useEffect(() => {
    const element = host.current;
    if (element === null) return undefined;
    const made = new UPlot(makeOptions(names.split('\n'), element.clientWidth, scheme), [[]], element);
    plot.current = made;
    const observer = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: heightPx }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [names, scheme]);
  // Also after a new plot was made, which is empty.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the plot is remade when these change.
  useEffect(() => {
    plot.current?.setData(alignLines(lines));
  }, [lines, names, scheme]);
  return (
    <figure className={styles.chart}>
      <figcaption>
        <span>{title}</span>
        <span className={styles.values}>
          {lines.map(({ name, y }, index) => (
            <span key={name} data-line={index}>
              <i aria-hidden="true" />
              {lines.length > 1 ? `${name} ` : ''}
              <b>{formatValue(y.findLast((value) => value !== null) ?? Number.NaN)}</b>
            </span>
          ))}
        </span>
      </figcaption>
      <div ref={host} className={styles.plot} role="img" aria-label={t('train.curveOf', { name: title })} />
    </figure>
  );
}

const lineColors = { dark: ['#35bdab', '#e3b341'], light: ['#07766b', '#a06a00'] } as const;

function makeOptions(names: readonly string[], width: number, scheme: 'dark' | 'light'): UPlot.Options {
  const ink = scheme === 'dark' ? '#96a1a5' : '#566266';
  const grid = { stroke: scheme === 'dark' ? '#272d30' : '#d9dfe1', width: 1 };
  const font = '11px system-ui, sans-serif';
  return {
    width,
    height: heightPx,
    // To the right half a label of the last tick.
    padding: [6, 16, 0, 0],
    legend: { show: false },
    cursor: { show: false },
    scales: { x: { time: false } },
    axes: [
      { stroke: ink, font, size: 22, gap: 3, grid: { show: false }, ticks: { show: false }, space: 48 },
      {
        stroke: ink,
        font,
        size: 46,
        gap: 4,
        grid,
        ticks: { show: false },
        space: 26,
        values: (_plot, ticks) => ticks.map(formatValue),
      },
    ],
    series: [
      {},
      ...names.map((label, index) => ({
        label,
        stroke: lineColors[scheme][index % 2] ?? ink,
        width: 1.6,
        spanGaps: true,
        // A line needs two points; one alone is shown as a dot.
        points: { show: (plot: UPlot, index: number) => countValues(plot.data[index]) < 2, size: 5 },
        ...(index % 2 === 1 ? { dash: [5, 3] } : {}),
      })),
    ],
  };
}

const countValues = (values: ArrayLike<number | null | undefined> | undefined): number =>
  Array.from(values ?? []).filter((value) => typeof value === 'number').length;

function alignLines(lines: readonly CurveLine[]): UPlot.AlignedData {
  const [first] = lines;
  return [[...(first?.x ?? [])], ...lines.map(({ y }) => [...y])];
}
