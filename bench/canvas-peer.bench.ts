/** The same hand on our window and on Label Studio's: boxes clicked and dragged, zoom and pan, with the same photograph and boxes. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import type { Bench, BenchFigure } from './bench.ts';
import { findLabelStudio, peerClasses, startLabelStudio } from './canvas/label-studio.ts';
import type { Cost } from './canvas/meter.ts';
import { needWindow } from './canvas/needed-window.ts';
import { startOurs } from './canvas/ours.ts';
import {
  joinCosts,
  layOutBoxes,
  photograph,
  playStream,
  type StreamCosts,
  type Surface,
} from './canvas/stream.ts';

const counts = [100, 1000, 5000] as const;
/** The number of boxes that both are measured with. */
const shared = 1000;
const rounds = Number(process.env.CATCHLIGHT_BENCH_ROUNDS ?? 4);
const acts = ['select', 'drag', 'zoom', 'pan'] as const;

function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}

/** A sea with noise, so that it compresses as a photograph does. `at` makes it another file. */
function drawPhotograph(at: number): Promise<Uint8Array> {
  const { widthPx: width, heightPx: height } = photograph;
  const noise = { type: 'gaussian', mean: 110, sigma: 22 } as const;
  return sharp({ create: { width, height, channels: 3, background: '#406070', noise } })
    .tint({ r: 90, g: 130, b: 150 + at })
    .jpeg({ quality: 85 })
    .toBuffer();
}

/** Costs of several rounds as one. */
function join(list: readonly StreamCosts[]): StreamCosts {
  const of = (act: keyof StreamCosts): Cost => joinCosts(list.map((costs) => costs[act]));
  return { select: of('select'), drag: of('drag'), zoom: of('zoom'), pan: of('pan') };
}

function tell(name: string, costs: StreamCosts): BenchFigure[] {
  return acts.map((act) => {
    const { workMs, untilFrameMs } = costs[act];
    const [half, most] = [quantile(untilFrameMs, 0.5), quantile(untilFrameMs, 0.95)];
    const note = `until its frame ${half.toFixed(0)} ms, 95 % ${most.toFixed(0)} ms, ${untilFrameMs.length} frames`;
    return { label: `${name}, ${act}`, value: workMs, unit: 'ms', note };
  });
}

/** One box clicked and dragged: a click and fourteen inputs of the drag. */
const selectAndDragMs = ({ select, drag }: StreamCosts): number => select.workMs + 14 * drag.workMs;

interface Measured {
  readonly ours: ReadonlyMap<number, StreamCosts>;
  readonly peer: StreamCosts | null;
  readonly peerName: string;
}

async function measure(dir: string, executablePath: string): Promise<Measured> {
  const lists = counts.map((count) => layOutBoxes(count));
  await using own = await startOurs(path.join(dir, 'ours'), drawPhotograph, lists, peerClasses);
  const command = findLabelStudio();
  const started =
    command === undefined
      ? undefined
      : await startLabelStudio(command, path.join(dir, 'peer'), executablePath);
  await using peer = started;
  const boxesOf = (count: number) => lists.find((boxes) => boxes.length === count) ?? [];
  const peerPage = await peer?.open(await drawPhotograph(0), boxesOf(shared));
  const ours = new Map<number, StreamCosts[]>(counts.map((count) => [count, []]));
  const theirs: StreamCosts[] = [];
  // A box in the upper half and one in the lower, others in each round; the first round only warms up.
  const play = async (surface: Surface, count: number, round: number): Promise<StreamCosts> => {
    const chosen = [0.3, 0.6].map((share) => Math.floor(share * count) + 3 * round);
    return playStream(surface, boxesOf(count), chosen);
  };
  for (let round = 0; round <= rounds; round += 1) {
    for (const count of counts) {
      const costs = await play(await own.open(count), count, round);
      if (round > 0) ours.get(count)?.push(costs);
    }
    if (peerPage === undefined) continue;
    const costs = await play(peerPage, shared, round);
    if (round > 0) theirs.push(costs);
  }
  return {
    ours: new Map([...ours].map(([count, list]) => [count, join(list)])),
    peer: theirs.length === 0 ? null : join(theirs),
    peerName: `Label Studio ${peer?.version ?? ''}`,
  };
}

const names = { drag: 'select and drag', zoom: 'zoom', pan: 'pan' } as const;

export const canvasPeer: Bench = {
  name: 'canvas-peer',
  summary:
    'processor time of the page for the same mouse on our whole window and on Label Studio with 1,000 boxes: select and drag, zoom, pan',
  goal: { ratio: { [names.drag]: 10, [names.zoom]: 10, [names.pan]: 10 }, better: 'at-least' },
  run: async () => {
    const executablePath = needWindow();
    const dir = mkdtempSync(path.join(tmpdir(), 'catchlight-bench-peer-'));
    try {
      const { ours, peer, peerName } = await measure(dir, executablePath);
      const figures = [...ours].flatMap(([count, costs]) => tell(`${count} boxes`, costs));
      const own = ours.get(shared);
      if (peer === null || own === undefined) {
        const label = 'Label Studio is not installed here, so nothing was compared';
        const note = '`pip install label-studio`, or name its command in CATCHLIGHT_BENCH_LABEL_STUDIO';
        return { figures, peer: { label, value: Number.NaN, unit: '', note }, ratio: {} };
      }
      return {
        figures: [...figures, ...tell(`${peerName}, ${shared} boxes`, peer)],
        peer: {
          label: `${peerName}, one box clicked and dragged`,
          value: selectAndDragMs(peer),
          unit: 'ms',
          note: `ours ${selectAndDragMs(own).toFixed(0)} ms`,
        },
        ratio: {
          [names.drag]: selectAndDragMs(peer) / selectAndDragMs(own),
          [names.zoom]: peer.zoom.workMs / own.zoom.workMs,
          [names.pan]: peer.pan.workMs / own.pan.workMs,
        },
      };
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  },
};
