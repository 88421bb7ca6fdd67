/** Runs an exported file beside the model it was made from: a file that says something else is not handed out. */
import { AppError } from '../../core/errors.ts';
import { createRandom } from '../../core/random.ts';
import type { Backbone } from '../backbones/load-backbone.ts';
import { computeNormalisation } from '../backbones/pixel-graph.ts';
import { createPixelSession, onnxRuntime } from '../backbones/session.ts';
import { type Tensor, tf } from '../backends/tf.ts';
import { type FeatureMaps, unpackRecord } from '../features/compute-features.ts';
import { tapShapes } from '../features/feature-types.ts';
import { poolWindow } from '../features/stream-frames.ts';
import { findTap } from '../recipes/recipe.ts';
import { frameShape } from '../train/frame-windows.ts';
import type { OpenedModel } from '../train/load-model.ts';
import type { ExportedModel } from './export-model.ts';

/** Largest difference that rounding explains, as a share of the largest value (or of 1). */
const TOLERANCE = 1e-3;

/**
 * Largest difference of the file's raw outputs from the model's own on a canvas of noise (a window of them for a recipe with `frames`), as
 * a share of each output's largest value (of 1 where that is smaller). Throws `export-model/differs` beyond {@link TOLERANCE}.
 */
export async function checkExport(exported: ExportedModel, opened: OpenedModel<Backbone>): Promise<number> {
  const { widthPx, heightPx } = opened.task.canvas;
  const random = createRandom(1);
  const frames = Array.from({ length: opened.recipe.frames?.count ?? 1 }, () =>
    Uint8Array.from({ length: widthPx * heightPx * 3 }, () => random.int(256)),
  );
  const wanted = await runStudio(opened, frames);
  const found = await runExported(exported, opened, frames);
  let largest = 0;
  wanted.forEach((values, i) => {
    const unit = values.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
    const other = found[i] ?? new Float32Array(0);
    const gap = values.reduce(
      (most, value, k) => Math.max(most, Math.abs(value - (other[k] ?? Number.POSITIVE_INFINITY))),
      0,
    );
    largest = Math.max(largest, gap / unit);
  });
  if (largest <= TOLERANCE) return largest;
  throw new AppError({
    code: 'export-model/differs',
    message:
      'The file made for export does not say what the model says, so it was not kept. The model itself is not affected.',
    hint: 'Please report this with the details; the tfjs model in its folder can be used meanwhile.',
    details: { recipe: opened.card.recipe, difference: largest },
  });
}

/** The model's outputs by the studio's own path: pixels, half-float features, tfjs. */
async function runStudio(
  { model, recipe, task, features: { bytes, manifest, taps } }: OpenedModel<Backbone>,
  frames: readonly Uint8Array[],
): Promise<Float32Array[]> {
  const shapes = tapShapes(taps, task.canvas);
  const session = await createPixelSession({ modelBytes: bytes, manifest, threads: 1 });
  const each: FeatureMaps[] = [];
  for (const pixels of frames) {
    const [record] = await session.run(pixels, 1, task.canvas);
    each.push(unpackRecord(record as Uint8Array, shapes));
  }
  await session.close();
  const wanted = recipe.taps.map((name) => findTap({ ...task, taps: shapes }, name));
  const view = recipe.frames;
  const maps = view === undefined ? (each[0] as FeatureMaps) : poolWindow(view, wanted, each);
  const outputs = tf.tidy(() => {
    const inputs = wanted.map((tap) => {
      const { heightCells, widthCells, channels } = view === undefined ? tap : frameShape(view, tap);
      return tf.tensor(maps.get(tap.name) as Float32Array, [1, heightCells, widthCells, channels]);
    });
    const others = (recipe.imageInputs?.([task.canvas]) ?? []).map(({ data, shape }) =>
      tf.tensor(data, [...shape]),
    );
    const result = model.apply([...inputs, ...others], { training: false }) as Tensor | Tensor[];
    return Array.isArray(result) ? result : [result];
  });
  const values = outputs.map((output) => Float32Array.from(output.dataSync()));
  tf.dispose(outputs);
  return values;
}

/** The same through the file alone, fed as its description says. */
async function runExported(
  exported: ExportedModel,
  { recipe, task, features: { manifest } }: OpenedModel<Backbone>,
  frames: readonly Uint8Array[],
): Promise<Float32Array[]> {
  const ort = onnxRuntime();
  const { widthPx, heightPx } = task.canvas;
  const session = await ort.InferenceSession.create(exported.bytes, { executionProviders: ['cpu'] });
  try {
    const planes = new Float32Array(frames.length * 3 * heightPx * widthPx);
    frames.forEach((pixels, t) => {
      planes.set(toPlanes(pixels, manifest), t * 3 * heightPx * widthPx);
    });
    const photograph = new ort.Tensor('float32', planes, [frames.length, 3, heightPx, widthPx]);
    const feeds: Record<string, InstanceType<typeof ort.Tensor>> = { [manifest.input.name]: photograph };
    (recipe.imageInputs?.([task.canvas]) ?? []).forEach(({ data, shape }, i) => {
      feeds[exported.imageInputs[i] as string] = new ort.Tensor('float32', data, [...shape]);
    });
    const result = await session.run(feeds, [...exported.raw]);
    return exported.raw.map((name) => Float32Array.from(result[name]?.data as Float32Array));
  } finally {
    await session.release();
  }
}

/** 8-bit RGB `[h, w, 3]` as the backbone wants it, to the bit as the studio feeds it: a half float would else be rounded the other way. */
function toPlanes(pixels: Uint8Array, { input }: Backbone['manifest']): Float32Array {
  const cells = pixels.length / 3;
  const { planes, factor, offset } = computeNormalisation(input);
  const out = new Float32Array(pixels.length);
  planes.forEach((colour, c) => {
    for (let i = 0; i < cells; i++) {
      const scaled = Math.fround((pixels[i * 3 + colour] as number) * (factor[c] as number));
      out[c * cells + i] = scaled + (offset[c] as number);
    }
  });
  return out;
}
