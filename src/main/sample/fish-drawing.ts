/** Draws one fish as SVG, and tells exactly which pixels it spans. */
import { boxFromCorners, type PixelBox, type Point } from '../../core/geometry.ts';
import type { Random } from '../../core/random.ts';
import { type FishPalette, type FishShape, toPoints } from './fish-shapes.ts';
import { blob, element, linearGradient, mix, num, pathData, shade, smooth } from './svg.ts';

/** Where and how a fish lies. `angleRad` turns its nose from +x, clockwise on the screen. */
export interface FishPose {
  readonly centre: Point;
  readonly lengthPx: number;
  readonly angleRad: number;
  /** True: it lies on its other flank. */
  readonly mirrored: boolean;
  /** Sag of the body as a share of its length, about −0.1..0.1. */
  readonly bendFrac: number;
  /** How deep the body is compared with the shape's own proportions, about 0.9..1.1. */
  readonly depthScale: number;
}

export interface DrawnFish {
  readonly svg: string;
  /** What the fish spans, body and fins, not clipped to the image. */
  readonly box: PixelBox;
  readonly head: Point;
  readonly tail: Point;
}

interface Frame {
  readonly place: (p: Point) => Point;
  readonly local: (points: readonly Point[]) => Point[];
}

/** The two frames of a fish: `local` bends and scales (pixels, before turning), `place` goes all the way to the image. */
function makeFrame(pose: FishPose): Frame {
  const flip = pose.mirrored ? -1 : 1;
  const bend = (p: Point): Point => ({
    x: p.x * pose.lengthPx,
    y: (p.y * pose.depthScale + pose.bendFrac * (4 * p.x * p.x - 0.5)) * flip * pose.lengthPx,
  });
  const [cos, sin] = [Math.cos(pose.angleRad), Math.sin(pose.angleRad)];
  return {
    local: (points) => points.map(bend),
    place: (p) => {
      const q = bend(p);
      return { x: pose.centre.x + q.x * cos - q.y * sin, y: pose.centre.y + q.x * sin + q.y * cos };
    },
  };
}

/** What a fish in this pose spans, body and fins, in image pixels, not clipped; and its two ends. Cheap: nothing is drawn. */
export function measureFish(shape: FishShape, pose: FishPose): Omit<DrawnFish, 'svg'> {
  const frame = makeFrame(pose);
  const spanned = outlinesOf(shape).flat().map(frame.place);
  const xs = spanned.map((p) => p.x);
  const ys = spanned.map((p) => p.y);
  return {
    box: boxFromCorners(
      { x: Math.min(...xs), y: Math.min(...ys) },
      { x: Math.max(...xs), y: Math.max(...ys) },
    ),
    head: frame.place({ x: 0.5, y: 0 }),
    tail: frame.place({ x: -0.45, y: 0 }),
  };
}

const outlineCache = new WeakMap<FishShape, Point[][]>();

/** The smoothed outlines of a shape, in its own unit: body, tail, then its fins in order. */
function outlinesOf(shape: FishShape): Point[][] {
  const known = outlineCache.get(shape);
  if (known !== undefined) return known;
  const body = [...smooth(toPoints(shape.back)), ...smooth(toPoints(shape.belly)).toReversed()];
  const made = [
    body,
    smooth(toPoints(shape.tail), 3),
    ...shape.fins.map((fin) => smooth(toPoints(fin.points), 4)),
  ];
  outlineCache.set(shape, made);
  return made;
}

/** Draws a fish. `id` must be unique in the picture: it names the fish's gradient. */
export function drawFish(shape: FishShape, pose: FishPose, random: Random, id: string): DrawnFish {
  const frame = makeFrame(pose);
  const palette = random.pick(shape.palettes);
  const whole = outlinesOf(shape);
  const [outline, tail, ...fins] = whole as [Point[], Point[], ...Point[][]];
  const parts = [
    ...drawShadow(whole, pose, frame),
    ...fins.map((fin, i) => drawFin(frame.local(fin), palette[shape.fins[i]?.tint ?? 'fin'])),
    drawFin(frame.local(tail), palette.fin),
    ...drawFinlets(shape, palette, frame),
    ...drawBody(shape, palette, outline, frame, pose, id),
    ...drawMarking(shape, palette, frame, random),
    ...drawFace(shape, frame, pose, random),
    element('path', {
      d: pathData(frame.local(smooth(toPoints(shape.pectoral), 4))),
      fill: mix(palette.fin, palette.back, 0.3),
      opacity: 0.85,
    }),
    ...drawBlood(frame, random),
  ];
  const turn = `translate(${num(pose.centre.x)} ${num(pose.centre.y)}) rotate(${num((pose.angleRad * 180) / Math.PI)})`;
  return { svg: element('g', { transform: turn }, parts.join('')), ...measureFish(shape, pose) };
}

/** Two stacked outlines, each a little further off and wider: a soft shadow without a blur filter, which would cost more than the fish. */
function drawShadow(whole: readonly (readonly Point[])[], pose: FishPose, frame: Frame): string[] {
  const d = whole.map((points) => pathData(frame.local(points))).join('');
  const [cos, sin] = [Math.cos(-pose.angleRad), Math.sin(-pose.angleRad)];
  return [0.014, 0.036].map((share) => {
    const [dx, dy] = [share * pose.lengthPx * 0.5, share * pose.lengthPx * 0.9 + 1];
    const shift = `translate(${num(dx * cos - dy * sin)} ${num(dx * sin + dy * cos)})`;
    const wide = {
      stroke: '#05080c',
      'stroke-width': num(share * pose.lengthPx * 0.5),
      'stroke-linejoin': 'bevel',
    };
    return element('path', { d, transform: shift, fill: '#05080c', ...wide, opacity: 0.17 });
  });
}

function drawFin(points: readonly Point[], color: string): string {
  return element('path', {
    d: pathData(points),
    fill: color,
    stroke: shade(color, -0.35),
    'stroke-width': 0.8,
  });
}

/** The small triangles between the last fins and the tail of tunas and mackerels, above and below. */
function drawFinlets(shape: FishShape, palette: FishPalette, frame: Frame): string[] {
  if (shape.finlets === null) return [];
  const color = palette[shape.finlets];
  const out: string[] = [];
  for (const side of [-1, 1]) {
    for (let i = 0; i < 6; i++) {
      const x = -0.12 - i * 0.04;
      const y = side * acrossAt(side < 0 ? shape.back : shape.belly, x);
      const triangle = [
        { x: x + 0.012, y: y * 0.92 },
        { x: x - 0.02, y: y + side * 0.024 },
        { x: x - 0.014, y: y * 0.9 },
      ];
      out.push(element('path', { d: pathData(frame.local(triangle)), fill: color }));
    }
  }
  return out;
}

/** How far the body reaches from its axis at `x`, ≥ 0, by straight lines between the control points. */
function acrossAt(side: string, x: number): number {
  const points = toPoints(side);
  for (let i = 0; i + 1 < points.length; i++) {
    const [a, b] = [points[i] as Point, points[i + 1] as Point];
    if (x <= a.x && x >= b.x && a.x > b.x) return Math.abs(a.y + ((x - a.x) / (b.x - a.x)) * (b.y - a.y));
  }
  return 0.01;
}

/** A point of the flank: `along` 0 nose .. 1 tail root, `across` −1 back .. 1 belly. */
function onFlank(shape: FishShape, along: number, across: number): Point {
  const x = 0.48 - along * 0.84;
  const reach = across < 0 ? acrossAt(shape.back, x) : acrossAt(shape.belly, x);
  return { x, y: across * reach };
}

function drawBody(
  shape: FishShape,
  palette: FishPalette,
  outline: readonly Point[],
  frame: Frame,
  pose: FishPose,
  id: string,
): string[] {
  const depth = Math.max(...toPoints(shape.back).map((p) => Math.abs(p.y))) * pose.lengthPx * pose.depthScale;
  const up = pose.mirrored ? 1 : -1;
  const stops = [
    [0, shade(palette.back, -0.15)],
    [0.22, palette.back],
    [0.48, palette.flank],
    [0.7, mix(palette.flank, palette.belly, 0.75)],
    [0.88, palette.belly],
    [1, shade(palette.belly, -0.3)],
  ] as const;
  const gradient = linearGradient(id, { x: 0, y: up * depth }, { x: 0, y: -up * depth }, stops);
  const gloss = [0.12, 0.25, 0.4, 0.55, 0.7, 0.82].map((along) => onFlank(shape, along, -0.3));
  const glossBack = [0.8, 0.62, 0.4, 0.2].map((along) => onFlank(shape, along, -0.52));
  const sheen = frame.local(smooth([...gloss, ...glossBack], 4));
  const lateral = frame.local(
    smooth(
      [0.2, 0.32, 0.55, 0.8, 0.97].map((along, i) => onFlank(shape, along, i === 0 ? -0.2 : -0.08)),
      5,
    ),
  );
  return [
    element('defs', {}, gradient),
    element('path', {
      d: pathData(frame.local(outline)),
      fill: `url(#${id})`,
      stroke: shade(palette.back, -0.4),
      'stroke-width': 1,
    }),
    element('path', { d: pathData(sheen), fill: '#ffffff', opacity: 0.17 }),
    element('path', {
      d: pathData(lateral, true),
      fill: 'none',
      stroke: shade(palette.back, -0.2),
      'stroke-width': num(pose.lengthPx * 0.004),
      opacity: 0.55,
    }),
  ];
}

function drawMarking(shape: FishShape, palette: FishPalette, frame: Frame, random: Random): string[] {
  const dot = (along: number, across: number, radius: number, color: string, opacity: number): string => {
    const at = onFlank(shape, along, across);
    const ring = Array.from({ length: 9 }, (_, i) => ({
      x: at.x + Math.cos((i * 2 * Math.PI) / 9) * radius,
      y: at.y + Math.sin((i * 2 * Math.PI) / 9) * radius,
    }));
    return element('path', { d: pathData(frame.local(ring)), fill: color, opacity });
  };
  if (shape.marking === 'spots')
    return Array.from({ length: 46 }, () =>
      dot(random.range(0.2, 0.92), random.range(-0.85, 0.85), random.range(0.006, 0.013), '#f5f2ee', 0.8),
    );
  if (shape.marking === 'speckles')
    return Array.from({ length: 42 }, () =>
      dot(
        random.range(0.1, 0.95),
        random.range(-0.8, 0.7),
        random.range(0.003, 0.007),
        random.pick(['#1f6d9c', '#17536f', '#2f8fb0']),
        0.85,
      ),
    );
  if (shape.marking === 'bars') {
    return Array.from({ length: 13 }, (_, i) => {
      const along = 0.2 + i * 0.058 + random.range(-0.008, 0.008);
      const bar = [
        onFlank(shape, along, -0.92),
        onFlank(shape, along + 0.018, -0.9),
        onFlank(shape, along + 0.03, 0.25),
        onFlank(shape, along + 0.015, 0.3),
      ];
      return element('path', {
        d: pathData(frame.local(bar)),
        fill: shade(palette.back, -0.3),
        opacity: 0.5,
      });
    });
  }
  if (shape.marking === 'stripe') {
    const stripe = [
      ...[0.14, 0.4, 0.7, 0.98].map((a) => onFlank(shape, a, -0.32)),
      ...[0.98, 0.7, 0.4, 0.14].map((a) => onFlank(shape, a, -0.08)),
    ];
    return [element('path', { d: pathData(frame.local(smooth(stripe, 4))), fill: '#e9c22c', opacity: 0.6 })];
  }
  if (shape.marking === 'gills') {
    return Array.from({ length: 5 }, (_, i) => {
      const along = 0.24 + i * 0.02;
      const slit = [-0.5, -0.1, 0.35].map((across, j) =>
        onFlank(shape, along + (j === 1 ? 0.008 : 0), across),
      );
      return element('path', {
        d: pathData(frame.local(slit), true),
        fill: 'none',
        stroke: shade(palette.back, -0.5),
        'stroke-width': 1.4,
      });
    });
  }
  return [];
}

const gillCover = [
  [0.22, -0.6],
  [0.245, -0.25],
  [0.25, 0.1],
  [0.235, 0.5],
  [0.2, 0.8],
] as const;

/** Eye, mouth and gill cover. */
function drawFace(shape: FishShape, frame: Frame, pose: FishPose, random: Random): string[] {
  const eye = frame.local([{ x: shape.eye.at[0], y: shape.eye.at[1] }])[0] as Point;
  const radius = Math.max(1.2, shape.eye.radius * pose.lengthPx);
  const at = { cx: num(eye.x), cy: num(eye.y) };
  const mouth = frame.local([
    { x: 0.5, y: 0.008 },
    { x: 0.47, y: 0.02 },
    { x: 0.45, y: 0.03 },
  ]);
  const face = [
    element('circle', { ...at, r: num(radius), fill: '#d8d2b8' }),
    element('circle', { ...at, r: num(radius * 0.68), fill: '#0b0d10' }),
    element('circle', {
      cx: num(eye.x - radius * 0.25),
      cy: num(eye.y - radius * 0.25),
      r: num(radius * 0.2),
      fill: '#ffffff',
    }),
    element('path', {
      d: pathData(mouth, true),
      fill: 'none',
      stroke: '#1a1a1a',
      'stroke-width': 1.1,
      opacity: 0.7,
    }),
  ];
  if (shape.marking === 'gills') return face;
  const cover = frame.local(
    smooth(
      gillCover.map(([along, across]) => onFlank(shape, along, across)),
      4,
    ),
  );
  const red = random.next() < 0.3 ? '#6d1c18' : '#20242a';
  return [
    ...face,
    element('path', {
      d: pathData(cover, true),
      fill: 'none',
      stroke: red,
      'stroke-width': num(Math.max(1, pose.lengthPx * 0.006)),
      opacity: 0.6,
    }),
  ];
}

/** A smear near the gills of some fish. */
function drawBlood(frame: Frame, random: Random): string[] {
  if (random.next() > 0.35) return [];
  const centre = { x: random.range(0.15, 0.38), y: random.range(-0.03, 0.07) };
  return [
    element('path', {
      d: pathData(frame.local(blob(random, centre, 0.035, 0.02, 0.5, 9))),
      fill: '#7c1712',
      opacity: random.range(0.3, 0.65),
    }),
  ];
}
