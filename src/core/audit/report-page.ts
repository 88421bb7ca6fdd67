/** The audit as one HTML page: prints on paper, needs no network, draws its plots as vectors, and carries its data as JSON inside. */
import { countOf } from '../count.ts';
import type { EvaluationReport } from '../evaluation.ts';
import type { FindingId } from './health.ts';
import type { LeakFigure } from './leak-test.ts';
import { nameSuspect } from './leak-verdict.ts';
import { type AuditReport, areaEdges } from './report.ts';
import { drawBars, drawCells, drawIntervals, escapeText } from './report-plots.ts';

/** What a gap says, as far as the page shows it. */
interface PageGap {
  readonly sentence: string;
  readonly figure: 'classAcc' | 'map50';
  readonly sides: readonly {
    readonly splitBy: string;
    readonly mean: number;
    readonly each: readonly number[];
    readonly images: number;
  }[];
}

/** A model judged on one side. */
interface PageModel {
  readonly name: string;
  readonly split: string;
  readonly images: number;
  readonly map50: number | null;
  readonly classAcc: number | null;
  /** On photographs that are news to it; null where all are, or nothing is known of near-duplicates. */
  readonly unseen: EvaluationReport['unseen'];
}

/** All that the page shows, and what it carries as JSON. */
export interface AuditPage extends AuditReport {
  readonly gap: PageGap | null;
  readonly models: readonly PageModel[];
}

/** What a finding is called. */
export const findingTitles: Readonly<Record<FindingId, string>> = {
  'cut-by-edge': 'Boxes cut by the edge',
  'tiny-box': 'Tiny boxes',
  'giant-box': 'Giant boxes',
  'boxed-twice': 'Boxed twice',
  'odd-shape': 'Implausible shapes',
  dark: 'Dark photographs',
  blurred: 'Blurred photographs',
  'empty-by-name': 'Empty by name, yet boxed',
  'one-class-group': 'Groups of one class',
  'rare-class': 'Rare classes',
};

const percent = (share: number): string => `${(share * 100).toFixed(share > 0 && share < 0.1 ? 1 : 0)} %`;
const row = (cells: readonly (string | number)[]): string => {
  const shown = cells.map((cell) =>
    typeof cell === 'number' ? `<td class="n">${cell.toLocaleString('en')}</td>` : `<td>${cell}</td>`,
  );
  return `<tr>${shown.join('')}</tr>`;
};
const table = (head: readonly string[], rows: readonly (readonly (string | number)[])[]): string => {
  const names = head.map(
    (name, i) => `<th${typeof rows[0]?.[i] === 'number' ? ' class="n"' : ''}>${escapeText(name)}</th>`,
  );
  return `<table><thead><tr>${names.join('')}</tr></thead><tbody>${rows.map(row).join('')}</tbody></table>`;
};

/** The page. Every text from the project is escaped: names of files and classes are no markup. */
export function renderAuditPage(page: AuditPage): string {
  const { gap, models, ...report } = page;
  const sections = [
    section('In short', inShort(report, gap)),
    section('Leaks', leaks(report)),
    section('Splits', splitsOf(report)),
    ...(gap === null ? [] : [section('The gap', gapOf(gap))]),
    ...(models.length === 0 ? [] : [section('Models', modelsOf(models))]),
    section('Near-duplicates', duplicates(report)),
    section('Groups', groups(report)),
    section('Balance', balance(report)),
    section('Boxes', boxes(report)),
    section('Findings', findings(report)),
  ];
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Audit of ${escapeText(report.project)}</title><style>${reportStyle}</style></head><body>
<header><h1>Audit of ${escapeText(report.project)}</h1>
<p>${escapeText(new Date(report.madeAtMs).toISOString().slice(0, 16).replace('T', ' '))} UTC · ${countOf(report.images, 'photograph')}, ${report.labelled.toLocaleString('en')} labelled, ${countOf(report.boxes, 'box', 'boxes')} · seed ${report.seed}</p></header>
${sections.join('\n')}
<script type="application/json" id="audit">${JSON.stringify(page).replaceAll('<', '\\u003c')}</script>
</body></html>
`;
}

const section = (title: string, body: string): string =>
  `<section><h2>${escapeText(title)}</h2>${body}</section>`;
const list = (items: readonly string[]): string =>
  `<ul>${items.map((item) => `<li>${escapeText(item)}</li>`).join('')}</ul>`;

function inShort(report: AuditReport, gap: PageGap | null): string {
  const twins = report.twins.filter(({ withTwin }) => withTwin > 0);
  return list([
    ...report.leaks.map(
      ({ target, verdict }) => `${target === 'class' ? 'Which fish' : 'Fish or none'}: ${verdict.sentence}`,
    ),
    ...(report.leaks.length === 0
      ? ['Too few labelled photographs of two classes or more for the leak test.']
      : []),
    ...twins.map(
      ({ of, into, images, withTwin }) =>
        `${percent(withTwin / images)} of ${of} (${withTwin} of ${images}) has a near twin in ${into}.`,
    ),
    ...(gap === null ? [] : [gap.sentence]),
    ...report.split.sentences,
  ]);
}

function leaks(report: AuditReport): string {
  if (report.leaks.length === 0) return '<p>Nothing was tested.</p>';
  return report.leaks
    .map((test) => {
      const figure = (of: LeakFigure): string =>
        `${percent(of.accuracy)}${of.accuracyInterval === null ? '' : ` (${percent(of.accuracyInterval.low)} – ${percent(of.accuracyInterval.high)})`}`;
      const rows = test.suspects.flatMap((suspect) =>
        suspect.figures.map((of) => [
          escapeText(nameSuspect(suspect)),
          of.split,
          figure(of),
          percent(of.majority),
          percent(of.shuffled),
          `${of.gainBits.toFixed(3)}${of.gainInterval === null ? '' : ` (${of.gainInterval.low.toFixed(3)} – ${of.gainInterval.high.toFixed(3)})`}`,
          of.isFound ? '<b>found</b>' : 'not found',
        ]),
      );
      const plot = drawIntervals(
        test.suspects.flatMap((suspect) =>
          suspect.figures.map((of) => ({
            label: `${nameSuspect(suspect)}, ${of.split}`,
            at: of.accuracy,
            range: of.accuracyInterval,
            beside: of.majority,
            isStrong: of.isFound,
          })),
        ),
        'Share of photographs whose class is told; the upright stroke is the commonest class alone',
      );
      return `<h3>${test.target === 'class' ? 'Which fish' : 'Fish or none'}</h3><p class="verdict">${escapeText(test.verdict.sentence)}</p><p>${escapeText(test.verdict.advice)}</p>${plot}${table(
        [
          'a model given only',
          'split',
          'right (95 %)',
          'commonest',
          'labels shuffled',
          'gain, bits (95 %)',
          '',
        ],
        rows,
      )}<p class="note">${test.images} photographs, ${test.groups} groups, classes ${escapeText(test.classes.map(({ name, images }) => `${name} ${images}`).join(', '))}. Five folds; intervals by bootstrap over near-duplicate chains (random) or groups (grouped). Found: the interval of the gain, widened for the number of suspects, lies above zero, and ten shuffles gave less.</p>`;
    })
    .join('');
}

function splitsOf(report: AuditReport): string {
  const rows = report.split.sides.map(({ split, images, boxes: n, groups: own }) => [
    split,
    images,
    n,
    escapeText(own.join(', ') || '–'),
  ]);
  return `${table(['side', 'photographs', 'boxes', 'groups only here'], rows)}${list(report.split.sentences)}<p class="note">${report.testLooks === 0 ? 'Nobody has looked at the test side yet.' : `The test side was looked at ${countOf(report.testLooks, 'time')}.`}</p>`;
}

function gapOf(gap: PageGap): string {
  const name = gap.figure === 'classAcc' ? 'classes right' : 'mAP@.5';
  const bars = drawIntervals(
    gap.sides.map(({ splitBy, mean }) => ({
      label: `${splitBy === 'random' ? 'photographs divided at random' : 'whole groups apart'}`,
      at: mean,
      range: null,
      beside: gap.sides[0]?.mean ?? mean,
      isStrong: splitBy === 'grouped',
    })),
    `${name} on both divisions; the upright stroke is the random one`,
  );
  const rows = gap.sides.map(({ splitBy, mean, images, each }) => [
    splitBy,
    mean.toFixed(3),
    images,
    each.map((value) => value.toFixed(3)).join(' · '),
  ]);
  return `<p class="verdict">${escapeText(gap.sentence)}</p>${bars}${table(['split', name, 'judged', 'each training'], rows)}`;
}

function modelsOf(models: readonly PageModel[]): string {
  const show = (value: number | null | undefined): string => (value == null ? '–' : value.toFixed(3));
  const between = (range: { readonly low: number; readonly high: number } | null | undefined): string =>
    range == null ? '' : ` (${range.low.toFixed(3)} – ${range.high.toFixed(3)})`;
  const rows = models.map(({ name, split, images, map50, classAcc, unseen }) => {
    const figure = map50 === null ? 'classAcc' : 'map50';
    return [
      escapeText(name),
      split,
      figure === 'map50' ? 'mAP@.5' : 'classes right',
      `${show(figure === 'map50' ? map50 : classAcc)} of ${images}`,
      unseen === null
        ? 'all are'
        : `${show(unseen[figure])}${between(unseen.intervals[figure])} of ${unseen.n}`,
      unseen === null ? '' : between(unseen.flattery[figure]).trim(),
    ];
  });
  return `${table(['model', 'judged on', 'figure', 'all photographs', 'news to it (95 %)', 'on all higher by (95 %)'], rows)}<p class="note">News: neither learnt from nor a near-duplicate of what was learnt from, as the audit found them before the model was judged.</p>`;
}

function duplicates(report: AuditReport): string {
  const kinds = ['exact', 'almost', 'scene'] as const;
  const titles = {
    exact: 'the same file',
    almost: 'the same picture, copied or saved again',
    scene: 'the same scene',
  };
  const rows = kinds.map((kind) => {
    const own = report.chains.filter((chain) => chain.kind === kind);
    return [
      titles[kind],
      own.length,
      own.reduce((sum, { ids }) => sum + ids.length, 0),
      own.reduce((most, { ids }) => Math.max(most, ids.length), 0),
    ];
  });
  const twins = report.twins.map(({ of, into, images, withTwin }) => [
    `${of} in ${into}`,
    images,
    withTwin,
    percent(images === 0 ? 0 : withTwin / images),
  ]);
  return `${table(['weakest tie', 'chains', 'photographs', 'longest'], rows)}${twins.length === 0 ? '' : table(['twins of', 'photographs', 'with a twin', ''], twins)}${report.hasFeatures ? '' : '<p class="note">Features of a backbone were not compared, so photographs of the same scene that differ in their pixels are not among these.</p>'}`;
}

function groups(report: AuditReport): string {
  const signals = report.groups.signals.map(({ id, parts, coverage, agreement, isUsed }) => [
    id,
    parts,
    percent(coverage),
    agreement === null ? '–' : agreement.toFixed(2),
    isUsed ? '<b>used</b>' : '',
  ]);
  const rows = report.groups.groups
    .slice(0, 60)
    .map(({ name, imageIds, evidence }) => [
      escapeText(name),
      imageIds.length,
      escapeText(evidence.join('; ')),
    ]);
  const more = report.groups.groups.length - rows.length;
  return `<p>Proposed, with what speaks for them. Agreement is how far photographs with like backgrounds share the value, beyond chance.</p>${table(['signal', 'values', 'known of', 'agreement', ''], signals)}${table(['group', 'photographs', 'evidence'], rows)}${more > 0 ? `<p class="note">and ${more} more.</p>` : ''}`;
}

function balance(report: AuditReport): string {
  const { classes, groups: all } = report.balance;
  const shown = all.slice(0, 40);
  const cells = drawCells(
    shown.map(({ boxes: counts }) => counts),
    shown.map(({ name }) => (name === '' ? 'no group' : name)),
    classes.map(({ name }) => name),
  );
  return `${drawBars(
    classes.map(({ name, boxes: n }) => ({ label: name, value: n })),
    'Boxes of each class',
  )}<h3>Boxes of each class by group</h3>${cells}`;
}

function boxes(report: AuditReport): string {
  const { centres, areas } = report.boxShapes;
  const edge = (share: number): string => `${share * 100} %`;
  const labels = areas.map((_, i) =>
    i === 0
      ? `below ${edge(areaEdges[0])}`
      : i === areas.length - 1
        ? `above ${edge(areaEdges[5])}`
        : `${edge(areaEdges[i - 1] ?? 0)} – ${edge(areaEdges[i] ?? 0)}`,
  );
  const rows = Array.from({ length: 8 }, (_, r) => centres.slice(r * 12, (r + 1) * 12));
  return `${drawBars(
    areas.map((value, i) => ({ label: labels[i] ?? '', value })),
    'Boxes by the part of the photograph they cover',
  )}<h3>Where the middles of boxes lie</h3>${drawCells(rows, [], [])}`;
}

function findings(report: AuditReport): string {
  if (report.findings.length === 0) return '<p>Nothing odd was found.</p>';
  return table(
    ['finding', 'boxes', 'photographs', 'what was measured'],
    report.findings.map(({ id, boxes: n, imageIds, detail }) => [
      escapeText(findingTitles[id]),
      n,
      imageIds.length,
      escapeText(detail),
    ]),
  );
}

/** How printed reports look, in every browser and on paper. */
export const reportStyle = `
:root{color-scheme:light}
body{font:14px/1.45 system-ui,sans-serif;color:#1d2733;background:#fff;max-width:960px;margin:24px auto;padding:0 24px}
h1{font-size:22px;margin:0}h2{font-size:17px;margin:28px 0 8px;border-bottom:1px solid #cfd6dd;padding-bottom:4px}h3{font-size:14px;margin:16px 0 6px}
header p,.note{color:#56636f;margin:4px 0}.note{font-size:12px}.verdict{font-weight:600}
table{border-collapse:collapse;width:100%;margin:8px 0;font-size:13px}th{text-align:left;font-weight:500;color:#56636f;border-bottom:1px solid #98a4b0}
td,th{padding:3px 10px 3px 0;vertical-align:top}td{border-bottom:1px solid #e4e8ec;overflow-wrap:anywhere}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;padding-right:18px}
ul{margin:6px 0;padding-left:20px}svg{max-width:100%;height:auto;display:block;margin:8px 0}svg text{font:12px system-ui,sans-serif;fill:#1d2733}
@media print{body{margin:0;max-width:none;padding:0}section{break-inside:avoid-page}h2{break-after:avoid}tr,svg{break-inside:avoid}}
`;
