/** Boxes and scores of a detector's centre maps: every cell tells a box, and a score where it is a peak of its class. */
import { MAX_LOG_SIZE, MIN_LOG_SIZE } from '../../parts/peaks.ts';
import type { HeadGraph } from '../head-graph.ts';
import type { OutputDecoder } from './output-decoder.ts';

type CentreOutput = Parameters<OutputDecoder<'centre-map'>['decode']>[0][number];

export const centreDecoder: OutputDecoder<'centre-map'> = {
  kind: 'centre-map',
  decode: (outputs, { graph, classes }) => {
    const cells = outputs.reduce(
      (sum, { meaning: { level } }) => sum + level.heightCells * level.widthCells,
      0,
    );
    const levels = outputs.map((output) => decodeLevel(graph, output, classes));
    graph.node(
      'Concat',
      levels.map(({ boxes }) => boxes),
      { axis: 1 },
      'boxes',
    );
    graph.node(
      'Concat',
      levels.map(({ scores }) => scores),
      { axis: 1 },
      'scores',
    );
    return [
      {
        name: 'boxes',
        shape: ['n', cells, 4],
        meaning: 'A box of each cell: left, top, width, height in pixels of the canvas.',
      },
      {
        name: 'scores',
        shape: ['n', cells, classes],
        meaning:
          'Score 0..1 of each class in each cell; 0 where a neighbouring cell scores higher, so that each fish is told once a resolution.',
      },
    ];
  },
};

/** `boxes` `[n, cells, 4]` and `scores` `[n, cells, classes]` of one resolution. */
function decodeLevel(
  graph: HeadGraph,
  { tensor, meaning: { level } }: CentreOutput,
  classes: number,
): { boxes: string; scores: string } {
  const map = graph.channelsFirst(tensor).name;
  const channels = (from: number, to: number): string =>
    graph.node('Slice', [map, graph.integers([from]), graph.integers([to]), graph.integers([1])]);
  const heat = channels(0, classes);
  const isPeak = graph.node('Cast', [findPeaks(graph, heat)], { to: FLOAT });
  const scores = graph.node('Mul', [graph.node('Sigmoid', [heat]), isPeak]);

  const offset = channels(classes, classes + 2);
  const middle = graph.node('Add', [offset, middles(graph, level)]);
  const limits = [graph.floats([MIN_LOG_SIZE], []), graph.floats([MAX_LOG_SIZE], [])];
  const size = graph.node('Exp', [graph.node('Clip', [channels(classes + 2, classes + 4), ...limits])]);
  const corner = graph.node('Sub', [middle, graph.node('Mul', [size, graph.floats([0.5], [])])]);
  const inCells = graph.node('Concat', [corner, size], { axis: 1 });
  const boxes = meanAround(
    graph,
    Array.from({ length: classes }, (_, c) => channels(c, c + 1)),
    graph.node('Mul', [inCells, graph.floats([level.stride], [])]),
  );
  return { boxes: toRows(graph, boxes, 4), scores: toRows(graph, scores, classes) };
}

/** Mean of the boxes of 3 × 3 cells, each counting as the square of its highest score: as the studio reads a peak. */
function meanAround(graph: HeadGraph, heats: readonly string[], boxes: string): string {
  // Max instead of ReduceMax, which is written otherwise from opset 18 on.
  const score = graph.node('Sigmoid', [graph.node('Max', [...heats])]);
  const weight = graph.node('Mul', [score, score]);
  /** A ninth of the sum over 3 × 3 cells; those beyond the edge count nothing. */
  const pool = (map: string): string =>
    graph.node('AveragePool', [map], {
      kernel_shape: [3, 3],
      strides: [1, 1],
      pads: [1, 1, 1, 1],
      count_include_pad: 1,
    });
  return graph.node('Div', [pool(graph.node('Mul', [boxes, weight])), pool(weight)]);
}

const FLOAT = 1;

/** True where no neighbour is higher and none before it in reading order is equal: as the studio picks peaks, to the last tie. */
function findPeaks(graph: HeadGraph, heat: string): string {
  const lowest = graph.floats([-1e30], []);
  /** The map moved by whole cells; what comes in from outside is lower than everything. */
  const move = (map: string, down: number, right: number): string =>
    graph.node('Pad', [map, graph.integers([0, 0, down, right, 0, 0, -down, -right]), lowest]);
  const inRow = graph.node('MaxPool', [heat], {
    kernel_shape: [1, 3],
    pads: [0, 1, 0, 1],
    strides: [1, 1],
  });
  const before = graph.node('Max', [move(inRow, 1, 0), move(heat, 0, 1)]);
  const after = graph.node('Max', [move(inRow, -1, 0), move(heat, 0, -1)]);
  return graph.node('And', [
    graph.node('Greater', [heat, before]),
    graph.node('GreaterOrEqual', [heat, after]),
  ]);
}

/** The middle of each cell, `[1, 2, h, w]`: x then y, in cells. */
function middles(graph: HeadGraph, { heightCells, widthCells }: CentreOutput['meaning']['level']): string {
  const cells = heightCells * widthCells;
  const values = Float32Array.from({ length: 2 * cells }, (_, i) =>
    i < cells ? (i % widthCells) + 0.5 : Math.floor((i - cells) / widthCells) + 0.5,
  );
  return graph.floats(values, [1, 2, heightCells, widthCells]);
}

/** `[n, k, h, w]` to `[n, h · w, k]`. */
function toRows(graph: HeadGraph, name: string, k: number): string {
  const last = graph.node('Transpose', [name], { perm: [0, 2, 3, 1] });
  return graph.node('Reshape', [last, graph.integers([0, -1, k])]);
}
