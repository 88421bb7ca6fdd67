/** A second look at boxes: what a detector found, cut from the photograph at full resolution and named again. */
import { z } from 'zod';
import { type SymbolicTensor, tf } from '../backends/tf.ts';
import { levelings } from '../crops/cropping.ts';
import type { TapShape } from '../features/feature-types.ts';
import { configureImageClass, imageClassShape } from '../parts/image-class.ts';
import { buildTidily, createLayerKit, type LayerKit } from '../parts/layer-kit.ts';
import { pseudoLabelShape } from '../parts/pseudo-labels.ts';
import { defineRecipe, findTap, type RecipeTask, type TrainingFacts } from './recipe.ts';

/** Crops a training should see at least, copies included, where nobody says otherwise. */
const WISHED_CROPS = 1500;
const MOST_COPIES = 6;

const side = (title: string) =>
  z
    .number()
    .int()
    .min(32)
    .max(640)
    .multipleOf(32)
    .default(160)
    .describe(
      `${title} of the picture each crop is scaled to, in pixels: a multiple of 32. Larger shows more of a large fish and takes longer.`,
    );

// Photographs that nobody labelled have no boxes to cut out.
const known = Object.keys(pseudoLabelShape);
const classShape = Object.fromEntries(
  Object.entries(imageClassShape).filter(([name]) => !known.includes(name)),
) as Omit<typeof imageClassShape, keyof typeof pseudoLabelShape>;

const parameters = z.object({
  detector: z
    .string()
    .default('')
    .describe('The model whose boxes are looked at again. None: the one that suggests now.')
    .meta({ picks: 'model', says: 'boxes' }),
  trust: z
    .number()
    .min(0)
    .max(1)
    .default(0.2)
    .describe(
      'How much the second look counts beside the detector, for class and score: 0 not at all, 0.5 as much, 1 alone. More where fish are small in the photograph.',
    ),
  cropWidth: side('Width'),
  cropHeight: side('Height'),
  margin: z
    .number()
    .min(0)
    .max(1)
    .default(0.2)
    .describe('Surroundings that a crop shows on each side of the box, as a share of its size.'),
  backgrounds: z
    .number()
    .int()
    .min(0)
    .max(20)
    .default(2)
    .describe(
      'Crops without a fish from each photograph: first where the detector is wrongly sure, then anywhere. They teach “nothing here”.',
    ),
  level: z
    .enum(levelings)
    .default('off')
    .describe(
      'Turns crops so that the fish lies level: not; along the line found in the photograph, for one fish each; or along a line found in each box. Lines that people marked count first.',
    ),
  turner: z
    .string()
    .default('')
    .describe('The head-tail model that tells how fish lie. None: the newest there is.')
    .meta({ picks: 'model', says: 'lines' }),
  units: z.number().int().min(8).max(1024).default(128).describe('Width of the dense layer.'),
  dropout: z
    .number()
    .min(0)
    .max(0.9)
    .default(0.6)
    .describe('Share of feature channels left out at random before the dense layer.'),
  ...classShape,
});
type Parameters = z.infer<typeof parameters>;

export const cropClassifierRecipe = defineRecipe({
  id: 'crop-classifier',
  version: 1,
  title: 'Second look at boxes',
  tagline: 'Names what a detector found',
  summary:
    'Cuts every box of a trained detector from the photograph at full resolution, looks at it again, and gives it a class and a score. For fish that are small in the photograph but sharp in the file, and for classes that differ in details.',
  whenItFails:
    'It finds no fish that the detector missed, and needs one. With few boxes a class it learns little; where photographs are hardly larger than the canvas the detector has seen the details already. It takes longer: every photograph is decoded at full size. Fish left unlabelled teach it that such a thing is nothing.',
  readingTheNumbers:
    'While it trains, classAcc and logLoss are of crops around hand boxes and of crops without fish. The finished model is judged as the detector is, on whole photographs: mAP@.5, with the boxes of the detector and the classes and scores of the second look; compare it with the detector’s own on the same photographs.',
  outputs: ['boxes'],
  refines: 'boxes',
  parameters,
  crop: ({ cropWidth, cropHeight, margin, backgrounds, level, detector, turner, trust }) => ({
    canvas: { widthPx: cropWidth, heightPx: cropHeight },
    marginFrac: margin,
    backgrounds,
    level,
    detector,
    turner,
    trust,
  }),
  create: (settings, task) => {
    const taps = [findTap(task, 's16'), findTap(task, 's32')];
    const configured = configureImageClass({ ...settings, ...noPseudoLabels }, task, {
      taps: taps.map(({ name }) => name),
      hasClassMap: false,
      slowBatchImages: 32,
      build: (random) => buildTidily(() => buildNet(createLayerKit(random), taps, settings, task)),
    });
    return {
      ...configured,
      planCopies: (facts) => ({ ...configured.planCopies(facts), drawn: countDrawn(settings, facts) }),
    };
  },
});

const noPseudoLabels = { pseudoShare: 0, pseudoModel: '', pseudoConfidence: 0, secondShare: 0 };

/** The mean and the largest value of each channel of both taps, one dense layer, one verdict. */
function buildNet(kit: LayerKit, taps: readonly TapShape[], settings: Parameters, task: RecipeTask) {
  const inputs = taps.map((tap) => kit.input(tap));
  const pooled = inputs.flatMap(({ scaled }, i) => {
    const { name } = taps[i] as TapShape;
    return [
      tf.layers.globalAveragePooling2d({ name: `mean-${name}` }).apply(scaled) as SymbolicTensor,
      tf.layers.globalMaxPooling2d({ name: `max-${name}` }).apply(scaled) as SymbolicTensor,
    ];
  });
  const all = tf.layers.concatenate({ name: 'pooled' }).apply(pooled) as SymbolicTensor;
  const level = kit.normalize(all, 'norm-1', settings.normalization);
  const dropped = kit.dropChannels(level, 'drop-1', settings.dropout);
  const dense = kit.dense(dropped, { name: 'dense', units: settings.units, relu: true });
  const second = kit.dropChannels(
    kit.normalize(dense, 'norm-2', settings.normalization),
    'drop-2',
    settings.dropout / 2,
  );
  const logits = kit.dense(second, { name: 'class', units: task.classes + 1, relu: false, gain: 0.1 });
  return tf.model({ name: 'crop-classifier', inputs: inputs.map(({ raw }) => raw), outputs: [logits] });
}

function countDrawn({ copies }: Parameters, { trainImages }: TrainingFacts): number {
  return copies >= 0 ? copies : Math.min(MOST_COPIES, Math.ceil(WISHED_CROPS / Math.max(1, trainImages)) - 1);
}
