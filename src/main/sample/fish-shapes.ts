/** The shapes of the seven kinds of fish, side view, nose at x = 0.5, tail tips near x = −0.5, back at y < 0; unit: the fish's length. */
import type { Point } from '../../core/geometry.ts';

export type SampleClassName = 'ALB' | 'BET' | 'DOL' | 'LAG' | 'OTHER' | 'SHARK' | 'YFT';

type Pair = readonly [number, number];

/** Colours of a fish: back, flank and belly run across the body; fins and accent are for its appendages. */
export interface FishPalette {
  readonly back: string;
  readonly flank: string;
  readonly belly: string;
  readonly fin: string;
  readonly accent: string;
}

export type FishMarking = 'plain' | 'bars' | 'spots' | 'speckles' | 'stripe' | 'gills';

export interface FishShape {
  readonly className: SampleClassName;
  /** Length as a share of the image's width: smallest, largest. */
  readonly lengthFrac: Pair;
  /** Control points from nose to tail root, as `x y, x y, …`; so are all outlines here. */
  readonly back: string;
  readonly belly: string;
  readonly tail: string;
  /** Fins standing off the body, drawn under it. */
  readonly fins: readonly { readonly points: string; readonly tint: 'fin' | 'accent' }[];
  /** The fin on the flank, drawn over the body. */
  readonly pectoral: string;
  readonly finlets: 'accent' | 'fin' | null;
  readonly eye: { readonly at: Pair; readonly radius: number };
  readonly marking: FishMarking;
  readonly palettes: readonly FishPalette[];
}

const tunaTail =
  '-0.37 -0.02, -0.43 -0.06, -0.5 -0.15, -0.445 -0.04, -0.435 0, -0.445 0.04, -0.5 0.15, -0.43 0.06, -0.37 0.02';

const albacore: FishShape = {
  className: 'ALB',
  lengthFrac: [0.2, 0.29],
  back: '0.5 0, 0.4 -0.068, 0.24 -0.112, 0.04 -0.118, -0.16 -0.078, -0.3 -0.03, -0.38 -0.016',
  belly: '0.5 0.004, 0.4 0.066, 0.24 0.108, 0.04 0.112, -0.16 0.07, -0.3 0.028, -0.38 0.016',
  tail: tunaTail,
  fins: [
    {
      points: '0.2 -0.11, 0.13 -0.17, 0.05 -0.135, 0.02 -0.11',
      tint: 'fin',
    },
    {
      points: '0 -0.11, -0.07 -0.165, -0.075 -0.1',
      tint: 'fin',
    },
    {
      points: '-0.03 0.1, -0.1 0.16, -0.1 0.09',
      tint: 'fin',
    },
  ],
  pectoral: '0.23 0.005, 0.14 0.035, -0.02 0.068, -0.16 0.072, -0.02 0.048, 0.12 0.0',
  finlets: 'fin',
  eye: { at: [0.42, -0.012], radius: 0.015 },
  marking: 'plain',
  palettes: [
    { back: '#1d2c49', flank: '#7d90a8', belly: '#e3e8ea', fin: '#27344a', accent: '#3a4a60' },
    { back: '#22324a', flank: '#8b9bab', belly: '#dfe2e0', fin: '#2b394d', accent: '#405062' },
  ],
};

const bigeye: FishShape = {
  className: 'BET',
  lengthFrac: [0.22, 0.33],
  back: '0.5 0.005, 0.42 -0.085, 0.3 -0.142, 0.12 -0.165, -0.08 -0.128, -0.27 -0.05, -0.38 -0.018',
  belly: '0.5 0.01, 0.42 0.085, 0.28 0.148, 0.1 0.162, -0.1 0.112, -0.27 0.045, -0.38 0.018',
  tail: tunaTail,
  fins: [
    {
      points: '0.22 -0.15, 0.17 -0.225, 0.06 -0.17, 0.04 -0.15',
      tint: 'fin',
    },
    {
      points: '0.02 -0.145, -0.07 -0.215, -0.075 -0.12',
      tint: 'accent',
    },
    {
      points: '-0.04 0.125, -0.13 0.2, -0.12 0.1',
      tint: 'accent',
    },
  ],
  pectoral: '0.24 0.01, 0.15 0.05, 0.02 0.062, 0.12 0.01',
  finlets: 'accent',
  eye: { at: [0.415, -0.018], radius: 0.028 },
  marking: 'plain',
  palettes: [
    { back: '#141a2b', flank: '#55607a', belly: '#c9ccd2', fin: '#1b2030', accent: '#8f7d3a' },
    { back: '#1b1f33', flank: '#6b6f86', belly: '#d4cfd0', fin: '#20222f', accent: '#998340' },
  ],
};

const yellowfin: FishShape = {
  className: 'YFT',
  lengthFrac: [0.24, 0.36],
  back: '0.5 0, 0.41 -0.066, 0.26 -0.112, 0.06 -0.125, -0.14 -0.086, -0.29 -0.034, -0.38 -0.016',
  belly: '0.5 0.005, 0.41 0.066, 0.26 0.11, 0.06 0.12, -0.14 0.08, -0.29 0.032, -0.38 0.016',
  tail: tunaTail,
  fins: [
    {
      points: '0.2 -0.11, 0.14 -0.172, 0.05 -0.13',
      tint: 'fin',
    },
    {
      points: '0.02 -0.118, -0.06 -0.2, -0.19 -0.295, -0.12 -0.18, -0.075 -0.1',
      tint: 'accent',
    },
    {
      points: '-0.03 0.11, -0.1 0.19, -0.22 0.285, -0.15 0.17, -0.11 0.09',
      tint: 'accent',
    },
  ],
  pectoral: '0.22 0.0, 0.13 0.04, -0.03 0.058, 0.1 0.004',
  finlets: 'accent',
  eye: { at: [0.42, -0.012], radius: 0.016 },
  marking: 'stripe',
  palettes: [
    { back: '#1f3148', flank: '#a79a52', belly: '#e6e0c4', fin: '#6d6430', accent: '#f0c21b' },
    { back: '#243a4c', flank: '#b8a75a', belly: '#e9e6d6', fin: '#7b6b2b', accent: '#f4cf2e' },
  ],
};

const dolphinfish: FishShape = {
  className: 'DOL',
  lengthFrac: [0.2, 0.31],
  back: '0.47 0.03, 0.475 -0.03, 0.44 -0.088, 0.36 -0.115, 0.18 -0.108, -0.04 -0.078, -0.24 -0.042, -0.36 -0.02',
  belly: '0.47 0.04, 0.42 0.075, 0.28 0.1, 0.1 0.086, -0.1 0.06, -0.26 0.034, -0.36 0.018',
  tail: '-0.35 -0.022, -0.42 -0.07, -0.5 -0.14, -0.455 -0.05, -0.415 0, -0.455 0.05, -0.5 0.14, -0.42 0.07, -0.35 0.022',
  fins: [
    {
      points: '0.42 -0.095, 0.37 -0.17, 0.25 -0.185, 0.05 -0.15, -0.15 -0.105, -0.31 -0.065, -0.33 -0.03',
      tint: 'fin',
    },
    {
      points: '0.05 0.085, 0.02 0.125, -0.14 0.09, -0.3 0.055, -0.31 0.025',
      tint: 'accent',
    },
  ],
  pectoral: '0.28 0.02, 0.2 0.06, 0.15 0.075, 0.2 0.015',
  finlets: null,
  eye: { at: [0.415, -0.005], radius: 0.016 },
  marking: 'speckles',
  palettes: [
    { back: '#1f6f6a', flank: '#6fae3c', belly: '#ecd83f', fin: '#1c5a8c', accent: '#d8c23a' },
    { back: '#2a7d5b', flank: '#9cb93a', belly: '#f0dc62', fin: '#23679a', accent: '#c7b540' },
  ],
};

const opah: FishShape = {
  className: 'LAG',
  lengthFrac: [0.15, 0.23],
  back: '0.5 0.02, 0.43 -0.11, 0.3 -0.245, 0.1 -0.315, -0.12 -0.275, -0.28 -0.14, -0.36 -0.035',
  belly: '0.5 0.03, 0.43 0.13, 0.3 0.25, 0.1 0.315, -0.12 0.27, -0.28 0.135, -0.36 0.035',
  tail: '-0.34 -0.04, -0.43 -0.11, -0.5 -0.19, -0.465 -0.06, -0.46 0.06, -0.5 0.19, -0.43 0.11, -0.34 0.04',
  fins: [
    {
      points: '0.18 -0.3, 0.06 -0.43, -0.02 -0.36, -0.2 -0.27, -0.27 -0.19, -0.2 -0.2',
      tint: 'accent',
    },
    {
      points: '0.02 0.3, -0.1 0.33, -0.24 0.21, -0.22 0.17',
      tint: 'accent',
    },
    {
      points: '0.16 0.3, 0.04 0.42, 0.02 0.31',
      tint: 'accent',
    },
  ],
  pectoral: '0.2 0.01, 0.08 -0.06, -0.06 -0.1, 0.03 0.0, 0.14 0.06',
  finlets: null,
  eye: { at: [0.385, -0.025], radius: 0.034 },
  marking: 'spots',
  palettes: [
    { back: '#3b5674', flank: '#a98f98', belly: '#d98e78', fin: '#c4352a', accent: '#d2382a' },
    { back: '#4a5f78', flank: '#b69a98', belly: '#dd8368', fin: '#b8352c', accent: '#c93d2c' },
  ],
};

const shark: FishShape = {
  className: 'SHARK',
  lengthFrac: [0.34, 0.52],
  back: '0.5 0.0, 0.44 -0.034, 0.33 -0.062, 0.16 -0.074, -0.04 -0.06, -0.24 -0.034, -0.37 -0.018',
  belly: '0.5 0.006, 0.44 0.026, 0.33 0.05, 0.14 0.062, -0.06 0.05, -0.24 0.028, -0.37 0.014',
  tail: '-0.34 -0.022, -0.43 -0.085, -0.5 -0.165, -0.475 -0.08, -0.415 -0.01, -0.42 0.035, -0.445 0.08, -0.39 0.045, -0.34 0.018',
  fins: [
    {
      points: '0.15 -0.068, 0.09 -0.15, 0.045 -0.165, 0.055 -0.1, 0.03 -0.062',
      tint: 'fin',
    },
    {
      points: '-0.2 -0.038, -0.245 -0.068, -0.245 -0.03',
      tint: 'fin',
    },
    {
      points: '0.2 0.048, 0.12 0.13, 0.045 0.175, 0.075 0.1, 0.1 0.05',
      tint: 'fin',
    },
    {
      points: '-0.12 0.04, -0.175 0.08, -0.175 0.034',
      tint: 'fin',
    },
  ],
  pectoral: '0.2 0.02, 0.12 0.055, 0.07 0.07, 0.12 0.015',
  finlets: null,
  eye: { at: [0.42, -0.012], radius: 0.009 },
  marking: 'gills',
  palettes: [
    { back: '#31506f', flank: '#6c8399', belly: '#dfe5e6', fin: '#2b465f', accent: '#2b465f' },
    { back: '#5a5f5e', flank: '#84898a', belly: '#d9d8d0', fin: '#4d5352', accent: '#4d5352' },
    { back: '#5c4f3f', flank: '#8a7c68', belly: '#d6cdba', fin: '#52473a', accent: '#52473a' },
  ],
};

const other: FishShape = {
  className: 'OTHER',
  lengthFrac: [0.18, 0.34],
  back: '0.5 0.004, 0.43 -0.022, 0.3 -0.052, 0.1 -0.066, -0.12 -0.054, -0.28 -0.028, -0.38 -0.012',
  belly: '0.5 0.008, 0.43 0.028, 0.3 0.052, 0.1 0.062, -0.12 0.05, -0.28 0.026, -0.38 0.012',
  tail: '-0.36 -0.014, -0.44 -0.06, -0.5 -0.095, -0.455 -0.03, -0.44 0, -0.455 0.03, -0.5 0.095, -0.44 0.06, -0.36 0.014',
  fins: [
    {
      points: '0.28 -0.045, 0.24 -0.1, 0.1 -0.09, -0.02 -0.06',
      tint: 'fin',
    },
    {
      points: '-0.08 0.05, -0.14 0.085, -0.18 0.04',
      tint: 'fin',
    },
  ],
  pectoral: '0.26 0.01, 0.2 0.035, 0.16 0.04, 0.2 0.005',
  finlets: 'fin',
  eye: { at: [0.4, -0.006], radius: 0.013 },
  marking: 'bars',
  palettes: [
    { back: '#20406b', flank: '#7f98ab', belly: '#dde4e2', fin: '#24456c', accent: '#24456c' },
    { back: '#6b3a24', flank: '#a87550', belly: '#d9bd9a', fin: '#7c4326', accent: '#7c4326' },
    { back: '#38412c', flank: '#7d8464', belly: '#cfcbae', fin: '#454d34', accent: '#454d34' },
    { back: '#812f2a', flank: '#c4685a', belly: '#e7c2ae', fin: '#93362e', accent: '#93362e' },
  ],
};

/** One shape a box class, in the order of the class list. */
export const fishShapes: readonly FishShape[] = [
  albacore,
  bigeye,
  dolphinfish,
  opah,
  other,
  shark,
  yellowfin,
];

const read = new Map<string, readonly Point[]>();

/** Reads an outline written as `x y, x y, …`. Remembers the answer, for it is asked for every spot of every fish. */
export function toPoints(outline: string): readonly Point[] {
  const known = read.get(outline);
  if (known !== undefined) return known;
  const points = outline.split(', ').map((pair) => {
    const [x = 0, y = 0] = pair.split(' ').map(Number);
    return { x, y };
  });
  read.set(outline, points);
  return points;
}
