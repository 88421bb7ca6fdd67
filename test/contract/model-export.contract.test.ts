/** Every recipe's model as files for others: plain tfjs opens it, and one ONNX file says what the studio says, in Node and in Python. */
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRandom } from '../../src/core/random.ts';
import { readOnnxGraph } from '../../src/engine/backbones/onnx-graph.ts';
import { onnxRuntime } from '../../src/engine/backbones/session.ts';
import { type LayersModel, type Tensor, tf } from '../../src/engine/backends/tf.ts';
import { startWasmBackend } from '../../src/engine/backends/wasm.backend.ts';
import { PLAIN } from '../../src/engine/features/variants.ts';
import { checkExport } from '../../src/engine/model-export/check-export.ts';
import { exportModel } from '../../src/engine/model-export/export-model.ts';
import { suppressOverlaps } from '../../src/engine/parts/nms.ts';
import { cutToVisible } from '../../src/engine/parts/peaks.ts';
import { recipes } from '../../src/engine/recipes/list.ts';
import type { CanvasDetection, Recipe } from '../../src/engine/recipes/recipe.ts';
import { type OpenedModel, openModel } from '../../src/engine/train/load-model.ts';
import { prepareTask } from '../../src/engine/train/recipe-task.ts';
import { runTraining } from '../../src/engine/train/run-training.ts';
import { gatherFacts } from '../../src/engine/train/training-facts.ts';
import { convBackbone } from '../helpers/conv-backbone.ts';
import { DrawnFeatures, drawSamples, testCanvas } from '../helpers/drawn-features.ts';
import { loadWithPlainTfjs } from '../helpers/plain-tfjs.ts';
import { findPython, runPython } from '../helpers/python.ts';

const classes = [
  { id: 'a', name: 'Cod' },
  { id: 'b', name: 'Hake' },
];
const backbone = convBackbone();
const whole = { x: 0, y: 0, w: testCanvas.widthPx, h: testCanvas.heightPx };
const small: Readonly<Record<string, unknown>> = { width: 8, units: 16, batchImages: 4, epochs: 1 };

let folder = '';
beforeAll(async () => {
  await startWasmBackend();
  folder = await mkdtemp(path.join(tmpdir(), 'catchlight-export-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** Two steps of training: weights that are no longer where they started. */
async function trainTwoSteps(recipe: Recipe): Promise<string> {
  const samples = drawSamples(8, 1);
  const known = Object.keys(recipe.parameters.shape);
  const parameters = Object.fromEntries(Object.entries(small).filter(([name]) => known.includes(name)));
  const modelDir = path.join(folder, recipe.id);
  const { task, features } = prepareTask(recipe, parameters, { backbone, canvas: testCanvas, classes: 2 });
  await runTraining(
    {
      recipe,
      parameters,
      configured: recipe.configure(parameters, task),
      facts: gatherFacts({ samples, classes, seed: 7 }, true, null),
      seed: 7,
      minutes: null,
      budgetMs: null,
      classes,
      canvas: testCanvas,
      modelDir,
      resume: false,
      backend: 'wasm',
      backboneHash: features.hash,
      source: new DrawnFeatures(samples, features.taps),
      trainItems: samples.map((sample) => ({ sample, variants: [PLAIN] })),
      validSamples: [],
      failed: [],
    },
    {},
  );
  return modelDir;
}

/** Raw outputs of the studio's net on random features. */
function runNet(model: LayersModel, inputs: readonly Tensor[]): number[][] {
  return tf.tidy(() => {
    const result = model.predict([...inputs]) as Tensor | Tensor[];
    return (Array.isArray(result) ? result : [result]).map((tensor) => Array.from(tensor.dataSync()));
  });
}

/** After two steps boxes are still points and scores next to nothing: moved so that there is something to compare. */
function nudgeBiases(model: LayersModel): void {
  tf.tidy(() => {
    for (const weight of model.weights)
      if (weight.originalName.endsWith('/bias')) weight.write(weight.read().add(0.4));
  });
}

/** The exported file on two canvases of noise, as the backbone takes them; outputs by name. */
async function runFile(bytes: Uint8Array, feeds: Readonly<Record<string, Float32Array>>) {
  const ort = onnxRuntime();
  const session = await ort.InferenceSession.create(bytes, { executionProviders: ['cpu'] });
  const inputs = readOnnxGraph(bytes).inputs.map(({ name, shape }) => {
    const sizes = (shape ?? []).map((size) => (typeof size === 'number' ? size : 2));
    return [name, new ort.Tensor('float32', feeds[name] as Float32Array, sizes)] as const;
  });
  const result = await session.run(Object.fromEntries(inputs));
  await session.release();
  return result;
}

/** What the studio makes of the file's decoded outputs: detections of the second canvas. */
function readDetections(outputs: Awaited<ReturnType<typeof runFile>>, minScore: number): CanvasDetection[] {
  const { boxes, scores } = outputs;
  const cells = boxes?.dims[1] ?? 0;
  const [box, score] = [boxes?.data as Float32Array, scores?.data as Float32Array];
  return Array.from({ length: cells * 2 }, (_, k): CanvasDetection[] => {
    const [cell, classIndex] = [cells + Math.floor(k / 2), k % 2];
    const [x = 0, y = 0, w = 0, h = 0] = box.subarray(cell * 4, cell * 4 + 4);
    const cut = cutToVisible({ x, y, w, h }, whole);
    const own = score[cell * 2 + classIndex] as number;
    return cut === null || own < minScore ? [] : [{ ...cut, classIndex, score: own, probabilities: [] }];
  }).flat();
}

function drawFeeds(opened: OpenedModel): Record<string, Float32Array> {
  const random = createRandom(5);
  // One window of frames, or two photographs.
  const images = opened.recipe.frames?.count ?? 2;
  const feeds: Record<string, Float32Array> = {
    image: Float32Array.from({ length: images * 3 * whole.w * whole.h }, () => random.range(-2, 2)),
  };
  const sizes = [
    { widthPx: 128, heightPx: 128 },
    { widthPx: 640, heightPx: 480 },
  ];
  (opened.recipe.imageInputs?.(sizes) ?? []).forEach(({ data }, i) => {
    feeds[opened.model.inputNames[opened.recipe.taps.length + i] as string] = data;
  });
  return feeds;
}

describe.each(recipes.map((recipe) => [recipe.id, recipe] as const))(
  'a model of the recipe %s',
  (id, recipe) => {
    test('opens in tfjs that knows no layer of ours, and as one ONNX file that says the same', async () => {
      const modelDir = await trainTwoSteps(recipe);
      const ofCrops = recipe.cropping !== undefined;
      const opened = await openModel(modelDir, { backbone, canvas: testCanvas, ofCrops });
      const plain = await loadWithPlainTfjs(modelDir);
      const inputs = plain.inputs.map(({ shape }) =>
        tf.randomUniform([2, ...shape.slice(1)] as number[], 0, 1, 'float32', 3),
      );
      const [said, wanted] = [runNet(plain, inputs), runNet(opened.model, inputs)];
      said.forEach((values, i) => {
        for (const [k, value] of values.entries()) expect(value).toBeCloseTo(wanted[i]?.[k] as number, 4);
      });
      tf.dispose(inputs);
      plain.dispose();

      nudgeBiases(opened.model);
      const exported = exportModel(opened);
      expect(await checkExport(exported, opened)).toBeLessThan(1e-4);

      const feeds = drawFeeds(opened);
      const outputs = await runFile(exported.bytes, feeds);
      expect(Object.keys(outputs)).toEqual(exported.outputs.map(({ name }) => name));
      const raw = exported.raw.map((name) => {
        const { data, dims } = outputs[name] as { data: Float32Array; dims: readonly number[] };
        return tf.tensor(data, [...dims]);
      });
      const limits = { minScore: 0.002, maxDetections: 12, visible: [whole, whole] };
      const decoded = opened.recipe.decode(raw, limits).at(-1);
      tf.dispose(raw);
      opened.model.dispose();
      if (outputs.probabilities !== undefined) {
        const shares = Array.from(outputs.probabilities.data as Float32Array).slice(-3);
        for (const [c, share] of shares.entries())
          expect(share).toBeCloseTo(decoded?.imageProbabilities?.[c] as number, 4);
      }
      if (outputs.box !== undefined) {
        const [x = 0, y = 0, w = 0, h = 0] = (outputs.box.data as Float32Array).subarray(4);
        const cut = cutToVisible({ x, y, w, h }, whole);
        for (const side of ['x', 'y', 'w', 'h'] as const)
          expect(cut?.[side]).toBeCloseTo(decoded?.detections[0]?.[side] as number, 3);
      }
      if (outputs.boxes !== undefined) {
        const found = suppressOverlaps(readDetections(outputs, 0.002), {
          sameClassIou: 0.5,
          otherClassIou: 0.8,
          maxDetections: 12,
        });
        expect(found.length).toBeGreaterThan(3);
        expect(found.map(({ classIndex }) => classIndex)).toEqual(
          decoded?.detections.map(({ classIndex }) => classIndex),
        );
        found.forEach((detection, i) => {
          for (const part of ['score', 'x', 'y', 'w', 'h'] as const)
            expect(detection[part]).toBeCloseTo(decoded?.detections[i]?.[part] as number, 3);
        });
      }
      const dir = path.join(folder, 'files', id);
      await mkdir(dir, { recursive: true });
      await writeFile(path.join(dir, 'model.onnx'), exported.bytes);
      for (const [name, data] of Object.entries(feeds)) await writeFile(path.join(dir, `${name}.in`), data);
      for (const [name, { data }] of Object.entries(outputs))
        await writeFile(path.join(dir, `${name}.out`), data as Float32Array);
    });
  },
);

const python = findPython(['onnxruntime', 'onnx', 'numpy']);
const program = `
import json, os, sys
import numpy, onnx, onnxruntime
answers = {}
for name in sorted(os.listdir(sys.argv[1])):
    folder = os.path.join(sys.argv[1], name)
    file = os.path.join(folder, 'model.onnx')
    model = onnx.load(file)
    onnx.checker.check_model(model, full_check=True)
    session = onnxruntime.InferenceSession(file, providers=['CPUExecutionProvider'])
    feeds = {}
    for entry in session.get_inputs():
        shape = [size if isinstance(size, int) else 2 for size in entry.shape]
        values = numpy.fromfile(os.path.join(folder, entry.name + '.in'), numpy.float32)
        feeds[entry.name] = values.reshape(shape)
    gaps = {}
    for entry, values in zip(session.get_outputs(), session.run(None, feeds)):
        wanted = numpy.fromfile(os.path.join(folder, entry.name + '.out'), numpy.float32)
        unit = max(1.0, float(numpy.abs(wanted).max()))
        gaps[entry.name] = float(numpy.abs(values.reshape(-1) - wanted).max()) / unit
    meta = session.get_modelmeta().custom_metadata_map
    answers[name] = {'gaps': gaps, 'doc': len(model.doc_string), 'meta': sorted(meta), 'classes': json.loads(meta['catchlight.classes'])}
print(json.dumps(answers))
`;

test.skipIf(python === undefined)(
  'onnxruntime in Python gives the numbers of the studio, and the checker finds no fault',
  async () => {
    const files = path.join(folder, 'files');
    const answers = runPython(python ?? '', program, [files]) as Record<
      string,
      { gaps: Record<string, number>; doc: number; meta: string[]; classes: string[] }
    >;
    expect(Object.keys(answers)).toEqual((await readdir(files)).sort());
    for (const [id, answer] of Object.entries(answers)) {
      for (const [name, gap] of Object.entries(answer.gaps)) expect(gap, `${id} ${name}`).toBeLessThan(1e-4);
      expect(answer.doc, id).toBeGreaterThan(200);
      expect(answer.classes).toEqual(['Cod', 'Hake']);
      expect(answer.meta).toEqual([
        'catchlight.classes',
        'catchlight.form',
        'catchlight.model',
        'catchlight.postprocessing',
        'catchlight.preprocessing',
      ]);
    }
  },
);
