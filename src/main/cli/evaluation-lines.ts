/** An evaluation report as lines for a person at a terminal. */
import { type EvaluationReport, fewGroups } from '../../core/evaluation.ts';

type Interval = EvaluationReport['intervals']['map'];

const nameWidth = 22;
const digits = (value: number): string => value.toFixed(3);
const share = (value: number | null): string => (value === null ? '–' : digits(value)).padStart(6);
const range = (interval: Interval): string =>
  interval === null ? '' : `${digits(interval.low)} to ${digits(interval.high)}`;

/** Figures with their intervals, the class score beside the guesses, a table of classes, and what the intervals rest on. */
export function describeEvaluation(report: EvaluationReport): string[] {
  return [
    `${report.n} images of “${report.split}”, model trained with seed ${report.seed}`,
    '',
    ...figureLines(report),
    ...unseenLines(report),
    ...baselineLines(report.baselines),
    ...boxClassLines(report),
    ...imageClassLines(report.perImageClass ?? []),
    ...calibrationLines(report.calibration),
    '',
    groupsLine(report),
  ];
}

function figureLines(report: EvaluationReport): string[] {
  const line = (title: string, value: number | null, interval: Interval): string =>
    `${title.padEnd(nameWidth)} ${value === null ? 'not an output of this recipe' : `${share(value)}  ${range(interval)}`}`.trimEnd();
  const { intervals } = report;
  return [
    line('mAP@.5', report.map50, intervals.map50),
    line('mAP@[.5:.95]', report.map, intervals.map),
    line('mean IoU', report.meanIou, intervals.meanIou),
    line('class of images right', report.classAcc, intervals.classAcc),
    line('log loss', report.logLoss, intervals.logLoss),
    line('class of boxes right', report.boxClassAcc, intervals.boxClassAcc),
  ];
}

/** The same without what the model knows already: how much near-duplicates of its training flatter it. */
function unseenLines({ unseen, n, map50, map, classAcc, boxClassAcc }: EvaluationReport): string[] {
  if (unseen === null) return [];
  const row = (
    title: string,
    name: 'map50' | 'map' | 'classAcc' | 'boxClassAcc',
    all: number | null,
  ): string[] => {
    const value = unseen[name];
    if (all === null) return [];
    const more = unseen.flattery[name];
    return [
      `${title.padEnd(nameWidth)} ${share(value)}  ${range(unseen.intervals[name])}${more === null ? '' : `, on all higher by ${range(more)}`}`.trimEnd(),
    ];
  };
  return [
    '',
    `On the ${unseen.n} of ${n} images that are news to the model (it learnt from ${unseen.seen}, or from a near-duplicate):`,
    ...row('mAP@.5', 'map50', map50),
    ...row('mAP@[.5:.95]', 'map', map),
    ...row('class of images right', 'classAcc', classAcc),
    ...row('class of boxes right', 'boxClassAcc', boxClassAcc),
  ];
}

const rivalTitles = { 'pixel-size': 'pixel size alone', majority: 'commonest class' } as const;

function baselineLines(baselines: EvaluationReport['baselines']): string[] {
  if (baselines === null) return [];
  const { of, n, learntOn, model, rivals } = baselines;
  const row = (title: string, { accuracy, interval }: typeof model): string =>
    `${title.padEnd(nameWidth)} ${share(accuracy)}  ${range(interval)}`.trimEnd();
  return [
    '',
    `Class right, of ${n} ${of === 'images' ? 'images' : 'boxes met'}, beside guesses that do not look (learnt from ${learntOn} ${of}):`,
    row('the model', model),
    ...rivals.map((rival) => {
      const gain = rival.gain === null ? '' : `, the model better by ${range(rival.gain)}`;
      return `${row(rivalTitles[rival.id], rival)}${gain}`;
    }),
  ];
}

function boxClassLines({ perClass, cut }: EvaluationReport): string[] {
  if (perClass.length === 0) return [];
  return [
    '',
    `Boxes of each class (precision and recall at score ${cut.minScore} and IoU ${cut.iou}):`,
    `${'class'.padEnd(nameWidth)}   hand  AP@.5     AP  prec.  recall`,
    ...perClass.map(
      (entry) =>
        `${shorten(entry.name)} ${String(entry.truthBoxes).padStart(6)} ${share(entry.ap50)} ${share(entry.ap)} ${share(entry.precision)}  ${share(entry.recall)}`,
    ),
  ];
}

function imageClassLines(entries: NonNullable<EvaluationReport['perImageClass']>): string[] {
  if (entries.length === 0) return [];
  return [
    '',
    'Images of each class, by their largest fish:',
    `${'class'.padEnd(nameWidth)} images  prec. recall     AP`,
    ...entries.map(
      (entry) =>
        `${shorten(entry.name)} ${String(entry.truth).padStart(6)} ${share(entry.precision)} ${share(entry.recall)} ${share(entry.ap)}`,
    ),
  ];
}

function calibrationLines({ images, detections, fromScore }: EvaluationReport['calibration']): string[] {
  const line = (what: string, error: number): string =>
    `Scores of ${what} are off by ${digits(error)} on average (expected calibration error).`;
  const found = detections?.expectedError ?? null;
  const whole = images?.expectedError ?? null;
  return [
    ...(found === null && whole === null ? [] : ['']),
    ...(found === null ? [] : [line(`suggestions from ${fromScore} on`, found)]),
    ...(whole === null ? [] : [line('image classes', whole)]),
  ];
}

function groupsLine({ groups, rounds }: EvaluationReport): string {
  if (groups.count < 2)
    return 'All images are of one group, so nothing can be said of others: there are no intervals.';
  const base = `Ranges hold the figure with 95 % (bootstrap, ${rounds} draws over ${groups.count} ${groups.by === 'image' ? 'images' : 'groups'}).`;
  if (groups.by === 'group')
    return groups.count < fewGroups ? `${base} That is few: take the ranges as rough.` : base;
  const who = groups.by === 'image' ? 'No image has a group' : 'Some images have no group';
  return `${base} ${who} and stands for itself: where photographs of one boat are alike, the true ranges are wider.`;
}

function shorten(name: string): string {
  return (name.length > nameWidth ? `${name.slice(0, nameWidth - 1)}…` : name).padEnd(nameWidth);
}
