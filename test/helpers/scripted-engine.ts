/** An engine that answers from a script: for tests of what the host makes of answers, crashes and full disks. Learns nothing. */
import { AppError } from '../../src/core/errors.ts';
import type { EngineStatus, RecipeInfo } from '../../src/core/learning.ts';
import type { EngineInput, EngineMethod, EngineOutput, ImagePrediction } from '../../src/engine/messages.ts';
import type { EngineCallOptions, EnginePort } from '../../src/main/host/engine-port.ts';

export interface ScriptedEngine extends EnginePort {
  /** What `predict` says of an image; empty when undefined. */
  predictions: (imageId: string) => ImagePrediction['detections'];
  /** What `predict` says of a whole image; null when undefined. */
  imageProbabilities: (imageId: string) => ImagePrediction['imageProbabilities'];
  /** The recipes it has; none unless told. */
  recipes: RecipeInfo[];
  /** What it says of itself. */
  status: EngineStatus;
  /** Replaces the next call of a method. */
  next: Partial<Record<EngineMethod, (options: EngineCallOptions) => Promise<unknown>>>;
  readonly calls: { method: EngineMethod; input: unknown }[];
}

const metrics = {
  n: 0,
  split: 'valid',
  classAcc: null,
  logLoss: null,
  meanIou: null,
  map50: null,
  map: null,
};

/** Two classes on 2 × 2 cells: the first hot at the top left, the second nowhere. */
const explanation: EngineOutput<'explain'> = {
  method: 'cam',
  grid: { rows: 2, columns: 2, xPx: 0, yPx: 0, cellWidthPx: 32, cellHeightPx: 24 },
  scores: [0.8, 0.1],
  maps: [Float32Array.of(1, 0, 0, 0), Float32Array.of(0, 0, 0, 0)],
};

function answer(method: EngineMethod, input: unknown): unknown {
  switch (method) {
    case 'checkParameters':
      return { recipeVersion: 1, parameters: (input as EngineInput<'checkParameters'>).parameters };
    case 'forecast':
      return { fineTuning: null };
    case 'train':
      return {
        recipeVersion: 1,
        backend: 'script',
        backboneHash: 'b',
        weightsHash: 'w',
        epochs: 1,
        trainMs: 10,
        imagesPerS: 100,
        metrics,
        failed: [],
      };
    case 'predict':
      return { images: (input as EngineInput<'predict'>).images.length, failed: [] };
    case 'embedBoxes': {
      // By place: boxes side by side look alike.
      const boxes = (input as EngineInput<'embedBoxes'>).images.flatMap((entry) => entry.boxes);
      return {
        length: 2,
        values: Float32Array.from(boxes.flatMap(({ x, y }) => [x + 1, y + 1])),
        known: new Uint8Array(boxes.length).fill(1),
      };
    }
    case 'explain':
      return explanation;
    case 'features':
      return { computed: 0, reused: 0, failed: [], imagesPerS: 0, inferenceImagesPerS: 0 };
    default:
      throw new AppError({ code: 'script/none', message: `The script has no answer to ${method}.` });
  }
}

export function createScriptedEngine(): ScriptedEngine {
  const engine: ScriptedEngine = {
    predictions: () => [],
    imageProbabilities: () => null,
    recipes: [],
    status: {
      node: process.version,
      backend: 'script',
      backends: [],
      installed: [],
      providers: [],
      backbone: null,
    },
    next: {},
    calls: [],
    call: async <M extends EngineMethod>(
      method: M,
      input: EngineInput<M>,
      options: EngineCallOptions = {},
    ) => {
      engine.calls.push({ method, input });
      const replaced = engine.next[method];
      delete engine.next[method];
      if (replaced !== undefined) return (await replaced(options)) as EngineOutput<M>;
      if (method === 'status') return engine.status as EngineOutput<M>;
      if (method === 'recipes') return engine.recipes as EngineOutput<M>;
      if (method === 'predict') {
        const { images } = input as EngineInput<'predict'>;
        options.onItems?.(
          images.map(({ id }) => ({
            imageId: id,
            detections: engine.predictions(id),
            imageProbabilities: engine.imageProbabilities(id),
          })),
        );
      }
      return answer(method, input) as EngineOutput<M>;
    },
    restart: async () => undefined,
    close: async () => undefined,
  };
  return engine;
}
