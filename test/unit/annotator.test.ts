/** The simulated person of bench/annotator: what an answer costs, so that the figures mean what the page says. */
import { describe, expect, it } from 'vitest';
import { labelByHand } from '../../bench/annotator/labelling.ts';
import { answer, publishedCosts } from '../../bench/annotator/person.ts';

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
