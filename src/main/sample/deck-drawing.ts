/** Draws what stays put in a boat's pictures: deck, rail, hatches, gear; and the sea behind, on a layer of its own because it heaves. */
import type { Point } from '../../core/geometry.ts';
import type { Random } from '../../core/random.ts';
import type { Boat } from './boats.ts';
import { blob, element, linearGradient, mix, num, pathData, shade } from './svg.ts';

/** Rows the sea layer is higher than the picture needs, so that it can be shifted by up to half of it either way. */
export const seaSpareRows = 48;

function documentOf(widthPx: number, heightPx: number, inner: string): string {
  return element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      width: widthPx,
      height: heightPx,
      viewBox: `0 0 ${widthPx} ${heightPx}`,
    },
    inner,
  );
}

/** True when the camera sees the sea. */
export function seesSea(boat: Boat): boolean {
  return Math.max(...boat.seaLine) > 0;
}

/** The sea and a strip of sky, as SVG, `seaSpareRows` higher than the picture. */
export function drawSea(boat: Boat, random: Random): string {
  const [w, h] = [boat.widthPx, boat.heightPx + seaSpareRows];
  const horizon = Math.min(...boat.seaLine) * boat.heightPx * (boat.night ? 0.25 : 0.38) + seaSpareRows / 2;
  const sky = boat.night ? ['#04070c', '#0a121b'] : [mix('#aebfca', boat.sea, 0.15), '#d9dfe0'];
  const low = Math.max(...boat.seaLine) * boat.heightPx + seaSpareRows;
  const parts = [
    element(
      'defs',
      {},
      `${linearGradient('sky', { x: 0, y: 0 }, { x: 0, y: horizon }, [
        [0, sky[0] as string],
        [1, sky[1] as string],
      ])}${linearGradient('sea', { x: 0, y: horizon }, { x: 0, y: low }, [
        [0, mix(boat.sea, '#9fb4bd', boat.night ? 0.05 : 0.35)],
        [0.25, boat.sea],
        [1, shade(boat.sea, -0.25)],
      ])}`,
    ),
    element('rect', { width: w, height: num(horizon + 1), fill: 'url(#sky)' }),
    element('rect', { y: num(horizon), width: w, height: num(h - horizon), fill: 'url(#sea)' }),
  ];
  for (let i = 0; i < 420; i++) {
    const depth = random.next() ** 1.6;
    const y = horizon + depth * (low - horizon);
    const reach = 6 + depth * random.range(20, 90);
    const x = random.range(-20, w);
    const lift = 0.6 + depth * random.range(1, 5);
    const wave = [
      { x, y },
      { x: x + reach * 0.5, y: y - lift },
      { x: x + reach, y },
      { x: x + reach * 0.5, y: y + lift * 0.4 },
    ];
    const light = random.next() < 0.5 ? '#ffffff' : '#02131f';
    parts.push(
      element('path', {
        d: pathData(wave),
        fill: light,
        opacity: random.range(0.03, boat.night ? 0.09 : 0.2),
      }),
    );
  }
  for (let i = 0; i < 14; i++) {
    const y = random.range(horizon + (low - horizon) * 0.35, low);
    parts.push(
      element('path', {
        d: pathData(
          blob(random, { x: random.range(0, w), y }, random.range(12, 46), random.range(1.5, 5), 0.6),
        ),
        fill: '#f2f7f8',
        opacity: boat.night ? 0.12 : 0.45,
      }),
    );
  }
  return documentOf(w, h, parts.join(''));
}

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
  return documentOf(
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

/** Crates, a hatch, a coil of line, a spool: two or three, near the edges, clear of where fish are laid. */
function drawGear(boat: Boat, random: Random): string[] {
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
