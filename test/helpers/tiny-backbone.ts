/** A backbone of a few hundred bytes whose features can be worked out by hand: each tap is the mean colour of its cell, 0..1. */
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ELEMENT, type OnnxNode, type OnnxValue, writeOnnx } from '../../src/engine/backbones/onnx-writer.ts';

export const TINY_STRIDES = [8, 16, 32] as const;

function pooling(stride: number): OnnxNode {
  return {
    op: 'AveragePool',
    inputs: ['image'],
    outputs: [`s${stride}`],
    attributes: { kernel_shape: [stride, stride], strides: [stride, stride] },
  };
}

/** The ONNX file: float RGB 0..1, `[n, 3, h, w]`, in; `s8`, `s16`, `s32` out. */
export function tinyOnnx(): Uint8Array {
  const plane = (name: string, height: string, width: string): OnnxValue => ({
    name,
    type: ELEMENT.float,
    shape: ['n', 3, height, width],
  });
  return writeOnnx({
    name: 'tiny',
    inputs: [plane('image', 'h', 'w')],
    outputs: TINY_STRIDES.map((stride) => plane(`s${stride}`, `h${stride}`, `w${stride}`)),
    nodes: TINY_STRIDES.map(pooling),
    constants: [],
  });
}

/** Writes the tiny backbone into `folder` as `resources/backbone` holds the real one. `input` changes how it wants its pixels. */
export async function writeTinyBackbone(
  folder: string,
  input: Record<string, unknown> = {},
): Promise<string> {
  const bytes = tinyOnnx();
  const manifest = {
    id: 'tiny',
    version: '1.0.0',
    file: 'tiny.onnx',
    sha256: createHash('sha256').update(bytes).digest('hex'),
    licence: 'MIT',
    input: {
      name: 'image',
      layout: 'NCHW',
      mean: [0, 0, 0],
      std: [1, 1, 1],
      scale: '0..1',
      colour: 'RGB',
      multipleOf: 32,
      ...input,
    },
    taps: TINY_STRIDES.map((stride) => ({ name: `s${stride}`, stride, channels: 3 })),
  };
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'tiny.onnx'), bytes);
  await writeFile(path.join(folder, 'manifest.json'), JSON.stringify(manifest));
  return folder;
}
