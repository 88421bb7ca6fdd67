/** How pixels are fed: what a person says, what the file says, what is known of it, and nothing else. */
import { Writer } from 'protobufjs/minimal.js';
import { describe, expect, it } from 'vitest';
import { toAppErrorData } from '../../src/core/errors.ts';
import {
  type AskedNormalisation,
  decideNormalisation,
  NORMALISATIONS,
} from '../../src/engine/backbones/normalisation.ts';
import { readOnnxGraph } from '../../src/engine/backbones/onnx-graph.ts';
import { tinyOnnx } from '../helpers/tiny-backbone.ts';

const unknownFile = '0'.repeat(64);
const knownFile = '21f25e3d9254af93e6218a359469fac714a017b3f9035c0f5c4acbf9a3ff7233';

/** A graph as read from a file with these key/value texts. */
function graphWith(metadata: Readonly<Record<string, string>>) {
  const writer = Writer.create();
  for (const [key, value] of Object.entries(metadata)) {
    const pair = Writer.create().uint32(10).string(key).uint32(18).string(value).finish();
    writer.uint32((14 << 3) | 2).bytes(pair);
  }
  return readOnnxGraph(Buffer.concat([tinyOnnx(), writer.finish()]));
}

function decide(
  asked: AskedNormalisation,
  metadata: Readonly<Record<string, string>> = {},
  sha256 = unknownFile,
) {
  try {
    return decideNormalisation(asked, graphWith(metadata), sha256);
  } catch (error) {
    return toAppErrorData(error).code;
  }
}

describe('the normalisation of an added net', () => {
  it('is read from ONNX’s own image metadata, when both parts are there', () => {
    const range = 'Image.NominalPixelRange';
    const format = 'Image.BitmapPixelFormat';
    expect(decide({}, { [range]: 'NominalRange_0_255', [format]: 'Bgr8' })).toMatchObject({
      normalisation: { scale: '0..255', colour: 'BGR', mean: [0, 0, 0] },
      assumed: 'the file says BGR, NominalRange_0_255',
    });
    expect(decide({}, { [range]: 'Normalized_1_1', [format]: 'Rgb8' })).toMatchObject({
      normalisation: NORMALISATIONS.symmetric,
    });
    for (const part of [
      { [range]: 'Normalized_0_1' },
      { [format]: 'Rgb8' },
      { [range]: 'x', [format]: 'Gray8' },
      { [range]: 'Normalized_0_1', [format]: 'constructor' },
    ])
      expect(decide({}, part)).toBe('backbone/normalisation-unknown');
  });

  it('is known for a published file, and gives way to what a person says', () => {
    expect(decide({}, {}, knownFile)).toMatchObject({
      normalisation: { mean: [104, 117, 123], scale: '0..255', colour: 'BGR' },
      licence: 'MIT',
    });
    expect(decide({ std: [2, 2, 2] }, {}, knownFile)).toMatchObject({
      normalisation: { mean: [104, 117, 123], std: [2, 2, 2] },
      assumed: expect.stringContaining(
        'the person gave std; for the rest, this file is SqueezeNet',
      ) as unknown,
    });
    expect(decide({ name: 'unit' }, {}, knownFile)).toMatchObject({ normalisation: NORMALISATIONS.unit });
  });

  it('is never half known', () => {
    expect(decide({ mean: [1, 2, 3], std: [1, 1, 1], scale: '0..255' })).toBe(
      'backbone/normalisation-unknown',
    );
    expect(decide({ mean: [1, 2, 3], std: [1, 1, 1], scale: '0..255', colour: 'RGB' })).toMatchObject({
      normalisation: { mean: [1, 2, 3] },
    });
    for (const name of ['constructor', '__proto__', 'toString'])
      expect(decide({ name })).toBe('backbone/bad-normalisation');
  });
});
