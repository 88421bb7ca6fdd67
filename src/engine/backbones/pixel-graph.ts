/**
 * Turns a backbone into a net that eats 8-bit pixels and gives half-float NHWC maps: the conversion, the normalisation, the transposes
 * and the rounding to half floats run inside ONNX Runtime, vectorised, instead of in JavaScript.
 */
import type { BackboneManifest } from './backbone-manifest.ts';
import { ELEMENT, type OnnxNode, type OnnxTensor, type OnnxValue, replaceEnds } from './onnx-writer.ts';

/** Input of the edited net: uint8 `[n, h, w, 3]`, RGB, 0..255. */
export const PIXELS = 'catchlight_pixels';
/** Output of the edited net for a tap: half floats `[n, h / stride, w / stride, channels]`. */
export function halfOutput(tap: string): string {
  return `catchlight_half_${tap}`;
}

/** One value a colour plane, shaped to spread over a picture. */
function floats(name: string, values: readonly number[]): OnnxTensor {
  const array = Float32Array.from(values);
  return { name, type: ELEMENT.float, shape: [1, 3, 1, 1], bytes: new Uint8Array(array.buffer) };
}

/**
 * How 8-bit values become what a backbone wants, in its order of planes: `value * factor + offset`, all in 32-bit floats. `planes` says
 * which of red, green and blue each is.
 */
export function computeNormalisation(input: BackboneManifest['input']): {
  planes: number[];
  factor: number[];
  offset: number[];
} {
  const unit = input.scale === '0..1' ? 255 : 1;
  const planes = input.colour === 'RGB' ? [0, 1, 2] : [2, 1, 0];
  const factor = planes.map((_, i) => Math.fround(1 / (unit * (input.std[i] as number))));
  const offset = planes.map((_, i) => Math.fround(-(input.mean[i] as number) / (input.std[i] as number)));
  return { planes, factor, offset };
}

/** The edited file. `model` is the ONNX file the manifest describes; opset 13 or later. */
export function toPixelGraph(model: Uint8Array, manifest: BackboneManifest): Uint8Array {
  const { input } = manifest;
  const { planes, factor, offset } = computeNormalisation(input);
  const shifted = offset.some((value) => value !== 0);
  const constants = [floats('catchlight_factor', factor)];
  if (shifted) constants.push(floats('catchlight_offset', offset));
  const before: OnnxNode[] = [
    {
      op: 'Transpose',
      inputs: [PIXELS],
      outputs: ['catchlight_planes'],
      attributes: { perm: [0, 3, 1, 2] },
    },
  ];
  let planesName = 'catchlight_planes';
  if (input.colour === 'BGR') {
    const order = BigInt64Array.from(planes.map(BigInt));
    constants.push({
      name: 'catchlight_order',
      type: ELEMENT.int64,
      shape: [3],
      bytes: new Uint8Array(order.buffer),
    });
    before.push({
      op: 'Gather',
      inputs: [planesName, 'catchlight_order'],
      outputs: ['catchlight_bgr'],
      attributes: { axis: 1 },
    });
    planesName = 'catchlight_bgr';
  }
  before.push(
    { op: 'Cast', inputs: [planesName], outputs: ['catchlight_float'], attributes: { to: ELEMENT.float } },
    {
      op: 'Mul',
      inputs: ['catchlight_float', 'catchlight_factor'],
      outputs: [shifted ? 'catchlight_scaled' : input.name],
    },
  );
  if (shifted) {
    before.push({ op: 'Add', inputs: ['catchlight_scaled', 'catchlight_offset'], outputs: [input.name] });
  }
  return replaceEnds(model, { ...tapEnds(manifest), before, constants });
}

/** The taps, turned to NHWC and rounded to half floats. */
function tapEnds(manifest: BackboneManifest): {
  inputs: OnnxValue[];
  outputs: OnnxValue[];
  after: OnnxNode[];
} {
  const after: OnnxNode[] = [];
  const outputs: OnnxValue[] = [];
  for (const tap of manifest.taps) {
    const last = `catchlight_nhwc_${tap.name}`;
    after.push(
      { op: 'Transpose', inputs: [tap.name], outputs: [last], attributes: { perm: [0, 2, 3, 1] } },
      { op: 'Cast', inputs: [last], outputs: [halfOutput(tap.name)], attributes: { to: ELEMENT.half } },
    );
    outputs.push({
      name: halfOutput(tap.name),
      type: ELEMENT.half,
      shape: ['n', `h_${tap.name}`, `w_${tap.name}`, tap.channels],
    });
  }
  const inputs: OnnxValue[] = [{ name: PIXELS, type: ELEMENT.uint8, shape: ['n', 'h', 'w', 3] }];
  return { inputs, outputs, after };
}
