/**
 * Class activation maps (Zhou et al. 2016): a fully convolutional recipe has, before it pools them to one verdict, a map a class; a
 * detector's centre maps are such maps already. Nothing has to be approximated: these are the model's own words, cell by cell.
 */
import { type Tensor, type Tensor4D, tf } from '../backends/tf.ts';
import { type CellShape, spreadCells } from './grid.ts';
import type { ClassHeat, Explained, ExplainWay } from './method.ts';
import { applyModel, makeInputs, readMaps } from './run.ts';

/**
 * For a class map: the softmax of each cell, the verdict that cell alone would give. For centre maps: the probability of a centre of a
 * fish of that class; of several levels the surer one, on the cells of the finest. "Nothing here" is then what the surest class leaves.
 */
export const classMapWay: ExplainWay = {
  id: 'cam',
  lacks: 'it keeps no map of its classes',
  fits: (recipe) => recipe.classMaps !== undefined || listCentreMaps(recipe).length > 0,
  explain: async (explained) => {
    const { recipe, task } = explained;
    const tensors = tf.tidy(() => {
      const outputs = applyModel(explained, makeInputs(explained, readMaps(explained), 1));
      const map = recipe.classMaps?.(outputs);
      if (map !== undefined) return [tf.softmax(map) as Tensor4D];
      return listCentreMaps(recipe).map((at) => {
        const [, height = 0, width = 0] = (outputs[at] as Tensor).shape;
        const logits = tf.slice(outputs[at] as Tensor4D, [0, 0, 0, 0], [1, height, width, task.classes]);
        return tf.sigmoid(logits) as Tensor4D;
      });
    });
    try {
      const heat = joinLevels(tensors.map(readLevel));
      return recipe.classMaps === undefined ? { ...heat, maps: [...heat.maps, leaveOver(heat.maps)] } : heat;
    } finally {
      tf.dispose(tensors);
    }
  },
};

function listCentreMaps(recipe: Explained['recipe']): number[] {
  return (recipe.outputMeanings ?? []).flatMap(({ kind }, i) => (kind === 'centre-map' ? [i] : []));
}

/** 1 less the surest class of each cell. */
function leaveOver(maps: readonly Float32Array[]): Float32Array {
  return Float32Array.from(
    maps[0] ?? [],
    (_, cell) => 1 - maps.reduce((most, map) => Math.max(most, map[cell] ?? 0), 0),
  );
}

function readLevel(tensor: Tensor4D): ClassHeat {
  const [, heightCells, widthCells, channels] = tensor.shape;
  const values = tensor.dataSync();
  const maps = Array.from({ length: channels }, (_, c) =>
    Float32Array.from({ length: heightCells * widthCells }, (_, cell) => values[cell * channels + c] ?? 0),
  );
  return { shape: { heightCells, widthCells }, maps };
}

function joinLevels(levels: readonly ClassHeat[]): ClassHeat {
  const finest = levels.reduce<CellShape>(
    (best, { shape }) =>
      shape.heightCells * shape.widthCells > best.heightCells * best.widthCells ? shape : best,
    { heightCells: 0, widthCells: 0 },
  );
  const classes = levels[0]?.maps.length ?? 0;
  const maps = Array.from({ length: classes }, (_, c) => {
    const joined = new Float32Array(finest.heightCells * finest.widthCells);
    for (const level of levels)
      spreadCells(level.maps[c] ?? [], level.shape, finest).forEach((value, cell) => {
        joined[cell] = Math.max(joined[cell] ?? 0, value);
      });
    return joined;
  });
  return { shape: finest, maps };
}
