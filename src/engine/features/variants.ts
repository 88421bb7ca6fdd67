/** The copies of a photograph whose features may be kept: as it is, mirrored, or one drawn augmentation. */
import type { Random } from '../../core/random.ts';
import { PLAIN_VIEW, type View } from './letterbox.ts';

/**
 * One copy: where the photograph lies and how its colours are changed. `id` is the key in the feature store: the same id must always
 * mean the same copy, so a drawn one carries its numbers in its id.
 */
export interface FeatureVariant extends View {
  readonly id: string;
  /** Factor on red, green and blue (of 0..255, clipped). */
  readonly gain: readonly [number, number, number];
}

const NO_GAIN = [1, 1, 1] as const;

/** The photograph as it is, letterboxed. */
export const PLAIN: FeatureVariant = { id: 'plain', ...PLAIN_VIEW, gain: NO_GAIN };

/** Mirrored left to right. */
export const FLIP: FeatureVariant = { ...PLAIN, id: 'flip', flip: true };

const CLOSER = 1.5;
const ASIDE = (CLOSER - 1) / 2;

/**
 * Four close-ups that overlap: each shows a corner two thirds as wide and as high as the photograph, so that small fish are half as large again
 * (slicing-aided inference, Akyon et al. 2022).
 */
export const CLOSE_UPS: readonly FeatureVariant[] = [-1, 1].flatMap((y) =>
  [-1, 1].map((x) => ({
    ...PLAIN,
    id: `close${x < 0 ? '-right' : '-left'}${y < 0 ? '-below' : '-above'}`,
    zoom: CLOSER,
    shiftXFrac: x * ASIDE,
    shiftYFrac: y * ASIDE,
  })),
);

/** How widely {@link drawVariant} draws. */
export interface VariantRange {
  /** Half of the copies are mirrored. */
  readonly flip: boolean;
  readonly zoomMin: number;
  readonly zoomMax: number;
  /** Largest shift to either side, as a fraction of the canvas. */
  readonly shiftFrac: number;
  /** Largest change of a colour factor: 0.2 draws 0.8 … 1.2. */
  readonly gainSpread: number;
  /** Largest turn to either side. */
  readonly rotationDeg: number;
}

export const DEFAULT_RANGE: VariantRange = {
  flip: true,
  zoomMin: 0.7,
  zoomMax: 1.5,
  shiftFrac: 0.15,
  gainSpread: 0.15,
  rotationDeg: 0,
};

/**
 * Draws one augmented copy. Its id holds its numbers, rounded as they are used: equal ids are equal copies. What is drawn, and in which
 * order, decides which copies stores hold: a new kind of change is drawn last and left out of the id where it does nothing.
 */
export function drawVariant(random: Random, range: VariantRange = DEFAULT_RANGE): FeatureVariant {
  const round = (value: number): number => Math.round(value * 1000) / 1000;
  const flip = random.next() < 0.5 && range.flip;
  const zoom = round(Math.exp(random.range(Math.log(range.zoomMin), Math.log(range.zoomMax))));
  const shiftXFrac = round(random.range(-range.shiftFrac, range.shiftFrac));
  const shiftYFrac = round(random.range(-range.shiftFrac, range.shiftFrac));
  const light = random.range(1 - range.gainSpread, 1 + range.gainSpread);
  const channel = (): number =>
    round(light * random.range(1 - range.gainSpread / 2, 1 + range.gainSpread / 2));
  const gain = [channel(), channel(), channel()] as const;
  const rotationDeg =
    range.rotationDeg === 0 ? 0 : round(random.range(-range.rotationDeg, range.rotationDeg));
  const turn = rotationDeg === 0 ? '' : `-r${rotationDeg}`;
  const id = `aug${flip ? '-f' : ''}-z${zoom}-x${shiftXFrac}-y${shiftYFrac}-g${gain.join('_')}${turn}`;
  return { id, flip, zoom, shiftXFrac, shiftYFrac, rotationDeg, gain };
}
