/** A training run of any recipe, small enough for every machine: drawn features, a narrow net, a few steps. */
import type { Precision } from '../../src/engine/backends/native-half.ts';
import type { BackendId } from '../../src/engine/backends/select-backend.ts';
import { FLIP, PLAIN } from '../../src/engine/features/variants.ts';
import type { Recipe } from '../../src/engine/recipes/recipe.ts';
import type { RunInput } from '../../src/engine/train/run-training.ts';
import { gatherFacts } from '../../src/engine/train/training-facts.ts';
import { DrawnFeatures, drawSamples, standOnDrawn, testCanvas } from './drawn-features.ts';

const classes = [
  { id: 'a', name: 'Cod' },
  { id: 'b', name: 'Hake' },
];

/** The same names for every recipe that has them. */
const smallSettings: Readonly<Record<string, unknown>> = {
  width: 8,
  units: 16,
  batchImages: 4,
  dropout: 0.1,
  learningRate: 0.003,
  epochs: 2,
};

export interface SmallRun {
  readonly modelDir: string;
  readonly backend: BackendId;
  readonly seed: number;
  /** Left out: in full. */
  readonly precision?: Precision;
}

/** Eight photographs to learn from, none to judge by, four steps of four photographs each. */
export function planSmallRun(recipe: Recipe, run: SmallRun): RunInput {
  const { modelDir, backend, seed, precision = 'float32' } = run;
  const samples = drawSamples(8, 1);
  const known = Object.keys(recipe.parameters.shape);
  const parameters = Object.fromEntries(
    Object.entries({ ...smallSettings, precision }).filter(([name]) => known.includes(name)),
  );
  const { task, features } = standOnDrawn(recipe, parameters);
  return {
    recipe,
    parameters,
    configured: recipe.configure(parameters, task),
    facts: gatherFacts({ samples, classes, seed }, true, null),
    seed,
    minutes: null,
    budgetMs: null,
    classes,
    canvas: testCanvas,
    modelDir,
    resume: false,
    backend,
    backboneHash: features.hash,
    source: new DrawnFeatures(samples, features.taps),
    trainItems: samples.map((sample) => ({ sample, variants: [PLAIN, FLIP] })),
    validSamples: [],
    failed: [],
    checkpointEveryMs: 60_000,
  };
}
