/** Small helpers that write SVG text: numbers, points, smooth outlines, colours. */
import type { Point } from '../../core/geometry.ts';
import type { Random } from '../../core/random.ts';

/** A number with one decimal: a tenth of a pixel is finer than the drawing. */
export function num(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/** `M x y L x y …` for a list of points; closed with Z unless `open`. */
export function pathData(points: readonly Point[], open = false): string {
  const steps = points.map((p, i) => `${i === 0 ? 'M' : 'L'}${num(p.x)} ${num(p.y)}`);
  return `${steps.join('')}${open ? '' : 'Z'}`;
}

/** A smooth curve through control points (Catmull–Rom, `per` samples a stretch), ends included. */
export function smooth(control: readonly Point[], per = 5): Point[] {
  const at = (i: number): Point => control[Math.min(control.length - 1, Math.max(0, i))] as Point;
  const out: Point[] = [];
  for (let i = 0; i + 1 < control.length; i++) {
    const [a, b, c, d] = [at(i - 1), at(i), at(i + 1), at(i + 2)];
    for (let s = 0; s < per; s++) {
      const t = s / per;
      const blend = (p: number, q: number, r: number, z: number): number =>
        0.5 *
        (2 * q + (r - p) * t + (2 * p - 5 * q + 4 * r - z) * t * t + (3 * q - p - 3 * r + z) * t * t * t);
      out.push({ x: blend(a.x, b.x, c.x, d.x), y: blend(a.y, b.y, c.y, d.y) });
    }
  }
  out.push(at(control.length - 1));
  return out;
}

/** An irregular round outline of `count` points: puddles, stains, spray. `rough` 0..1. */
export function blob(
  random: Random,
  centre: Point,
  rx: number,
  ry: number,
  rough = 0.25,
  count = 14,
): Point[] {
  const control: Point[] = [];
  for (let i = 0; i < count; i++) {
    const angle = (2 * Math.PI * i) / count;
    const reach = 1 + random.gaussian() * rough * 0.5;
    control.push({ x: centre.x + Math.cos(angle) * rx * reach, y: centre.y + Math.sin(angle) * ry * reach });
  }
  const first = control[0] as Point;
  return smooth([...control, first], 4);
}

/** Mixes two `#rrggbb` colours; share 0 gives the first, 1 the second. */
export function mix(a: string, b: string, share: number): string {
  const channel = (color: string, i: number): number =>
    Number.parseInt(color.slice(1 + i * 2, 3 + i * 2), 16);
  const parts = [0, 1, 2].map((i) => Math.round(channel(a, i) + (channel(b, i) - channel(a, i)) * share));
  return `#${parts.map((v) => Math.max(0, Math.min(255, v)).toString(16).padStart(2, '0')).join('')}`;
}

/** Lightens (> 0) or darkens (< 0) a colour; amount −1..1. */
export function shade(color: string, amount: number): string {
  return amount >= 0 ? mix(color, '#ffffff', amount) : mix(color, '#000000', -amount);
}

/**
 * An element with attributes; children optional. Attribute values come from this folder only, so nothing needs escaping.
 * `opacity` is written as fill and stroke opacity: group opacity makes the renderer paint a whole layer for each element, ten times the work.
 */
export function element(name: string, attributes: Record<string, string | number>, children = ''): string {
  const { opacity, ...rest } = attributes;
  const all = opacity === undefined ? rest : { ...rest, 'fill-opacity': opacity, 'stroke-opacity': opacity };
  const text = Object.entries(all)
    .map(([key, value]) => ` ${key}="${typeof value === 'number' ? Math.round(value * 1000) / 1000 : value}"`)
    .join('');
  return children === '' ? `<${name}${text}/>` : `<${name}${text}>${children}</${name}>`;
}

/** A gradient of evenly spread or placed stops, in user space from one point to another. */
export function linearGradient(
  id: string,
  from: Point,
  to: Point,
  stops: readonly (readonly [number, string])[],
): string {
  const inner = stops.map(([offset, color]) => element('stop', { offset, 'stop-color': color })).join('');
  const ends = { x1: num(from.x), y1: num(from.y), x2: num(to.x), y2: num(to.y) };
  return element('linearGradient', { id, gradientUnits: 'userSpaceOnUse', ...ends }, inner);
}

/** A whole SVG document of the given size in pixels. */
export function svgDocument(widthPx: number, heightPx: number, inner: string): string {
  const size = { width: widthPx, height: heightPx, viewBox: `0 0 ${widthPx} ${heightPx}` };
  return element('svg', { xmlns: 'http://www.w3.org/2000/svg', ...size }, inner);
}
