/** Colours and dashes of boxes: what is solid was drawn by hand, what is dashed was predicted. Colour is never the only sign. */
import type { ClassRecord } from '../../core/records.ts';

/** `class`: labels in their class colour. `compare`: hand red, predicted yellow. Predictions are yellow and dashed in both. */
export type Palette = 'class' | 'compare';

const handColor = '#f0524f';
export const predictedColor = '#f2c230';
const unknownColor = '#9aa5a9';
/** Dash and gap in CSS pixels, whatever the zoom. */
export const predictedDashView: readonly number[] = [7, 4];

/** The colour of a label's outline. */
export function pickBoxColor(palette: Palette, entry: ClassRecord | undefined): string {
  if (palette === 'compare') return handColor;
  return entry?.color ?? unknownColor;
}

/** Black or white, whichever reads better on a `#rrggbb` colour (relative luminance, WCAG 2.2). */
export function pickTextColor(color: string): string {
  const channel = (at: number): number => {
    const value = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  const luminance = 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
  return luminance > 0.179 ? '#000000' : '#ffffff';
}

/** A score as it is written everywhere: `0.87`. It ranks, and is a probability only where it was calibrated. */
export function formatScore(score: number): string {
  return score.toFixed(2);
}
