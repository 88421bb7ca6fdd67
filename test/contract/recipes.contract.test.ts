/** Every recipe of the list, through the same stories: described, trained, cancelled, taken up again, saved, loaded, decoded. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CurvePoint, JobProgress } from '../../src/core/jobs.ts';
import { findsBoxes, recipeInfoSchema } from '../../src/core/learning.ts';
import { findArgMax } from '../../src/core/metrics-class.ts';
import { type Tensor, tf } from '../../src/engine/backends/tf.ts';
import { startWasmBackend } from '../../src/engine/backends/wasm.backend.ts';
import type { TapShape } from '../../src/engine/features/feature-types.ts';
import { FLIP, PLAIN } from '../../src/engine/features/variants.ts';
import type { TrainingSample } from '../../src/engine/messages.ts';
import { copyRangeShape } from '../../src/engine/parts/augmentation.ts';
import { recipes } from '../../src/engine/recipes/list.ts';
import {
  type CanvasSample,
  type ConfiguredRecipe,
  describeRecipe,
  type Recipe,
  readParameters,
} from '../../src/engine/recipes/recipe.ts';
import { frameShape } from '../../src/engine/train/frame-windows.ts';
import { type LoadedModel, loadModel, type SeenImage } from '../../src/engine/train/load-model.ts';
import { type RunInput, runTraining } from '../../src/engine/train/run-training.ts';
import { placeSample } from '../../src/engine/train/samples.ts';
import { gatherFacts } from '../../src/engine/train/training-facts.ts';
import {
  DrawnFeatures,
  drawSamples,
  makeSample,
  standOnDrawn,
  testCanvas,
} from '../helpers/drawn-features.ts';

const classes = [
  { id: 'a', name: 'Cod' },
  { id: 'b', name: 'Hake' },
];
/** A recipe that moves the backbone convolves much, and machines are shared. */
const TIME_LIMIT_MS = 120_000;
/** Small enough for a machine without native TensorFlow; the same names for every recipe that has them. */
const smallSettings: Readonly<Record<string, unknown>> = {
  width: 8,
  units: 16,
  frames: 3,
  batchImages: 4,
  dropout: 0.1,
  learningRate: 0.01,
};

let folder = '';
beforeAll(async () => {
  // The fallback every machine has, quick enough for real steps.
  await startWasmBackend();
  folder = await mkdtemp(path.join(tmpdir(), 'catchlight-recipes-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

function settingsOf(recipe: Recipe, more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const known = Object.keys(recipe.parameters.shape);
  const all = { ...smallSettings, ...more };
  return Object.fromEntries(Object.entries(all).filter(([name]) => known.includes(name)));
}

type Verdict = ReturnType<LoadedModel['predict']>;

/** Products of several images sum in another order than those of one: the last digits differ. */
function expectAlike(many: readonly Verdict[], alone: readonly Verdict[]): void {
  const round = (value: number): number => Math.round(value * 1e3) / 1e3;
  const rounded = (verdicts: readonly Verdict[]) =>
    verdicts.map(({ detections, imageProbabilities }) => ({
      boxes: detections.map(({ x, y, w, h, classIndex }) => [
        round(x / 100),
        round(y / 100),
        round(w / 100),
        round(h / 100),
        classIndex,
      ]),
      shares: imageProbabilities?.map(round),
    }));
  expect(rounded(many)).toEqual(rounded(alone));
}

interface Wishes {
  readonly name: string;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly valid?: readonly TrainingSample[];
  readonly train?: readonly TrainingSample[];
  readonly pseudo?: readonly TrainingSample[];
  readonly resume?: boolean;
  readonly minutes?: number;
  readonly checkpointEveryMs?: number;
}

function planRun(recipe: Recipe, wishes: Wishes): RunInput {
  const trainSamples = wishes.train ?? drawSamples(8, 1);
  const validSamples = wishes.valid ?? drawSamples(4, 2, 'valid');
  const samples = [...trainSamples, ...validSamples, ...(wishes.pseudo ?? [])];
  const parameters = settingsOf(recipe, { epochs: 3, ...wishes.settings });
  const { task, features } = standOnDrawn(recipe, parameters);
  const minutes = wishes.minutes ?? null;
  return {
    recipe,
    parameters,
    configured: recipe.configure(parameters, task),
    facts: gatherFacts({ samples, classes, seed: 7 }, true, null),
    seed: 7,
    minutes,
    budgetMs: minutes === null ? null : minutes * 60_000,
    classes,
    canvas: testCanvas,
    modelDir: path.join(folder, `${recipe.id}-${wishes.name}`),
    resume: wishes.resume ?? false,
    backend: 'wasm',
    backboneHash: features.hash,
    source: new DrawnFeatures(samples, features.taps),
    trainItems: trainSamples.map((sample) => ({ sample, variants: [PLAIN, FLIP] })),
    ...(wishes.pseudo && {
      pseudoItems: wishes.pseudo.map((sample) => ({ sample, variants: [PLAIN, FLIP] })),
    }),
    validSamples,
    failed: [],
    checkpointEveryMs: wishes.checkpointEveryMs ?? 60_000,
  };
}

/** A tap as the recipe's model sees it. */
function seenShape({ frames }: ConfiguredRecipe, tap: TapShape): TapShape {
  return frames === undefined ? tap : frameShape(frames, tap);
}

const blank: CanvasSample = { boxes: [], ignored: [], visible: { x: 0, y: 0, w: 128, h: 128 } };

describe.each(recipes.map((recipe) => [recipe.id, recipe] as const))('the recipe %s', (_, recipe) => {
  test('says what it is for, when it fails and what its numbers mean', () => {
    const info = recipeInfoSchema.parse(JSON.parse(JSON.stringify(describeRecipe(recipe))));
    expect(recipe.id).toMatch(/^[a-z][a-z0-9-]*$/);
    expect(info.tagline).toMatch(/^.{8,34}$/);
    expect(info.refines !== undefined).toBe(recipe.cropping !== undefined);
    for (const text of [info.summary, info.whenItFails, info.readingTheNumbers])
      expect(text.length).toBeGreaterThan(40);
    const fields = (info.parametersSchema as { properties: Record<string, { description?: string }> })
      .properties;
    for (const [name, field] of Object.entries(fields)) {
      expect(field.description, name).toMatch(/\w{3}/);
      expect(info.defaults, name).toHaveProperty(name);
    }
  });

  test('reads its own defaults back and refuses a setting by name', () => {
    const defaults = readParameters(recipe.id, recipe.parameters, {});
    expect(readParameters(recipe.id, recipe.parameters, JSON.parse(JSON.stringify(defaults)))).toEqual(
      defaults,
    );
    expect(() => readParameters(recipe.id, recipe.parameters, { learningRate: -1 })).toThrow(/learningRate/);
    expect(() => readParameters(recipe.id, recipe.parameters, { noSuchSetting: 1 })).toThrow(/noSuchSetting/);
  });

  test('keeps every loss finite when nothing is labelled, and when all was cut off', () => {
    const { configured, facts, source } = planRun(recipe, { name: 'blank' });
    const cutOff = { ...blank, ignored: [{ x: 0, y: 0, w: 50, h: 50 }] };
    for (const samples of [[blank, blank], [cutOff], [{ ...blank, visible: { x: 0, y: 0, w: 0, h: 0 } }]]) {
      const model = configured.build({ seed: 1, step: 0 });
      const losses = tf.tidy(() => {
        const inputs = configured.taps.map((name) => {
          const tap = seenShape(configured, source.shape(name));
          return tf.ones([samples.length, tap.heightCells, tap.widthCells, tap.channels]);
        });
        const sizes = samples.map(() => ({ widthPx: 128, heightPx: 128 }));
        for (const { data, shape } of configured.imageInputs?.(sizes) ?? [])
          inputs.push(tf.tensor(data, [...shape]));
        const outputs = model.apply(inputs, { training: true }) as Tensor | Tensor[];
        const targets = Object.fromEntries(
          Object.entries(configured.makeTargets(samples, facts)).map(([name, { data, shape }]) => [
            name,
            tf.tensor(data, [...shape]),
          ]),
        );
        const all = configured.computeLosses(Array.isArray(outputs) ? outputs : [outputs], targets);
        return Object.values(all).map((loss) => loss.dataSync()[0] as number);
      });
      expect(losses.every(Number.isFinite)).toBe(true);
      model.dispose();
    }
  });

  test(
    'finds the planted fish of photographs it never saw, and says so in a file that loads',
    async () => {
      const input = planRun(recipe, {
        name: 'learns',
        train: drawSamples(24, 3),
        // Wide enough to tell the classes apart whatever the dropout's masks are.
        settings: { epochs: 30, averageDecay: 0.9, width: 16 },
      });
      const points: CurvePoint[] = [];
      const progress: JobProgress[] = [];
      const output = await runTraining(input, {
        onCurve: (point) => points.push(point),
        onProgress: (told) => progress.push(told),
      });
      const losses = points.flatMap((point) => point.values['loss/total'] ?? []);
      expect(losses.at(-1)).toBeLessThan((losses[0] as number) * 0.6);
      expect(
        points.some((point) => Object.keys(point.values).some((name) => name.startsWith('valid/'))),
      ).toBe(true);
      expect(progress.at(-1)?.done).toBe(progress.at(-1)?.total);
      expect(output.metrics.n).toBe(4);
      expect(await readdir(input.modelDir)).toEqual(['manifest.json', 'model.json', 'weights.bin']);

      const { backbone, features } = standOnDrawn(recipe, input.parameters);
      const ofCrops = recipe.cropping !== undefined;
      const model = await loadModel(input.modelDir, { backbone, canvas: testCanvas, ofCrops });
      expect(model.features.hash).toBe(features.hash);
      const box = { x: 24, y: 42, w: 56, h: 52, classIndex: 1 };
      const planted = [makeSample('hake', [box]), makeSample('cod', [{ ...box, classIndex: 0 }])];
      const source = new DrawnFeatures(planted, features.taps);
      const limits = { minScore: 0.1, maxDetections: 5 };
      const seen: SeenImage[] = [];
      for (const { image } of planted) {
        const key = [{ hash: image.hash, variant: 'plain' }];
        const maps = new Map<string, Float32Array>();
        for (const tap of source.taps) maps.set(tap.name, await source.read(key, tap.name));
        seen.push({ image, maps });
      }
      const said = seen.map(({ maps, image }) => model.predict(maps, image, limits));
      // In one run of the net as each alone; a recipe of clips takes windows there.
      if (model.frames === undefined) expectAlike(model.predictWindows(seen, limits), said);
      model.dispose();
      const judged = said.map(({ imageProbabilities }) => imageProbabilities);
      if (recipe.outputs.includes('class') || ofCrops) {
        for (const shares of judged) expect(shares?.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
        expect(judged.map((shares) => shares?.length)).toEqual([3, 3]);
        expect(judged.map((shares) => findArgMax(shares ?? []))).toEqual([1, 0]);
      } else expect(judged).toEqual([null, null]);
      // A crop is judged as a whole: its boxes are another model's.
      if (!findsBoxes(recipe) || ofCrops) {
        expect(said.flatMap(({ detections }) => detections)).toEqual([]);
        return;
      }
      const [best] = said[0]?.detections ?? [];
      expect(best?.classIndex).toBe(1);
      expect(Math.abs((best?.x ?? 0) + (best?.w ?? 0) / 2 - 52)).toBeLessThan(16);
      expect(Math.abs((best?.y ?? 0) + (best?.h ?? 0) / 2 - 68)).toBeLessThan(16);
      expect(best?.probabilities).toHaveLength(2);
    },
    TIME_LIMIT_MS,
  );

  test('has a class map where it says so, and the map is what its verdict is pooled from', () => {
    const { configured, source } = planRun(recipe, { name: 'map' });
    expect(configured.classMaps !== undefined).toBe(recipe.outputs.includes('heatmap'));
    if (configured.classMaps === undefined) return;
    const { classMaps } = configured;
    const model = configured.build({ seed: 3, step: 0 });
    tf.tidy(() => {
      const inputs = configured.taps.map((name) => {
        const { heightCells, widthCells, channels } = source.shape(name);
        return tf.randomUniform([2, heightCells, widthCells, channels], 0, 1, 'float32', 5);
      });
      const outputs = model.apply(inputs, { training: false }) as Tensor[];
      const map = classMaps(outputs);
      expect(map.shape).toEqual([2, map.shape[1], map.shape[2], 3]);
      expect(model.getLayer('class-map').outputShape).toEqual([null, ...map.shape.slice(1)]);
      const verdict = Array.from((outputs[0] as Tensor).dataSync());
      const pooled = [tf.mean(map, [1, 2]), tf.max(map, [1, 2])].map((x) => Array.from(x.dataSync()));
      const gaps = pooled.map((own) => Math.max(...own.map((v, i) => Math.abs(v - (verdict[i] as number)))));
      expect(Math.min(...gaps)).toBeLessThan(1e-5);
    });
    model.dispose();
  });

  test(
    'gives the same model from the same seed, and the same after a stop as without one',
    async () => {
      const whole = await runTraining(planRun(recipe, { name: 'whole' }), {});
      const again = await runTraining(planRun(recipe, { name: 'again' }), {});
      expect(again.weightsHash).toBe(whole.weightsHash);

      const stopper = new AbortController();
      const stopped = runTraining(planRun(recipe, { name: 'stopped', checkpointEveryMs: 0 }), {
        signal: stopper.signal,
        onCurve: (point) => {
          if (point.epoch >= 1.5) stopper.abort();
        },
        onProgress: (told) => {
          if (told.done >= 400) stopper.abort();
        },
      });
      await expect(stopped).rejects.toMatchObject({ code: 'job/cancelled' });
      const folderOf = planRun(recipe, { name: 'stopped' }).modelDir;
      expect(await readdir(folderOf)).toEqual(['checkpoint.bin']);
      const resumed = await runTraining(planRun(recipe, { name: 'stopped', resume: true }), {});
      expect(resumed.weightsHash).toBe(whole.weightsHash);
      expect(resumed.metrics).toEqual(whole.metrics);
    },
    TIME_LIMIT_MS,
  );

  test('mixes in photographs that nobody labelled, where it says a class, and goes on after a stop to the same numbers', async () => {
    const canMix = Object.hasOwn(recipe.parameters.shape, 'pseudoShare');
    expect(canMix).toBe(recipe.outputs.includes('class'));
    if (!canMix) return;
    const settings = { pseudoShare: 0.25, pseudoModel: 'earlier', epochs: 2 };
    const pseudo = drawSamples(4, 11).map(
      (sample, i): TrainingSample => ({
        ...sample,
        split: 'pseudo',
        boxes: [],
        probabilities: i % 2 === 0 ? [0.8, 0.1, 0.1] : [0.1, 0.7, 0.2],
      }),
    );
    const mixed = (name: string, more: Partial<Wishes> = {}) =>
      planRun(recipe, { name: `mixed-${name}`, settings, pseudo, ...more });
    const whole = await runTraining(mixed('whole'), {});
    const alone = planRun(recipe, { name: 'mixed-alone', settings: { ...settings, pseudoShare: 0 } });
    expect((await runTraining(alone, {})).weightsHash).not.toBe(whole.weightsHash);
    await expect(runTraining(planRun(recipe, { name: 'mixed-none', settings }), {})).rejects.toMatchObject({
      code: 'training/no-pseudo-labels',
    });

    const stopper = new AbortController();
    const stopped = runTraining(mixed('stopped', { checkpointEveryMs: 0 }), {
      signal: stopper.signal,
      onProgress: (told) => {
        if (told.done >= 400) stopper.abort();
      },
    });
    await expect(stopped).rejects.toMatchObject({ code: 'job/cancelled' });
    const resumed = await runTraining(mixed('stopped', { resume: true }), {});
    expect(resumed.weightsHash).toBe(whole.weightsHash);
    // Other verdicts are another run: its checkpoint is not taken up.
    const doubted = pseudo.map((sample) => ({ ...sample, probabilities: [1, 1, 1].map((x) => x / 3) }));
    const other = await runTraining(mixed('other', { pseudo: doubted }), {});
    expect(other.weightsHash).not.toBe(whole.weightsHash);
  });

  test('leaves no tensor behind, whether it ends or is stopped', async () => {
    const before = tf.memory().numTensors;
    const counts: number[] = [];
    await runTraining(planRun(recipe, { name: 'leak' }), {
      onCurve: () => counts.push(tf.memory().numTensors),
    });
    expect(tf.memory().numTensors).toBe(before);
    expect(new Set(counts.slice(2, -2)).size).toBeLessThanOrEqual(2);
    const stopper = new AbortController();
    stopper.abort();
    await expect(
      runTraining(planRun(recipe, { name: 'leak-stopped' }), { signal: stopper.signal }),
    ).rejects.toMatchObject({ code: 'job/cancelled' });
    expect(tf.memory().numTensors).toBe(before);
  });

  test('ends on its time budget, and needs no photographs to validate on', async () => {
    const startMs = performance.now();
    const input = planRun(recipe, { name: 'budget', minutes: 0.02, valid: [], train: drawSamples(3, 5) });
    const output = await runTraining(input, {});
    expect(performance.now() - startMs).toBeLessThan(15_000);
    expect(output.epochs).toBeGreaterThan(0);
    expect(output.metrics).toMatchObject({ n: 0, map50: null, classAcc: null });
  });

  test('offers augmentation under the same names, and draws copies as they say', () => {
    const strengths = { flip: false, zoomOut: 0.9, zoomIn: 1.1, shift: 0.02, colour: 0.05, rotation: 6 };
    const fields = Object.keys(recipe.parameters.shape);
    const count = recipe.fineTuning === undefined ? 'copies' : 'freshCopies';
    expect(fields).toEqual(expect.arrayContaining([count, ...Object.keys(copyRangeShape)]));
    const settings = { ...strengths, [count]: 3 };
    const { configured, facts } = planRun(recipe, { name: 'copies', settings });
    const plan = configured.planCopies(facts);
    const range = {
      flip: false,
      zoomMin: 0.9,
      zoomMax: 1.1,
      shiftFrac: 0.02,
      gainSpread: 0.05,
      rotationDeg: 6,
    };
    expect(plan).toMatchObject({ flip: false, range });
    expect(plan.fresh ?? plan.drawn).toBe(3);
    // A head that is trained first sees photographs as the whole does.
    expect(recipe.fineTuning?.(settings).head.parameters ?? strengths).toMatchObject(strengths);
    expect(plan.alike ?? false).toBe(configured.frames !== undefined);
    expect(() => readParameters(recipe.id, recipe.parameters, { rotation: 90 })).toThrow(/rotation/);
  });

  test('sees the boxes of mirrored and cut copies where they are', () => {
    const sample = makeSample('placed', [{ x: 10, y: 20, w: 30, h: 40, classIndex: 0 }]);
    expect(placeSample(sample, testCanvas, FLIP).boxes[0]).toMatchObject({ x: 88, y: 20, w: 30, h: 40 });
    const shifted = placeSample(sample, testCanvas, { ...PLAIN, id: 'out', shiftXFrac: -0.25 });
    expect(shifted.boxes).toHaveLength(0);
    expect(shifted.ignored).toHaveLength(1);
  });
});
