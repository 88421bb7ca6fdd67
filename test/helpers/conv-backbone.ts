/** A backbone of a few thousand seeded weights with every operation that trunks are read from: norms, pools, joins, depthwise filters. */
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createRandom } from '../../src/core/random.ts';
import type { Backbone } from '../../src/engine/backbones/load-backbone.ts';
import {
  ELEMENT,
  type OnnxAttribute,
  type OnnxNode,
  type OnnxTensor,
  type OnnxValue,
  writeOnnx,
} from '../../src/engine/backbones/onnx-writer.ts';

const TAPS = [
  { name: 's8', stride: 8, channels: 24 },
  { name: 's16', stride: 16, channels: 16 },
  { name: 's32', stride: 32, channels: 20 },
];

interface Net {
  readonly nodes: OnnxNode[];
  readonly constants: OnnxTensor[];
}

function createNet() {
  const net: Net = { nodes: [], constants: [] };
  const random = createRandom(5);
  const constant = (name: string, shape: readonly number[], value: () => number): string => {
    const count = shape.reduce((product, size) => product * size, 1);
    const data = Float32Array.from({ length: count }, value);
    net.constants.push({ name, type: ELEMENT.float, shape, bytes: new Uint8Array(data.buffer) });
    return name;
  };
  const add = (
    op: string,
    inputs: readonly string[],
    output: string,
    attributes: Record<string, OnnxAttribute> = {},
  ): string => {
    net.nodes.push({ op, inputs, outputs: [output], attributes });
    return output;
  };
  const conv = (
    x: string,
    output: string,
    [cin, cout]: [number, number],
    kernel: number,
    stride: number,
    group = 1,
  ): string => {
    const perGroup = cin / group;
    const spread = Math.sqrt(2 / (perGroup * kernel * kernel));
    const pad = kernel >> 1;
    const weight = constant(
      `${output}-w`,
      [cout, perGroup, kernel, kernel],
      () => spread * random.gaussian(),
    );
    const bias = constant(`${output}-b`, [cout], () => 0.1 * random.gaussian());
    return add('Conv', [x, weight, bias], output, {
      kernel_shape: [kernel, kernel],
      strides: [stride, stride],
      pads: [pad, pad, pad, pad],
      group,
    });
  };
  const norm = (x: string, output: string, channels: number): string =>
    add(
      'BatchNormalization',
      [
        x,
        constant(`${output}-scale`, [channels], () => random.range(0.5, 1.5)),
        constant(`${output}-shift`, [channels], () => 0.1 * random.gaussian()),
        constant(`${output}-mean`, [channels], () => 0.2 * random.gaussian()),
        constant(`${output}-variance`, [channels], () => random.range(0.5, 2)),
      ],
      output,
      { epsilon: { float: 1e-4 } },
    );
  return { net, constant, add, conv, norm };
}

/** The ONNX file. `last`: an operation put behind the coarsest map. */
function convOnnx(last: string | undefined): Uint8Array {
  const { net, constant, add, conv, norm } = createNet();
  let x = add('Relu', [conv('image', 'c1', [3, 8], 3, 2)], 'r1');
  x = add('MaxPool', [x], 'p1', { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] });
  const wide = add('Relu', [norm(conv(x, 'c2', [8, 12], 3, 2), 'n2', 12)], 'r2');
  const low = constant('low', [], () => 0);
  const high = constant('high', [], () => 6);
  const deep = add('Clip', [norm(conv(wide, 'c3', [12, 12], 3, 1, 12), 'n3', 12), low, high], 'r3');
  const s8 = add('Concat', [wide, deep], 'joined', { axis: 1 });
  const halved = add('AveragePool', [s8], 'p2', { kernel_shape: [2, 2], strides: [2, 2] });
  const mid = add('Relu', [conv(halved, 'c4', [24, 16], 1, 1)], 'r4');
  let coarse = add('Relu', [conv(mid, 'c5', [16, 20], 3, 2)], 'r5');
  if (last !== undefined) coarse = add(last, [coarse], 'last');
  const scales = constant('scales', [4], () => 2);
  new Float32Array(net.constants.at(-1)?.bytes.buffer as ArrayBuffer).set([1, 1, 2, 2]);
  const up = add('Resize', [conv(coarse, 'c6', [20, 16], 1, 1), '', scales], 'up', {
    mode: 'nearest',
    coordinate_transformation_mode: 'asymmetric',
    nearest_mode: 'floor',
  });
  add('Identity', [s8], 's8');
  add('Relu', [add('Add', [mid, up], 'sum')], 's16');
  add('Identity', [coarse], 's32');
  const plane = (name: string, channels: number): OnnxValue => ({
    name,
    type: ELEMENT.float,
    shape: ['n', channels, `h-${name}`, `w-${name}`],
  });
  return writeOnnx({
    name: 'conv',
    inputs: [plane('image', 3)],
    outputs: TAPS.map((tap) => plane(tap.name, tap.channels)),
    nodes: net.nodes,
    constants: net.constants,
  });
}

export function convBackbone(options: { readonly last?: string } = {}): Backbone {
  const bytes = convOnnx(options.last);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return {
    manifest: {
      id: 'conv',
      version: '1.0.0',
      file: 'conv.onnx',
      sha256,
      licence: 'MIT',
      input: {
        name: 'image',
        layout: 'NCHW',
        mean: [0.4, 0.4, 0.4],
        std: [0.25, 0.25, 0.25],
        scale: '0..1',
        colour: 'RGB',
        multipleOf: 32,
      },
      taps: TAPS,
    },
    hash: sha256,
    taps: TAPS,
    bytes,
  };
}

/** Writes it into `folder` as `resources/backbone` holds the embedded one. */
export async function writeConvBackbone(folder: string): Promise<string> {
  const { manifest, bytes } = convBackbone();
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, manifest.file), bytes);
  await writeFile(path.join(folder, 'manifest.json'), JSON.stringify(manifest));
  return folder;
}
