/** Composes one moment on a deck: which fish lie where, who works beside them, drops on the lens; drawn as SVG, told as boxes. */
import { clipBox, computeIou, type PixelBox, type Point } from '../../core/geometry.ts';
import type { Random } from '../../core/random.ts';
import type { Boat } from './boats.ts';
import { drawCrew, drawGlove } from './crew-drawing.ts';
import { type DrawnFish, drawFish, type FishPose, measureFish } from './fish-drawing.ts';
import { type FishShape, fishShapes, type SampleClassName } from './fish-shapes.ts';
import { blob, element, num, pathData, smooth, svgDocument } from './svg.ts';

/** A fish of the sample, in upright image pixels. Boxes are clipped to the image; head and tail may lie outside it. */
export interface SceneFish {
  readonly className: SampleClassName;
  readonly box: PixelBox;
  readonly head: Point;
  readonly tail: Point;
}

export interface Scene {
  /** Everything that is not bolted to the boat, transparent elsewhere; as large as the picture. */
  readonly svg: string;
  readonly fish: readonly SceneFish[];
}

/** Smallest share of a fish that must lie inside the picture for it to be laid there. */
const minInsideFrac = 0.55;

/** Draws a random moment on a boat. */
export function drawSampleScene(boat: Boat, random: Random): Scene {
  const laid = layFish(boat, random.fork('fish'));
  const wet = drawPuddles(boat, laid, random.fork('puddles'));
  const people = drawPeople(boat, laid, random.fork('people'));
  const drops = drawLensDrops(boat, random.fork('drops'));
  const inner = wet + laid.map((fish) => fish.drawn.svg).join('') + people + drops;
  return {
    svg: svgDocument(boat.widthPx, boat.heightPx, inner),
    fish: laid.map(({ shape, box, drawn }) => ({
      className: shape.className,
      box,
      head: drawn.head,
      tail: drawn.tail,
    })),
  };
}

interface LaidFish {
  readonly shape: FishShape;
  readonly drawn: DrawnFish;
  readonly box: PixelBox;
}

function countFish(boat: Boat, random: Random): number {
  const draw = random.next();
  if (draw < boat.emptyFrac) return 0;
  if (draw < boat.emptyFrac + boat.heapFrac) return 6 + random.int(11);
  return 1 + (random.next() < 0.45 ? 0 : random.int(4));
}

function pickShape(boat: Boat, random: Random): FishShape {
  const total = Object.values(boat.catch).reduce((sum, share) => sum + share, 0);
  let left = random.next() * total;
  for (const shape of fishShapes) {
    left -= boat.catch[shape.className] ?? 0;
    if (left < 0) return shape;
  }
  return fishShapes[0] as FishShape;
}

/** Lays fish one after another, refusing places where they would hide each other or leave the picture. */
function layFish(boat: Boat, random: Random): LaidFish[] {
  const wanted = countFish(boat, random);
  const heap = wanted >= 6;
  const top = Math.max(0.17, Math.max(...boat.seaLine) + 0.1);
  const middle = { x: random.range(0.35, 0.65), y: random.range(top + 0.2, 0.75) };
  const main = pickShape(boat, random);
  const laid: LaidFish[] = [];
  for (let attempt = 0; attempt < wanted * 8 && laid.length < wanted; attempt++) {
    const shape = heap && random.next() < 0.75 ? main : pickShape(boat, random);
    const spot = heap
      ? { x: middle.x + random.gaussian() * 0.17, y: middle.y + random.gaussian() * 0.13 }
      : { x: random.range(0.12, 0.88), y: random.range(top, 0.94) };
    if (spot.y < top || spot.y > 0.97) continue;
    const pose = makePose(boat, shape, spot, heap ? 0.78 : 1, random);
    const whole = measureFish(shape, pose).box;
    const box = clipBox(whole, boat);
    if (
      box === undefined ||
      box.w * box.h < minInsideFrac * whole.w * whole.h ||
      box.y < (top - 0.06) * boat.heightPx
    )
      continue;
    const hidden = laid.some(
      (other) =>
        computeIou(other.box, box) > (heap ? 0.4 : 0.18) || covers(box, other.box) > (heap ? 0.5 : 0.3),
    );
    if (!hidden)
      laid.push({
        shape,
        drawn: drawFish(shape, pose, random.fork(`fish ${attempt}`), `fish${attempt}`),
        box,
      });
  }
  return laid;
}

/** The share of `below` that `above` covers, by their boxes. */
function covers(above: PixelBox, below: PixelBox): number {
  const w = Math.min(above.x + above.w, below.x + below.w) - Math.max(above.x, below.x);
  const h = Math.min(above.y + above.h, below.y + below.h) - Math.max(above.y, below.y);
  return w <= 0 || h <= 0 ? 0 : (w * h) / (below.w * below.h);
}

function makePose(boat: Boat, shape: FishShape, spot: Point, scale: number, random: Random): FishPose {
  const nearness = 0.72 + 0.42 * spot.y;
  const lengthPx = random.range(...shape.lengthFrac) * boat.widthPx * nearness * scale;
  const lying =
    random.next() < 0.6
      ? random.gaussian() * 0.35 + (random.next() < 0.5 ? Math.PI : 0)
      : random.range(0, 2 * Math.PI);
  return {
    centre: { x: spot.x * boat.widthPx, y: spot.y * boat.heightPx },
    lengthPx,
    angleRad: lying,
    mirrored: random.next() < 0.5,
    bendFrac: random.gaussian() * 0.022,
    depthScale: random.range(0.9, 1.1),
  };
}

/** Water and blood around the catch, lying under it. */
function drawPuddles(boat: Boat, laid: readonly LaidFish[], random: Random): string {
  const out: string[] = [];
  for (let i = 0; i < 4; i++) {
    const at = {
      x: random.range(0, boat.widthPx),
      y: random.range(Math.max(0.3, ...boat.seaLine) + 0.1, 1) * boat.heightPx,
    };
    const reach = random.range(30, 110);
    const water = blob(random, at, reach, reach * 0.35, 0.5);
    const glint = blob(
      random,
      { x: at.x - reach * 0.2, y: at.y - reach * 0.06 },
      reach * 0.4,
      reach * 0.07,
      0.5,
      9,
    );
    out.push(
      element('path', { d: pathData(water), fill: '#0c1a22', opacity: 0.16 }),
      element('path', { d: pathData(glint), fill: '#ffffff', opacity: 0.18 }),
    );
  }
  for (const { drawn } of laid) {
    if (random.next() > 0.4) continue;
    const at = { x: drawn.head.x + random.gaussian() * 12, y: drawn.head.y + random.gaussian() * 10 };
    out.push(
      element('path', {
        d: pathData(blob(random, at, random.range(14, 46), random.range(8, 22), 0.6)),
        fill: '#6e1410',
        opacity: random.range(0.25, 0.5),
      }),
    );
  }
  return out.join('');
}

/** Up to two people at the edges, a hand on a fish where one is near; and now and then a glove alone at the border of a fish. */
function drawPeople(boat: Boat, laid: readonly LaidFish[], random: Random): string {
  const [w, h] = [boat.widthPx, boat.heightPx];
  const out: string[] = [];
  const count = random.next() < 0.35 ? 0 : random.next() < 0.75 ? 1 : 2;
  const top = Math.max(0.12, ...boat.seaLine);
  const posts: Point[] = random.shuffle([
    { x: 0.03, y: 0.6 },
    { x: 0.97, y: 0.55 },
    { x: 0.3, y: 1.03 },
    { x: 0.72, y: 1.04 },
    { x: 0.5, y: top + 0.06 },
    { x: 0.2, y: top + 0.08 },
  ]);
  for (const post of posts) {
    if (out.length >= count) break;
    const at = { x: post.x * w, y: post.y * h };
    const reach = h * random.range(0.1, 0.125) * (0.75 + 0.4 * post.y);
    const body = { x: at.x - reach * 1.2, y: at.y - reach * 1.2, w: reach * 2.4, h: reach * 2.4 };
    if (laid.some((fish) => covers(body, fish.box) > 0.12)) continue;
    const target = laid
      .map((fish) => fish.drawn.tail)
      .find((tail) => distance(tail, at) < h * 0.5 && distance(tail, at) > reach * 1.5);
    const angle = Math.atan2(h * 0.6 - at.y, w * 0.5 - at.x) + random.gaussian() * 0.3;
    const free = { x: at.x + Math.cos(angle) * reach * 1.9, y: at.y + Math.sin(angle) * reach * 1.9 };
    out.push(drawCrew(boat, at, reach, target ?? free, random));
  }
  if (laid.length > 0 && random.next() < 0.15) {
    const fish = random.pick(laid);
    const reach = h * 0.035;
    const from = {
      x: fish.drawn.tail.x + (fish.drawn.tail.x > w / 2 ? 1 : -1) * w * 0.02,
      y: fish.drawn.tail.y,
    };
    out.push(
      drawGlove(from, Math.atan2(fish.drawn.head.y - from.y, fish.drawn.head.x - from.x), reach, '#e8e4d8'),
    );
  }
  if (random.next() < 0.4) out.unshift(drawGaff(boat, random));
  return out.join('');
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

/** A gaff left lying: a long pole with a hook. */
function drawGaff(boat: Boat, random: Random): string {
  const [w, h] = [boat.widthPx, boat.heightPx];
  const from = { x: random.range(0.05, 0.95) * w, y: random.range(0.8, 0.97) * h };
  const angle = random.range(-0.25, 0.25) + (from.x > w / 2 ? Math.PI : 0);
  const tip = { x: from.x + Math.cos(angle) * w * 0.3, y: from.y + Math.sin(angle) * w * 0.3 };
  const hook = smooth(
    [
      tip,
      { x: tip.x + 18, y: tip.y + 3 },
      { x: tip.x + 26, y: tip.y - 10 },
      { x: tip.x + 14, y: tip.y - 20 },
    ],
    5,
  );
  const pole = { d: pathData([from, tip], true), fill: 'none', 'stroke-linecap': 'round' };
  return [
    element('path', {
      ...pole,
      stroke: '#000000',
      'stroke-width': 9,
      opacity: 0.25,
      transform: 'translate(3 7)',
    }),
    element('path', { ...pole, stroke: '#5c4326', 'stroke-width': 9 }),
    element('path', { ...pole, stroke: '#b98a4e', 'stroke-width': 5 }),
    element('path', { d: pathData(hook, true), fill: 'none', stroke: '#aab2b6', 'stroke-width': 4 }),
  ].join('');
}

/** Water drops on the lens, on some pictures. */
function drawLensDrops(boat: Boat, random: Random): string {
  if (random.next() > 0.35) return '';
  return Array.from({ length: 3 + random.int(12) }, () => {
    const at = { x: random.range(0, boat.widthPx), y: random.range(0, boat.heightPx) };
    const reach = random.range(4, 17);
    const drop = blob(random, at, reach, reach * random.range(0.9, 1.3), 0.18, 10);
    const light = {
      cx: num(at.x - reach * 0.3),
      cy: num(at.y - reach * 0.35),
      r: num(reach * 0.24),
      fill: '#ffffff',
      opacity: 0.6,
    };
    return (
      element('path', { d: pathData(drop), fill: '#dfe9ee', opacity: 0.22 }) +
      element('path', {
        d: pathData(drop),
        fill: 'none',
        stroke: '#0b1217',
        'stroke-width': 1.4,
        opacity: 0.28,
      }) +
      element('circle', light)
    );
  }).join('');
}
