/** Draws a picture in another light on the graphics card: tone curve and local contrast, for looking only. */
import { computeLocalTables, computeToneCurve, type Light, localTiles } from '../../core/light.ts';
import type { Picture } from './stage.ts';

/** A part of the photograph, in shares of its sides: `{x: 0, y: 0, w: 1, h: 1}` is all of it. */
export interface Part {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export interface LightFilter {
  /** The picture, or a part of the photograph, as it looks in this light; `tables` come from {@link readLocalTables}. */
  apply(picture: Picture, light: Light, tables: Uint8Array | null, part?: Part): HTMLCanvasElement;
}

const vertexSource = `#version 300 es
out vec2 at;
void main() {
  vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1);
  at = vec2(corner.x, 1.0 - corner.y);
  gl_Position = vec4(corner * 2.0 - 1.0, 0.0, 1.0);
}`;

// The middles of the tiles are where their tables hold; between four of them they are mixed.
const fragmentSource = `#version 300 es
precision highp float;
uniform sampler2D picture;
uniform sampler2D curve;
uniform sampler2D tables;
uniform vec4 part;
uniform float local;
in vec2 at;
out vec4 color;
const float tiles = ${localTiles}.0;
float look(vec2 tile, float value) {
  vec2 held = clamp(tile, 0.0, tiles - 1.0);
  return texelFetch(tables, ivec2(int(value * 255.0 + 0.5), int(held.y * tiles + held.x)), 0).r;
}
void main() {
  vec4 seen = texture(picture, at);
  vec3 rgb = seen.rgb;
  if (local > 0.0) {
    float luma = dot(rgb, vec3(0.299, 0.587, 0.114));
    vec2 place = (part.xy + at * part.zw) * tiles - 0.5;
    vec2 low = floor(place);
    vec2 mixed = place - low;
    float top = mix(look(low, luma), look(low + vec2(1.0, 0.0), luma), mixed.x);
    float bottom = mix(look(low + vec2(0.0, 1.0), luma), look(low + 1.0, luma), mixed.x);
    rgb = clamp(rgb + local * (mix(top, bottom, mixed.y) - luma), 0.0, 1.0);
  }
  vec3 level = (floor(rgb * 255.0 + 0.5) + 0.5) / 256.0;
  color = vec4(texture(curve, vec2(level.r, 0.5)).r, texture(curve, vec2(level.g, 0.5)).r, texture(curve, vec2(level.b, 0.5)).r, 1.0) * seen.a;
}`;

/** Null where the browser offers no WebGL 2. */
export function createLightFilter(): LightFilter | null {
  const surface = document.createElement('canvas');
  const gl = surface.getContext('webgl2', { premultipliedAlpha: true, antialias: false, depth: false });
  const program = gl === null ? null : link(gl);
  if (gl === null || program === null) return null;
  const largestPx = gl.getParameter(gl.MAX_TEXTURE_SIZE) as number;
  const uniform = (name: string): WebGLUniformLocation | null => gl.getUniformLocation(program, name);
  const places = { part: uniform('part'), local: uniform('local') };
  // biome-ignore lint/correctness/useHookAtTopLevel: WebGL's word for choosing a program, no hook of React.
  gl.useProgram(program);
  const units = ['picture', 'curve', 'tables'] as const;
  units.forEach((name, unit) => {
    gl.uniform1i(uniform(name), unit);
    gl.activeTexture(gl.TEXTURE0 + unit);
    gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
    const look = name === 'picture' ? gl.LINEAR : gl.NEAREST;
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, look);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, look);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
  });
  gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
  const putTable = (unit: 1 | 2, values: Uint8Array, rows: number): void => {
    gl.activeTexture(gl.TEXTURE0 + unit);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.R8, 256, rows, 0, gl.RED, gl.UNSIGNED_BYTE, values);
  };
  const flat = new Uint8Array(256);
  return {
    apply(picture, light, tables, part = { x: 0, y: 0, w: 1, h: 1 }) {
      const fitted = fitWithin(picture, largestPx);
      const [width, height] = sizeOf(fitted);
      surface.width = width;
      surface.height = height;
      gl.viewport(0, 0, width, height);
      gl.activeTexture(gl.TEXTURE0);
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, fitted);
      putTable(1, computeToneCurve(light), 1);
      putTable(2, tables ?? flat, tables === null ? 1 : localTiles * localTiles);
      gl.uniform4f(places.part, part.x, part.y, part.w, part.h);
      gl.uniform1f(places.local, tables === null ? 0 : light.local);
      gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
      const shown = document.createElement('canvas');
      shown.width = width;
      shown.height = height;
      shown.getContext('2d')?.drawImage(surface, 0, 0);
      return shown;
    },
  };
}

const sampleSidePx = 512;

/** The tables of local contrast of a photograph, from a small copy of it. */
export function readLocalTables(picture: Picture): Uint8Array | null {
  const small = fitWithin(picture, sampleSidePx);
  const [width, height] = sizeOf(small);
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const paint = canvas.getContext('2d', { willReadFrequently: true });
  if (paint === null) return null;
  paint.drawImage(small, 0, 0);
  const { data } = paint.getImageData(0, 0, width, height);
  const luma = new Uint8ClampedArray(width * height);
  for (let i = 0; i < luma.length; i += 1)
    luma[i] = 0.299 * (data[4 * i] ?? 0) + 0.587 * (data[4 * i + 1] ?? 0) + 0.114 * (data[4 * i + 2] ?? 0);
  return computeLocalTables(luma, width, height);
}

function sizeOf(picture: Picture): [number, number] {
  return [picture.width, picture.height];
}

/** The picture itself, or a smaller copy where a side is longer than `sidePx`. */
function fitWithin(picture: Picture, sidePx: number): Picture {
  const [width, height] = sizeOf(picture);
  const scale = sidePx / Math.max(width, height);
  if (scale >= 1) return picture;
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas;
}

function link(gl: WebGL2RenderingContext): WebGLProgram | null {
  const program = gl.createProgram();
  for (const [kind, source] of [
    [gl.VERTEX_SHADER, vertexSource],
    [gl.FRAGMENT_SHADER, fragmentSource],
  ] as const) {
    const shader = gl.createShader(kind);
    if (shader === null) return null;
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  return gl.getProgramParameter(program, gl.LINK_STATUS) === true ? program : null;
}
