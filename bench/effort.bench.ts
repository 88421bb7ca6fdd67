/** Gestures and keys for a whole job of drawing, played in our editor, against the same job by the documented keys of three other tools. */
import type { Bench, BenchFigure } from './bench.ts';
import { makeJob } from './effort/job.ts';
import { playJob } from './effort/ours.ts';
import { cheapest, peers } from './effort/peers.ts';
import { type Effort, totalOf } from './effort/tally.ts';

function tell(name: string, text: string, effort: Effort): BenchFigure {
  const { gestures, keys, presses } = effort;
  const note = `${gestures} gestures and ${keys} keys, ${presses} single presses: ${text}`;
  return { label: name, value: totalOf(effort), unit: 'acts', note };
}

export const effort: Bench = {
  name: 'effort',
  summary:
    'gestures and keys for 50 images with 200 boxes of 3 classes: played in our editor against the documented keys of labelImg, CVAT and Label Studio',
  goal: { ratio: { 'gestures and keys': 0.999, 'single presses': 0.999 }, better: 'at-most' },
  run: async () => {
    const job = makeJob();
    const ours = playJob(job);
    const reckoned = peers.flatMap(({ name, ways }) => ways(job).map((way) => ({ name, ...way })));
    const best = cheapest(reckoned);
    const fewestPresses = Math.min(...reckoned.map(({ effort: { presses } }) => presses));
    const { name } = reckoned.find((way) => way.effort === best.effort) ?? { name: '' };
    return {
      figures: [
        tell('Catchlight', 'each box is drawn at once with the last class, a digit changes it', ours),
        ...reckoned.map((way) => tell(way.name, way.text, way.effort)),
      ],
      peer: tell(`${name}, the fewest of all`, best.text, best.effort),
      ratio: {
        'gestures and keys': totalOf(ours) / totalOf(best.effort),
        'single presses': ours.presses / fewestPresses,
      },
    };
  },
};
