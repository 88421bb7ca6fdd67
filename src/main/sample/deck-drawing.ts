/** Draws a boat's deck with its rail and all that is bolted to it: what stays put in its pictures. */
import type { Point } from '../../core/geometry.ts';
import type { Random } from '../../core/random.ts';
import type { Boat } from './boats.ts';
import { drawGear } from './gear-drawing.ts';
import { seesSea } from './sea-drawing.ts';
import { blob, element, linearGradient, num, pathData, shade, svgDocument } from './svg.ts';

/** The deck with everything bolted to it, as SVG; transparent where the sea shows. */
export function drawDeck(boat: Boat, random: Random): string {
  const [w, h] = [boat.widthPx, boat.heightPx];
  const [left, right] = [boat.seaLine[0] * h, boat.seaLine[1] * h];
  const floor: Point[] = [
    { x: 0, y: left },
    { x: w, y: right },
    { x: w, y: h },
    { x: 0, y: h },
  ];
  const clip = element('clipPath', { id: 'floor' }, element('path', { d: pathData(floor) }));
  const surface = { planks: drawPlanks, steel: drawSteel, fibreglass: drawFibreglass }[boat.deck](
    boat,
    random,
  );
  const base = element('path', { d: pathData(floor), fill: boat.deckColor });
  const inner = [surface, drawStains(boat, random), ...drawGear(boat, random)].join('');
  const rail = seesSea(boat) ? drawRail(boat, left, right) : drawBulwark(boat);
  return svgDocument(
    w,
    h,
    `${element('defs', {}, clip)}${base}${element('g', { 'clip-path': 'url(#floor)' }, inner)}${rail}`,
  );
}

/** Planks running towards a point above the picture, each a little different. */
function drawPlanks(boat: Boat, random: Random): string {
  const [w, h] = [boat.widthPx, boat.heightPx];
  const vanish = { x: w * random.range(0.35, 0.65), y: -h * random.range(1.3, 2.2) };
  const pitch = w * random.range(0.05, 0.065);
  const at = (bottomX: number, y: number): Point => ({
    x: vanish.x + (bottomX - vanish.x) * ((y - vanish.y) / (h - vanish.y)),
    y,
  });
  const out: string[] = [];
  for (let x = -w * 0.8; x < w * 1.8; x += pitch) {
    if (Math.max(at(x + pitch, 0).x, at(x + pitch, h).x) < 0) continue;
    if (at(x, 0).x > w && at(x, h).x > w) break;
    const tone = shade(boat.deckColor, random.range(-0.16, 0.1));
    out.push(
      element('path', { d: pathData([at(x, 0), at(x + pitch, 0), at(x + pitch, h), at(x, h)]), fill: tone }),
    );
    for (let i = 0; i < 7; i++) {
      const [gx, y0] = [x + random.range(0.08, 0.92) * pitch, random.range(-0.1, 0.8) * h];
      const line = [at(gx, y0), at(gx + random.range(-2, 2), y0 + random.range(0.1, 0.45) * h)];
      out.push(
        element('path', {
          d: pathData(line, true),
          stroke: shade(tone, -0.35),
          'stroke-width': random.range(0.6, 1.8),
          opacity: random.range(0.12, 0.35),
          fill: 'none',
        }),
      );
    }
    out.push(
      element('path', {
        d: pathData([at(x, 0), at(x, h)], true),
        stroke: shade(boat.deckColor, -0.68),
        'stroke-width': 2.4,
        opacity: 0.8,
      }),
    );
    const joint = random.range(0.1, 0.95) * h;
    out.push(
      element('path', {
        d: pathData([at(x, joint), at(x + pitch, joint)], true),
        stroke: shade(boat.deckColor, -0.6),
        'stroke-width': 1.8,
        opacity: 0.7,
      }),
    );
    for (const side of [0.15, 0.85]) {
      const nail = at(x + side * pitch, joint + 9);
      out.push(
        element('circle', { cx: num(nail.x), cy: num(nail.y), r: 1.8, fill: shade(boat.deckColor, -0.6) }),
      );
    }
  }
  return out.join('');
}

/** Painted plates with welds, a tread pattern and rust creeping from the seams. */
function drawSteel(boat: Boat, random: Random): string {
  const [w, h] = [boat.widthPx, boat.heightPx];
  const tread = shade(boat.deckColor, 0.16);
  const bumps: string[] = [];
  for (let row = 0; row * 12 < h; row++) {
    for (let x = (row % 2) * 12; x < w; x += 24) {
      const lean = ((x / 12 + row) & 2) === 0 ? 5 : -5;
      bumps.push(`M${x + 3} ${row * 12 + 6 - lean}l6 ${2 * lean}`);
    }
  }
  const out = [
    element('path', { d: bumps.join(''), stroke: tread, 'stroke-width': 2.2, fill: 'none', opacity: 0.5 }),
  ];
  const plate = w * random.range(0.24, 0.34);
  for (let x = -plate * random.next(); x < w; x += plate) {
    for (let y = -plate * 0.5; y < h; y += plate * 0.75) {
      out.push(
        element('rect', {
          x: num(x),
          y: num(y),
          width: num(plate),
          height: num(plate * 0.75),
          fill: random.next() < 0.5 ? '#ffffff' : '#000000',
          opacity: random.range(0, 0.07),
        }),
      );
      out.push(
        element('rect', {
          x: num(x),
          y: num(y),
          width: num(plate),
          height: num(plate * 0.75),
          fill: 'none',
          stroke: shade(boat.deckColor, -0.5),
          'stroke-width': 2,
          opacity: 0.6,
        }),
      );
      if (random.next() < 0.5)
        out.push(
          element('path', {
            d: pathData(
              blob(random, { x, y: y + random.range(0, 40) }, random.range(10, 50), random.range(6, 26), 0.6),
            ),
            fill: '#7a3c1b',
            opacity: random.range(0.15, 0.4),
          }),
        );
    }
  }
  return out.join('');
}

/** A pale moulded deck: non-slip panels between smooth channels. */
function drawFibreglass(boat: Boat, random: Random): string {
  const [w, h] = [boat.widthPx, boat.heightPx];
  const dots = element(
    'pattern',
    { id: 'grip', width: 9, height: 9, patternUnits: 'userSpaceOnUse' },
    element('circle', { cx: 4.5, cy: 4.5, r: 1.7, fill: shade(boat.deckColor, -0.2) }),
  );
  const light = linearGradient('sheen', { x: 0, y: 0 }, { x: w, y: h }, [
    [0, shade(boat.deckColor, 0.25)],
    [0.6, boat.deckColor],
    [1, shade(boat.deckColor, -0.18)],
  ]);
  const out = [
    element('defs', {}, dots + light),
    element('rect', { width: w, height: h, fill: 'url(#sheen)' }),
  ];
  const columns = 2 + random.int(2);
  const gap = 26;
  const panel = (w - gap * (columns + 1)) / columns;
  for (let i = 0; i < columns; i++) {
    for (let y = -h * 0.12; y < h; y += h * 0.46) {
      const box = {
        x: num(gap + i * (panel + gap)),
        y: num(y),
        width: num(panel),
        height: num(h * 0.46 - gap),
        rx: 18,
      };
      out.push(
        element('rect', { ...box, fill: shade(boat.deckColor, -0.05) }),
        element('rect', {
          ...box,
          fill: 'url(#grip)',
          stroke: shade(boat.deckColor, -0.3),
          'stroke-width': 1.4,
        }),
      );
    }
  }
  return out.join('');
}

/** Wet patches, old blood and scuffs that belong to the deck. */
function drawStains(boat: Boat, random: Random): string {
  const [w, h] = [boat.widthPx, boat.heightPx];
  const out: string[] = [];
  for (let i = 0; i < 26; i++) {
    const centre = { x: random.range(0, w), y: random.range(0.15, 1) * h };
    const reach = random.range(10, 90);
    const fill = random.pick(['#10171b', '#10171b', '#f4f7f5', '#4b1512', '#2a2013']);
    out.push(
      element('path', {
        d: pathData(blob(random, centre, reach, reach * random.range(0.25, 0.6), 0.5)),
        fill,
        opacity: random.range(0.04, 0.14),
      }),
    );
  }
  return out.join('');
}

/** Two tubes on posts along the sea line, with the boards below them. */
function drawRail(boat: Boat, left: number, right: number): string {
  const [w, h] = [boat.widthPx, boat.heightPx];
  const board = h * 0.045;
  const line = (offset: number): Point[] => [
    { x: -5, y: left + offset },
    { x: w + 5, y: right + offset },
  ];
  const tube = (offset: number, width: number): string =>
    element('path', {
      d: pathData(line(offset), true),
      stroke: shade(boat.trim, -0.45),
      'stroke-width': width,
      fill: 'none',
    }) +
    element('path', {
      d: pathData(line(offset - width * 0.15), true),
      stroke: boat.trim,
      'stroke-width': width * 0.66,
      fill: 'none',
    }) +
    element('path', {
      d: pathData(line(offset - width * 0.3), true),
      stroke: shade(boat.trim, 0.55),
      'stroke-width': width * 0.2,
      fill: 'none',
    });
  const posts = Array.from({ length: 7 }, (_, i) => {
    const x = (w * (i + 0.5)) / 7;
    const y = left + ((right - left) * x) / w;
    const post = { x: num(x - 6), y: num(y - h * 0.14), width: 12, height: num(h * 0.15) };
    return (
      element('rect', { ...post, fill: shade(boat.trim, -0.25) }) +
      element('rect', { ...post, width: 5, fill: shade(boat.trim, 0.15) })
    );
  });
  const wall = [...line(-board), { x: w + 5, y: right + board * 0.7 }, { x: -5, y: left + board * 0.7 }];
  const shadow = [
    ...line(board * 0.7),
    { x: w + 5, y: right + board * 2.4 },
    { x: -5, y: left + board * 2.4 },
  ];
  return [
    element('path', { d: pathData(shadow), fill: '#000000', opacity: 0.25 }),
    element('path', {
      d: pathData(wall),
      fill: shade(boat.trim, -0.12),
      stroke: shade(boat.trim, -0.5),
      'stroke-width': 1.5,
    }),
    ...posts,
    tube(-h * 0.145, h * 0.019),
    tube(-h * 0.085, h * 0.012),
    tube(-board, h * 0.012),
  ].join('');
}

/** Where no sea is in sight: the side of the boat along the top, with a row of scuppers. */
function drawBulwark(boat: Boat): string {
  const [w, h] = [boat.widthPx, boat.heightPx];
  const tall = h * 0.13;
  const light = linearGradient('bulwark', { x: 0, y: 0 }, { x: 0, y: tall }, [
    [0, shade(boat.trim, 0.1)],
    [0.8, shade(boat.trim, -0.25)],
    [1, shade(boat.trim, -0.55)],
  ]);
  const holes = Array.from({ length: 8 }, (_, i) =>
    element('rect', {
      x: num((w * (i + 0.4)) / 8),
      y: num(tall * 0.72),
      width: num(w * 0.03),
      height: num(tall * 0.16),
      rx: 4,
      fill: '#10151a',
      opacity: 0.8,
    }),
  );
  return [
    element('defs', {}, light),
    element('rect', { y: num(tall), width: w, height: num(tall * 0.35), fill: '#000000', opacity: 0.28 }),
    element('rect', { width: w, height: num(tall), fill: 'url(#bulwark)' }),
    ...holes,
  ].join('');
}
