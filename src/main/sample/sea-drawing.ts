/** Draws the sea behind a deck, on a layer of its own because it heaves. */
import type { Random } from '../../core/random.ts';
import type { Boat } from './boats.ts';
import { blob, element, linearGradient, mix, num, pathData, shade, svgDocument } from './svg.ts';

/** Rows the sea layer is higher than the picture needs, so that it can be shifted by up to half of it either way. */
export const seaSpareRows = 48;

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
  return svgDocument(w, h, parts.join(''));
}
