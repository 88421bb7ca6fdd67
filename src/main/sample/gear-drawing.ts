/** Draws the gear standing on a deck: crates of ice, a hatch, a coil of line, a spool. */
import type { Point } from '../../core/geometry.ts';
import type { Random } from '../../core/random.ts';
import type { Boat } from './boats.ts';
import { blob, element, num, pathData, shade } from './svg.ts';

/** Crates, a hatch, a coil of line, a spool: two or three, near the edges, clear of where fish are laid. */
export function drawGear(boat: Boat, random: Random): string[] {
  const [w, h] = [boat.widthPx, boat.heightPx];
  const top = Math.max(0.14, ...boat.seaLine) * h;
  const places: Point[] = random.shuffle([
    { x: 0.1 * w, y: top + h * 0.16 },
    { x: 0.9 * w, y: top + h * 0.16 },
    { x: 0.07 * w, y: 0.86 * h },
    { x: 0.93 * w, y: 0.85 * h },
  ]);
  const makers = random.shuffle([drawCrate, drawHatch, drawCoil, drawSpool]);
  return places
    .slice(0, 3)
    .map((place, i) => (makers[i] as typeof drawCrate)(boat, place, h * random.range(0.13, 0.18), random));
}

function drawCrate(boat: Boat, at: Point, reach: number, random: Random): string {
  const color = random.pick(['#2d5fa0', '#8a9096', '#c9c6ba', boat.trim]);
  const outer = {
    x: num(at.x - reach),
    y: num(at.y - reach * 0.7),
    width: num(reach * 2),
    height: num(reach * 1.4),
    rx: 8,
  };
  const inner = {
    x: num(at.x - reach * 0.86),
    y: num(at.y - reach * 0.55),
    width: num(reach * 1.72),
    height: num(reach * 1.1),
    rx: 5,
  };
  const ice = Array.from({ length: 40 }, () => {
    const p = { x: at.x + random.range(-0.8, 0.8) * reach, y: at.y + random.range(-0.48, 0.48) * reach };
    return element('path', {
      d: pathData(blob(random, p, random.range(4, 11), random.range(3, 8), 0.5, 6)),
      fill: random.pick(['#eef5f8', '#cfdfe6', '#b4c8d2']),
      opacity: 0.85,
    });
  });
  return (
    element('rect', {
      ...outer,
      x: num(at.x - reach + 8),
      y: num(at.y - reach * 0.7 + 14),
      fill: '#000000',
      opacity: 0.3,
    }) +
    element('rect', { ...outer, fill: color, stroke: shade(color, -0.45), 'stroke-width': 2 }) +
    element('rect', { ...inner, fill: shade(color, -0.5) }) +
    ice.join('')
  );
}

function drawHatch(boat: Boat, at: Point, reach: number): string {
  const box = {
    x: num(at.x - reach),
    y: num(at.y - reach * 0.75),
    width: num(reach * 2),
    height: num(reach * 1.5),
    rx: 14,
  };
  const bolts = [-0.82, 0.82].flatMap((sx) =>
    [-0.56, 0.56].map((sy) =>
      element('circle', {
        cx: num(at.x + sx * reach),
        cy: num(at.y + sy * reach),
        r: 4,
        fill: shade(boat.trim, -0.6),
      }),
    ),
  );
  const handle = element('rect', {
    x: num(at.x - reach * 0.25),
    y: num(at.y - 5),
    width: num(reach * 0.5),
    height: 10,
    rx: 5,
    fill: '#30363b',
    stroke: '#9aa3a8',
    'stroke-width': 1.5,
  });
  return (
    element('rect', { ...box, y: num(at.y - reach * 0.75 + 8), fill: '#000000', opacity: 0.3 }) +
    element('rect', {
      ...box,
      fill: shade(boat.trim, -0.1),
      stroke: shade(boat.trim, -0.55),
      'stroke-width': 4,
    }) +
    element('rect', {
      x: num(at.x - reach * 0.9),
      y: num(at.y - reach * 0.65),
      width: num(reach * 1.8),
      height: num(reach * 0.25),
      rx: 10,
      fill: '#ffffff',
      opacity: 0.14,
    }) +
    bolts.join('') +
    handle
  );
}

function drawCoil(_boat: Boat, at: Point, reach: number, random: Random): string {
  const color = random.pick(['#3f8f7d', '#c8b48a', '#d87b34', '#5a83b5']);
  const rings = Array.from({ length: 8 }, (_, i) => {
    const r = reach * (0.32 + i * 0.075);
    const ring = {
      cx: num(at.x + random.gaussian() * 2),
      cy: num(at.y + random.gaussian() * 2),
      rx: num(r),
      ry: num(r * 0.8),
      fill: 'none',
    };
    return (
      element('ellipse', { ...ring, stroke: shade(color, -0.5), 'stroke-width': 6.5 }) +
      element('ellipse', { ...ring, stroke: color, 'stroke-width': 4 }) +
      element('ellipse', {
        ...ring,
        stroke: shade(color, 0.4),
        'stroke-width': 1.4,
        'stroke-dasharray': '5 6',
      })
    );
  });
  return (
    element('ellipse', {
      cx: num(at.x + 5),
      cy: num(at.y + 9),
      rx: num(reach * 0.92),
      ry: num(reach * 0.74),
      fill: '#000000',
      opacity: 0.28,
    }) + rings.join('')
  );
}

function drawSpool(boat: Boat, at: Point, reach: number): string {
  const bands = Array.from({ length: 12 }, (_, i) =>
    element('rect', {
      x: num(at.x - reach * 0.7 + i * reach * 0.117),
      y: num(at.y - reach * 0.5),
      width: num(reach * 0.1),
      height: num(reach),
      fill: i % 2 === 0 ? '#5fa7a0' : '#4b8a86',
    }),
  );
  const flange = (x: number): string =>
    element('rect', {
      x: num(x),
      y: num(at.y - reach * 0.75),
      width: num(reach * 0.16),
      height: num(reach * 1.5),
      rx: 8,
      fill: boat.trim,
      stroke: shade(boat.trim, -0.5),
      'stroke-width': 2,
    });
  const shine = element('rect', {
    x: num(at.x - reach * 0.7),
    y: num(at.y - reach * 0.38),
    width: num(reach * 1.4),
    height: num(reach * 0.18),
    fill: '#ffffff',
    opacity: 0.22,
  });
  return (
    element('ellipse', {
      cx: num(at.x + 6),
      cy: num(at.y + reach * 0.6),
      rx: num(reach),
      ry: num(reach * 0.28),
      fill: '#000000',
      opacity: 0.3,
    }) +
    bands.join('') +
    shine +
    flange(at.x - reach * 0.86) +
    flange(at.x + reach * 0.7)
  );
}
