/** Sorts the points of a run into charts: the total loss first, then validation metrics, then the parts of the loss; one loss of both kinds shares a chart. */
import type { CurvePoint } from '../../../core/jobs.ts';
import type { CurveLine } from '../../ui/curve-chart.tsx';
import { hostText } from '../../ui/host-words.ts';
import { humanName } from '../../ui/json-schema.ts';
import { t } from '../../ui/messages.ts';
import { metricNames } from './metric-names.ts';

export interface Chart {
  readonly title: string;
  readonly lines: readonly CurveLine[];
}

/** More points than pixels help nobody: longer runs are thinned, keeping the newest point. */
const maxPoints = 600;

const isMetric = (key: string): key is keyof typeof metricNames => Object.hasOwn(metricNames, key);

/** `loss/box` is a training loss, `valid/map50` a validation metric, `valid/loss/box` the validation side of a loss. */
export function makeCharts(points: readonly CurvePoint[]): Chart[] {
  const charts = new Map<string, { title: string; lines: CurveLine[] }>();
  const names = [...new Set(points.flatMap(({ values }) => Object.keys(values)))].sort(byKind);
  for (const name of names) {
    const isValid = name.startsWith('valid/');
    const key = name.replace(/^(valid|train)\//, '');
    const chart = charts.get(key) ?? { title: titleOf(key), lines: [] };
    const own = thin(points.filter(({ values }) => values[name] !== undefined));
    chart.lines.push({
      name: isValid ? t('train.validation') : t('train.training'),
      x: own.map(({ epoch, step }) => (epoch > 0 ? epoch : step)),
      y: own.map(({ values }) => values[name] ?? null),
    });
    charts.set(key, chart);
  }
  return [...charts.values()].map(({ title, lines }) => ({ title, lines: alignX(lines) }));
}

function titleOf(key: string): string {
  if (key.startsWith('loss/')) {
    return key === 'loss/total'
      ? t('train.lossTotal')
      : t('train.loss', { name: humanName(key.slice(5)).toLowerCase() });
  }
  if (key === 'lr') return hostText('Learning rate');
  return isMetric(key) ? t(metricNames[key]) : humanName(key);
}

/** What a person looks at first comes first: is it learning, how good is it, and only then the parts of the loss. */
function rank(name: string): number {
  const key = name.replace(/^(valid|train)\//, '');
  if (key === 'loss/total') return 0;
  const metric = Object.keys(metricNames).indexOf(key);
  if (key === 'lr') return 200;
  return metric < 0 ? 100 : 1 + metric;
}
const byKind = (a: string, b: string): number => rank(a) - rank(b) || a.localeCompare(b);

function thin(points: readonly CurvePoint[]): CurvePoint[] {
  const every = Math.ceil(points.length / maxPoints);
  return points.filter((_, index) => index % every === 0 || index === points.length - 1);
}

/** Puts the lines of one chart on one common axis, with gaps where a line has no value. */
function alignX(lines: readonly CurveLine[]): CurveLine[] {
  if (lines.length < 2) return [...lines];
  const x = [...new Set(lines.flatMap((line) => line.x))].sort((a, b) => a - b);
  return lines.map((line) => {
    const values = new Map(line.x.map((at, index) => [at, line.y[index] ?? null]));
    return { name: line.name, x, y: x.map((at) => values.get(at) ?? null) };
  });
}

/** The validation curves and losses that two trainings have in common, one over the other. */
export function overlayCharts(first: readonly CurvePoint[], second: readonly CurvePoint[]): Chart[] {
  const namesOf = (points: readonly CurvePoint[]): Set<string> =>
    new Set(points.flatMap(({ values }) => Object.keys(values)));
  const others = namesOf(second);
  const shared = [...namesOf(first)]
    .filter(
      (name) => others.has(name) && name !== 'lr' && (name.startsWith('valid/') || name === 'loss/total'),
    )
    .sort(byKind);
  return shared.map((name) => {
    const lineOf = (points: readonly CurvePoint[], title: string): CurveLine => {
      const own = thin(points.filter(({ values }) => values[name] !== undefined));
      return {
        name: title,
        x: own.map(({ epoch, step }) => (epoch > 0 ? epoch : step)),
        y: own.map(({ values }) => values[name] ?? null),
      };
    };
    const side = name.startsWith('valid/') ? t('train.validation') : t('train.training');
    const title = `${titleOf(name.replace(/^(valid|train)\//, ''))} · ${side}`;
    return { title, lines: alignX([lineOf(first, 'A'), lineOf(second, 'B')]) };
  });
}
