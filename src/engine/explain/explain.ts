/** Where a trained model looks: chooses a way, runs it on one photograph, and cuts the padding off. */
import { AppError } from '../../core/errors.ts';
import type { ExplainMethod } from '../../core/explain.ts';
import type { HeatGrid } from '../../core/heatmap.ts';
import { cutWindow, findVisibleCells, toHeatGrid } from './grid.ts';
import { explainWays } from './list.ts';
import type { ExplainContext, Explained, ExplainWay } from './method.ts';
import { readMaps, scoreCopies } from './run.ts';

/** Maps of one photograph for every class, at the resolution of the features. */
export interface Explanation {
  readonly method: ExplainWay['id'];
  readonly grid: HeatGrid;
  /** What the model says of the whole photograph, 0..1 a class; "nothing here" last where there is a map of it. */
  readonly scores: readonly number[];
  /** One map an entry of `scores`: rows × columns values 0..1, row by row. */
  readonly maps: readonly Float32Array[];
}

/** `auto` takes the most faithful way that fits. Throws `explain/does-not-fit` when the recipe lacks what the method needs, `job/cancelled`. */
export async function explain(
  explained: Explained,
  method: ExplainMethod,
  context: ExplainContext = {},
): Promise<Explanation> {
  const way = chooseWay(explained.recipe, method);
  const heat = await way.explain(explained, context);
  const window = findVisibleCells(explained.placement, heat.shape);
  const [scores = []] = scoreCopies(explained, readMaps(explained), 1);
  return {
    method: way.id,
    grid: toHeatGrid(explained.placement, heat.shape, window),
    // A detector says nothing of "nothing here" by itself: it is what its surest fish leaves.
    scores: heat.maps.length > scores.length ? [...scores, 1 - Math.max(0, ...scores)] : scores,
    maps: heat.maps.map((map) => cutWindow(map, heat.shape, window)),
  };
}

function chooseWay(recipe: Explained['recipe'], method: ExplainMethod): ExplainWay {
  const fitting = explainWays.filter((way) => way.fits(recipe));
  const chosen = fitting.find((way) => method === 'auto' || way.id === method);
  if (chosen !== undefined) return chosen;
  const wanted = explainWays.find((way) => way.id === method);
  throw new AppError({
    code: 'explain/does-not-fit',
    message: `This model cannot be explained by the method "${method}": ${wanted?.lacks ?? 'there is no such method'}. Nothing was changed.`,
    hint: `Choose ${fitting.map((way) => way.id).join(' or ')}, or "auto".`,
    details: { method, fitting: fitting.map((way) => way.id) },
  });
}
