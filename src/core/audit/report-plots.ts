/** Plots as SVG text for a page that is printed: sharp at any size, no script. */

/** Text that is no markup, whatever a file or a class is called. */
export function escapeText(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

const ink = '#1f6f96';
const strong = '#b3401f';
const rowPx = 22;
const labelPx = 330;
const widthPx = 900;

const svg = (height: number, label: string, body: string): string =>
  `<svg viewBox="0 0 ${widthPx} ${height}" width="${widthPx}" height="${height}" role="img" aria-label="${escapeText(label)}">${body}</svg>`;

const at = (value: number): string => value.toFixed(1);

function cut(text: string, letters: number): string {
  return text.length > letters ? `${text.slice(0, letters - 1)}…` : text;
}

export interface IntervalRow {
  readonly label: string;
  /** 0..1. */
  readonly at: number;
  readonly range: { readonly low: number; readonly high: number } | null;
  /** Something to compare with, 0..1: an upright stroke. */
  readonly beside: number;
  readonly isStrong: boolean;
}

/** Points with their intervals on a line from 0 to 100 %. */
export function drawIntervals(rows: readonly IntervalRow[], title: string): string {
  const x = (share: number): number => labelPx + share * (widthPx - labelPx - 30);
  const body = rows.map(({ label, at: value, range, beside, isStrong }, i) => {
    const y = 14 + i * rowPx;
    const color = isStrong ? strong : ink;
    const bar =
      range === null
        ? ''
        : `<line x1="${at(x(range.low))}" x2="${at(x(range.high))}" y1="${y}" y2="${y}" stroke="${color}" stroke-width="2"/>`;
    return `<text x="0" y="${y + 4}">${escapeText(cut(label, 52))}</text>${bar}<circle cx="${at(x(value))}" cy="${y}" r="4" fill="${color}"/><line x1="${at(x(beside))}" x2="${at(x(beside))}" y1="${y - 7}" y2="${y + 7}" stroke="#56636f" stroke-width="1.5"/>`;
  });
  const bottom = 14 + rows.length * rowPx;
  const ticks = [0, 0.25, 0.5, 0.75, 1].map(
    (share) =>
      `<line x1="${at(x(share))}" x2="${at(x(share))}" y1="2" y2="${bottom - 6}" stroke="#e4e8ec"/><text x="${at(x(share))}" y="${bottom + 10}" text-anchor="middle">${share * 100} %</text>`,
  );
  return `<p class="note">${escapeText(title)}</p>${svg(bottom + 16, title, ticks.join('') + body.join(''))}`;
}

/** Bars from the left, each with its number. */
export function drawBars(
  rows: readonly { readonly label: string; readonly value: number }[],
  title: string,
): string {
  const most = Math.max(1, ...rows.map(({ value }) => value));
  const left = 180;
  const body = rows.map(({ label, value }, i) => {
    const y = i * rowPx;
    const length = (value / most) * (widthPx - left - 90);
    return `<text x="0" y="${y + 15}">${escapeText(cut(label, 26))}</text><rect x="${left}" y="${y + 4}" width="${at(length)}" height="14" fill="${ink}"/><text x="${at(left + length + 6)}" y="${y + 15}">${value.toLocaleString('en')}</text>`;
  });
  return `<p class="note">${escapeText(title)}</p>${svg(rows.length * rowPx + 4, title, body.join(''))}`;
}

/** Counts as shaded cells, darker is more; each with its number. Names may be left out. */
export function drawCells(
  counts: readonly (readonly number[])[],
  rowNames: readonly string[],
  columnNames: readonly string[],
): string {
  const columns = Math.max(0, ...counts.map((own) => own.length));
  if (columns === 0) return '<p class="note">Nothing to show.</p>';
  const most = Math.max(1, ...counts.flat());
  const left = rowNames.length > 0 ? 180 : 0;
  const top = columnNames.length > 0 ? 20 : 0;
  const cellPx = Math.min(80, (widthPx - left) / columns);
  const names = [
    ...rowNames.map(
      (name, r) => `<text x="0" y="${top + r * rowPx + 15}">${escapeText(cut(name, 26))}</text>`,
    ),
    ...columnNames.map(
      (name, c) =>
        `<text x="${at(left + (c + 0.5) * cellPx)}" y="13" text-anchor="middle">${escapeText(cut(name, Math.floor(cellPx / 7)))}</text>`,
    ),
  ];
  const cells = counts.flatMap((own, r) =>
    own.map((count, c) => {
      const share = Math.sqrt(count / most);
      const [x, y] = [left + c * cellPx, top + r * rowPx];
      const number =
        count === 0
          ? ''
          : `<text x="${at(x + cellPx / 2)}" y="${y + 15}" text-anchor="middle"${share > 0.6 ? ' style="fill:#fff"' : ''}>${count.toLocaleString('en')}</text>`;
      return `<rect x="${at(x)}" y="${y}" width="${at(cellPx - 1)}" height="${rowPx - 1}" fill="${ink}" fill-opacity="${(0.06 + 0.94 * share).toFixed(2)}"/>${number}`;
    }),
  );
  return svg(top + counts.length * rowPx + 4, 'Counts as shaded cells', names.join('') + cells.join(''));
}
