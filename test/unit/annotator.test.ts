/** The simulated person of bench/annotator: what an answer costs, so that the figures mean what the page says. */
import { describe, expect, it } from 'vitest';
import { averageFifths, labelByHand, readRounds } from '../../bench/annotator/labelling.ts';
import { computeMeanRange } from '../../bench/annotator/mean-range.ts';
import { answer, publishedCosts } from '../../bench/annotator/person.ts';
import { replay } from '../../bench/annotator/replay.ts';

const hand = (x: number, classId = 'cod') => ({ classId, box: { x, y: 0, w: 100, h: 100 } });
const said = (x: number, score: number, classId = 'cod') => ({ ...hand(x, classId), score });
const { look, draw, accept, adjust, reject, rename, pass, finish } = publishedCosts;

describe('a simulated person', () => {
  it('draws everything where nothing is suggested, and looks at each photograph once', () => {
    expect(answer([hand(0), hand(200)], [], publishedCosts).seconds).toBeCloseTo(look + 2 * draw);
    const all = labelByHand(
      new Map([
        ['one', [hand(0), hand(200)]],
        ['two', []],
      ]),
      publishedCosts,
    );
    expect([all.seconds, all.drawn, all.gestures]).toEqual([2 * look + 2 * draw, 2, 4]);
  });

  it('takes a good box as it is, moves a poor one, renames a wrong class, and draws what no suggestion points at', () => {
    const given = answer(
      [hand(0), hand(200), hand(400), hand(600)],
      [said(5, 0.9), said(240, 0.8), said(400, 0.7, 'hake')],
      publishedCosts,
    );
    expect(given.seconds).toBeCloseTo(look + accept + adjust + accept + rename + draw);
    expect([given.accepted.length, given.adjusted.length, given.drawn.length]).toEqual([2, 1, 1]);
  });

  it('rejects a single wrong suggestion, and leaves many when the photograph is ended', () => {
    const wrong = (n: number) => Array.from({ length: n }, (_, i) => said(1000 + 200 * i, 0.5));
    expect(answer([], wrong(1), publishedCosts).seconds).toBeCloseTo(look + Math.min(reject, finish + pass));
    expect(answer([], wrong(5), publishedCosts).seconds).toBeCloseTo(look + finish + 5 * pass);
    expect(answer([], wrong(5), publishedCosts).rejected).toHaveLength(5);
  });
});

describe('a run of the simulated person', () => {
  const box = (x: number) => ({ x, y: 0, w: 100, h: 100 });
  const photograph = (modelId: string | null, score: number, x: number) => ({
    kind: 'photograph' as const,
    path: `${x}.jpg`,
    modelId,
    cut: 0.5,
    truth: [{ classId: 'cod', box: box(0) }],
    said: [{ classId: 'cod', score, box: box(x) }],
    offered: [{ classId: 'cod', score, box: box(x) }],
  });

  it('answered again under other cuts takes what these would have taken, and never more than by hand where each photograph has its best', () => {
    const lines = [
      photograph(null, 0, 900),
      {
        kind: 'model' as const,
        modelId: 'm',
        after: 1,
        machineS: 10,
        // Right ones above 0.4, wrong ones below: that is the cut to be found.
        judges: Array.from({ length: 10 }, () => ({
          truth: [{ classId: 'cod', box: box(0) }],
          said: [
            { classId: 'cod', score: 0.45, box: box(0) },
            { classId: 'cod', score: 0.35, box: box(900) },
          ],
        })),
      },
      photograph('m', 0.45, 0),
      photograph('m', 0.35, 900),
    ];
    const replayed = replay(lines, publishedCosts);
    const secondsOf = (policy: string) => replayed.find((one) => one.policy === policy)?.seconds;
    const byHand = 3 * (look + draw);
    expect(replayed[0]).toEqual({ policy: 'by hand', seconds: byHand });
    // At 0.5 nothing was shown.
    expect(secondsOf('as it was')).toBeCloseTo(byHand);
    expect(secondsOf('cut of the judging photographs')).toBeCloseTo(byHand - draw + accept);
    // The surest of each judging photograph is right, so all surest ones are shown, a wrong one too.
    expect(secondsOf('the surest suggestion alone, from its own cut on')).toBeCloseTo(
      byHand - draw + accept + Math.min(reject, finish + pass),
    );
    expect(secondsOf('a cut for each class')).toBeCloseTo(byHand - draw + accept);
    expect(secondsOf('everywhere 0.3')).toBeCloseTo(byHand - draw + accept + Math.min(reject, finish + pass));
    for (const { seconds } of replayed)
      expect(seconds).toBeGreaterThanOrEqual(
        secondsOf('the best cut of each photograph, known afterwards') ?? Number.NaN,
      );
  });

  it('reads a plan of trainings: by time, by visits, with a recipe of its own', () => {
    expect(readRounds('20x1.5,60x30e,100x2@detector-fine', 'detector')).toEqual([
      { after: 20, effort: { minutes: 1.5 }, recipe: 'detector' },
      { after: 60, effort: { epochs: 30 }, recipe: 'detector' },
      { after: 100, effort: { minutes: 2 }, recipe: 'detector-fine' },
    ]);
  });

  it('is told in fifths, and its seeds with a range that one seed does not have', () => {
    const each = (seconds: number) => ({ seconds, byHandS: 8, answers: 1 });
    expect(
      averageFifths(Array.from({ length: 10 }, (_, i) => each(i))).map(({ seconds }) => seconds),
    ).toEqual([0.5, 2.5, 4.5, 6.5, 8.5]);
    expect(averageFifths([each(1), each(2)])).toHaveLength(2);
    expect(computeMeanRange([2])).toEqual({ mean: 2, low: null, high: null });
    const { mean, low, high } = computeMeanRange([1, 2, 3]);
    // Student's t with two degrees of freedom: 4.303 × 1 / √3.
    expect([mean, low, high].map((value) => value?.toFixed(3))).toEqual(['2.000', '-0.484', '4.484']);
  });
});
