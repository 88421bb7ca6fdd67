/** Turns drawings into what a deck camera delivers: layers over each other, light, cast, grain, a burnt-in clock, JPEG. */
import sharp from 'sharp';
import type { Random } from '../../core/random.ts';
import type { Boat } from './boats.ts';
import { writeClock } from './clock-overlay.ts';
import { drawDeck } from './deck-drawing.ts';
import { drawSea, seaSpareRows, seesSea } from './sea-drawing.ts';

/** What a boat's pictures share, as raw pixels. */
export interface Backdrop {
  readonly boat: Boat;
  /** RGB, `seaSpareRows` higher than the picture; null where no sea is in sight. */
  readonly sea: Uint8Array | null;
  /** RGBA. */
  readonly deck: Uint8Array;
  /** One factor a pixel, 256 = unchanged. */
  readonly light: Uint16Array;
}

/** Grain shared by all pictures: normal deviates times 64. A prime length, so that rows do not repeat in step. */
export function makeGrain(random: Random): Int16Array {
  return Int16Array.from({ length: 131_101 }, () => Math.round(random.gaussian() * 64));
}

async function rasterise(svg: string, channels: 3 | 4): Promise<Uint8Array> {
  const image = sharp(Buffer.from(svg));
  const { data } = await (channels === 3 ? image.removeAlpha() : image.ensureAlpha())
    .raw()
    .toBuffer({ resolveWithObject: true });
  return data;
}

/** Draws what stays put on a boat. About a tenth of a second; done once a boat. */
export async function makeBackdrop(boat: Boat, random: Random): Promise<Backdrop> {
  const [sea, deck] = await Promise.all([
    seesSea(boat) ? rasterise(drawSea(boat, random.fork('sea')), 3) : null,
    rasterise(drawDeck(boat, random.fork('deck')), 4),
  ]);
  return { boat, sea, deck, light: makeLight(boat) };
}

/** Light falling off around the lamp (night) or the middle of the picture (day). */
function makeLight(boat: Boat): Uint16Array {
  const { widthPx: w, heightPx: h } = boat;
  const light = new Uint16Array(w * h);
  const [lampX, lampY] = [boat.lamp[0] * w, boat.lamp[1] * h];
  const reach = Math.hypot(w, h) * (boat.night ? 0.5 : 0.72);
  for (let y = 0, i = 0; y < h; y++) {
    for (let x = 0; x < w; x++, i++) {
      const [dx, dy] = [x - lampX, (y - lampY) * 1.15];
      const far = Math.min(1, Math.sqrt(dx * dx + dy * dy) / reach);
      const fall = far * far * (3 - 2 * far);
      light[i] = Math.round(256 * (1.12 - boat.vignette * fall * 1.1));
    }
  }
  return light;
}

/** What differs from picture to picture besides the scene. */
export interface Shot {
  readonly sceneSvg: string;
  /** Exposure, 1 = as designed. */
  readonly exposure: number;
  /** The sea's shift in rows, −seaSpareRows/2..seaSpareRows/2. */
  readonly heaveRows: number;
  readonly grainStart: number;
  readonly capturedAtMs: number;
  readonly quality: number;
}

/** Develops one picture. Returns the bytes of a JPEG. */
export async function takePhotograph(backdrop: Backdrop, shot: Shot, grain: Int16Array): Promise<Uint8Array> {
  const { widthPx, heightPx } = backdrop.boat;
  const scene = await rasterise(shot.sceneSvg, 4);
  const pixels = blendLayers(backdrop, scene, shot, grain);
  writeClock(pixels, backdrop.boat, shot.capturedAtMs);
  const raw = { width: widthPx, height: heightPx, channels: 3 } as const;
  return await sharp(pixels, { raw }).jpeg({ quality: shot.quality, chromaSubsampling: '4:2:0' }).toBuffer();
}

/**
 * Sea, deck and scene over each other, times light and cast, plus grain, in one pass over the pixels. Written for speed, for there are a million
 * rounds a picture: whole pixels are read as 32-bit words (red lowest), and alpha 0 and 255, nearly all of them, are answered without arithmetic.
 */
function blendLayers(backdrop: Backdrop, scene: Uint8Array, shot: Shot, grain: Int16Array): Uint8Array {
  const { boat, sea, light } = backdrop;
  const count = boat.widthPx * boat.heightPx;
  const [sceneWords, deckWords] = [toWords(scene), toWords(backdrop.deck)];
  const out = new Uint8Array(count * 3);
  const seaStart = Math.round(seaSpareRows / 2 + shot.heaveRows) * boat.widthPx * 3;
  const gainR = Math.round(boat.cast[0] * shot.exposure * 256);
  const gainG = Math.round(boat.cast[1] * shot.exposure * 256);
  const gainB = Math.round(boat.cast[2] * shot.exposure * 256);
  const grainGain = Math.round(boat.grain * 4);
  let g = shot.grainStart % grain.length;
  for (let i = 0, o = 0; i < count; i++, o += 3) {
    let word = sceneWords[i] as number;
    const alpha = word >>> 24;
    if (alpha !== 255) {
      let under = deckWords[i] as number;
      if (sea !== null && under >>> 24 !== 255)
        under = mixWords(under, seaWord(sea, seaStart + o), under >>> 24);
      word = alpha === 0 ? under : mixWords(word, under, alpha);
    }
    const lit = light[i] as number;
    const noise = ((grain[g] as number) * grainGain) >> 8;
    if (++g === grain.length) g = 0;
    out[o] = clamp((((word & 255) * lit * gainR) >> 16) + noise);
    out[o + 1] = clamp(((((word >>> 8) & 255) * lit * gainG) >> 16) + noise);
    out[o + 2] = clamp(((((word >>> 16) & 255) * lit * gainB) >> 16) + noise);
  }
  return out;
}

/** RGBA bytes as little-endian words, in place where the bytes are aligned. */
function toWords(rgba: Uint8Array): Uint32Array {
  const aligned = rgba.byteOffset % 4 === 0 ? rgba : rgba.slice();
  return new Uint32Array(aligned.buffer, aligned.byteOffset, rgba.length / 4);
}

function seaWord(sea: Uint8Array, at: number): number {
  return (sea[at] as number) | ((sea[at + 1] as number) << 8) | ((sea[at + 2] as number) << 16);
}

/** `above` over `below` by alpha 0..255, channel by channel; × 257 >> 16 stands for ÷ 255. */
function mixWords(above: number, below: number, alpha: number): number {
  const rest = 255 - alpha;
  const r = (((above & 255) * alpha + (below & 255) * rest) * 257 + 32768) >>> 16;
  const g = ((((above >>> 8) & 255) * alpha + ((below >>> 8) & 255) * rest) * 257 + 32768) >>> 16;
  const b = ((((above >>> 16) & 255) * alpha + ((below >>> 16) & 255) * rest) * 257 + 32768) >>> 16;
  return r | (g << 8) | (b << 16);
}

function clamp(value: number): number {
  return Math.max(0, Math.min(255, value));
}
