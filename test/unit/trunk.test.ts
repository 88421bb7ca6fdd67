/** The last blocks of a backbone as trainable layers: cut in the right place, and saying what the backbone says before they are trained. */
import { beforeAll, describe, expect, test } from 'vitest';
import { cutBackbone } from '../../src/engine/backbones/cut-backbone.ts';
import { type Backbone, loadBackbone } from '../../src/engine/backbones/load-backbone.ts';
import { createPixelSession } from '../../src/engine/backbones/session.ts';
import { openTrunk } from '../../src/engine/backbones/trunk.ts';
import { type Tensor, tf } from '../../src/engine/backends/tf.ts';
import { startWasmBackend } from '../../src/engine/backends/wasm.backend.ts';
import { unpackRecord } from '../../src/engine/features/compute-features.ts';
import { type TapShape, tapShapes } from '../../src/engine/features/feature-types.ts';
import { connectTrunk } from '../../src/engine/parts/trunk-layers.ts';
import { convBackbone } from '../helpers/conv-backbone.ts';

const canvas = { widthPx: 96, heightPx: 64 };

beforeAll(async () => {
  await startWasmBackend();
});

function drawPixels(): Uint8Array {
  return Uint8Array.from(
    { length: canvas.widthPx * canvas.heightPx * 3 },
    (_, i) => 128 + 90 * Math.sin(i * 0.013) + 35 * Math.sin(i * 1.7),
  );
}

/** What ONNX Runtime says of the pixels, by tap. */
async function runNet(
  backbone: Backbone,
): Promise<{ maps: ReadonlyMap<string, Float32Array>; taps: TapShape[] }> {
  const session = await createPixelSession({
    modelBytes: backbone.bytes,
    manifest: backbone.manifest,
    threads: 1,
  });
  const [record] = await session.run(drawPixels(), 1, canvas);
  await session.close();
  const taps = tapShapes(backbone.taps, canvas);
  return { maps: unpackRecord(record as Uint8Array, taps), taps };
}

/** The largest difference between the trunk's taps and the backbone's, as a share of the tap's largest value. */
async function compareTrunk(backbone: Backbone, stride: number): Promise<Record<string, number>> {
  const trunk = openTrunk(backbone, stride);
  const frozen = await runNet(cutBackbone(backbone, trunk));
  const whole = await runNet(backbone);
  const [start] = frozen.taps as [TapShape];
  return tf.tidy(() => {
    const input = tf.input({ shape: [start.heightCells, start.widthCells, start.channels] });
    const maps = connectTrunk(trunk, input);
    const model = tf.model({ inputs: input, outputs: whole.taps.map((tap) => maps.get(tap.name) ?? input) });
    const x = tf.tensor4d(frozen.maps.get(start.name) as Float32Array, [
      1,
      start.heightCells,
      start.widthCells,
      start.channels,
    ]);
    const result = model.apply(x) as Tensor | Tensor[];
    const outputs = Array.isArray(result) ? result : [result];
    return Object.fromEntries(
      whole.taps.map((tap, i) => {
        const expected = whole.maps.get(tap.name) as Float32Array;
        const got = (outputs[i] as Tensor).dataSync();
        const most = expected.reduce((max, value) => Math.max(max, Math.abs(value)), 1e-6);
        return [
          tap.name,
          expected.reduce((max, value, k) => Math.max(max, Math.abs(value - (got[k] ?? 0))), 0) / most,
        ];
      }),
    );
  });
}

describe('the last blocks of a backbone', () => {
  test('say what the embedded backbone says, wherever they are cut', async () => {
    const backbone = await loadBackbone();
    for (const stride of [8, 4]) {
      const trunk = openTrunk(backbone, stride);
      expect(trunk.cut.stride, `asked for ${stride}`).toBe(stride);
      // Features are stored as half floats: three digits.
      for (const [tap, difference] of Object.entries(await compareTrunk(backbone, stride)))
        expect(difference, `${tap} behind stride ${stride}`).toBeLessThan(4e-3);
    }
  });

  test('are read from a net with norms, pools, joins and depthwise filters too', async () => {
    const backbone = convBackbone();
    expect(openTrunk(backbone, 4).cut.stride).toBe(4);
    for (const [tap, difference] of Object.entries(await compareTrunk(backbone, 4)))
      expect(difference, tap).toBeLessThan(4e-3);
  });

  test('are the whole net when the picture itself is the only place to cut', async () => {
    const trunk = openTrunk(convBackbone(), 1);
    expect(trunk.cut).toEqual({ tensor: 'image', stride: 1, channels: 3 });
    for (const [tap, difference] of Object.entries(await compareTrunk(convBackbone(), 1)))
      expect(difference, tap).toBeLessThan(4e-3);
  });

  test('a net with an operation that cannot be trained is refused by the name of the operation', () => {
    expect(() => openTrunk(convBackbone({ last: 'HardSwish' }), 4)).toThrow(/HardSwish/);
  });
});
