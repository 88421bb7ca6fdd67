/** A backbone in memory with eight channels a tap, drawn at random: features that no test planned for. */
import { createHash } from 'node:crypto';
import { createRandom } from '../../src/core/random.ts';
import type { BackboneManifest } from '../../src/engine/backbones/backbone-manifest.ts';
import type { Backbone } from '../../src/engine/backbones/load-backbone.ts';
import { ELEMENT, type OnnxValue, writeOnnx } from '../../src/engine/backbones/onnx-writer.ts';

const strides = [8, 16, 32];
const CHANNELS = 8;

/** `input` changes how it wants its pixels, `opset` the age of its operations. */
export function makeRandomBackbone(input: Partial<BackboneManifest['input']> = {}, opset = 17): Backbone {
  const random = createRandom(11);
  const plane = (name: string, channels: number, tail: string): OnnxValue => ({
    name,
    type: ELEMENT.float,
    shape: ['n', channels, `h${tail}`, `w${tail}`],
  });
  const bytes = writeOnnx(
    {
      name: 'random',
      inputs: [plane('image', 3, '')],
      outputs: strides.map((stride) => plane(`s${stride}`, CHANNELS, String(stride))),
      nodes: strides.flatMap((stride) => [
        {
          op: 'AveragePool',
          inputs: ['image'],
          outputs: [`mean${stride}`],
          attributes: { kernel_shape: [stride, stride], strides: [stride, stride] },
        },
        { op: 'Conv', inputs: [`mean${stride}`, `mix${stride}`], outputs: [`s${stride}`] },
      ]),
      constants: strides.map((stride) => ({
        name: `mix${stride}`,
        type: ELEMENT.float,
        shape: [CHANNELS, 3, 1, 1],
        bytes: new Uint8Array(Float32Array.from({ length: CHANNELS * 3 }, () => random.range(-1, 1)).buffer),
      })),
    },
    opset,
  );
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const taps = strides.map((stride) => ({ name: `s${stride}`, stride, channels: CHANNELS }));
  const manifest: BackboneManifest = {
    id: 'random',
    version: '1',
    file: 'random.onnx',
    sha256,
    licence: 'MIT',
    input: {
      name: 'image',
      layout: 'NCHW',
      mean: [0.4, 0.45, 0.5],
      std: [0.2, 0.25, 0.3],
      scale: '0..1',
      colour: 'RGB',
      multipleOf: 32,
      ...input,
    },
    taps,
  };
  return { manifest, hash: `random-${sha256.slice(0, 8)}`, taps, bytes };
}
