/** What a leak test comes to: one sentence, and what to do about it. */
import type { SuspectId } from './leak-suspects.ts';
import type { LeakFigure, LeakSuspect, LeakTest } from './leak-test.ts';

export interface LeakVerdict {
  /** `survives`: told on unseen groups too. `by-group`: told as long as groups are on both sides. `none`: nothing found. */
  readonly kind: 'none' | 'by-group' | 'survives';
  readonly sentence: string;
  readonly advice: string;
}

const names: Readonly<Record<Exclude<SuspectId, 'column'>, string>> = {
  'pixel-size': 'the pixel size',
  camera: 'the camera and its compression tables',
  name: 'the file name',
  time: 'the time of capture',
  border: 'the outermost pixels',
  background: 'the colours of the background',
  features: 'the background as a backbone sees it',
};

/** What a suspect is called inside a sentence. */
export function nameSuspect({ id, column }: Pick<LeakSuspect, 'id' | 'column'>): string {
  return id === 'column' ? `the column “${column ?? ''}”` : names[id];
}

const percent = (share: number): string => `${Math.round(share * 100)} %`;
const figureOf = (suspect: LeakSuspect, split: LeakFigure['split']): LeakFigure | undefined =>
  suspect.figures.find((figure) => figure.split === split);

/** The verdict on one test. */
export function judgeLeaks(test: LeakTest): LeakVerdict {
  const what = test.target === 'class' ? 'the class' : 'whether there is a fish';
  const strongest = (split: LeakFigure['split']): LeakSuspect | undefined =>
    test.suspects
      .filter((suspect) => figureOf(suspect, split)?.isFound === true)
      .sort((a, b) => (figureOf(b, split)?.gainBits ?? 0) - (figureOf(a, split)?.gainBits ?? 0))[0];
  const surviving = strongest('grouped');
  if (surviving !== undefined) {
    const figure = figureOf(surviving, 'grouped') as LeakFigure;
    return {
      kind: 'survives',
      sentence: `Even on boats it never saw, a model given only ${nameSuspect(surviving)} tells ${what} of ${percent(figure.accuracy)} of the photographs (${percent(figure.majority)} by always saying the commonest): a leak that grouped splits do not close.`,
      advice:
        'Look at what these photographs share besides the fish, and collect or crop so that it no longer goes with the class; until then read every class score beside this figure.',
    };
  }
  const leak = strongest('random');
  if (leak !== undefined) {
    const random = figureOf(leak, 'random') as LeakFigure;
    const grouped = figureOf(leak, 'grouped');
    const falls =
      grouped === undefined
        ? `${test.groups === 0 ? 'no photograph has a group' : 'there is one group only'}, so what is left of it on another boat cannot be told`
        : `on boats it never saw that falls to ${percent(grouped.accuracy)}`;
    return {
      kind: 'by-group',
      sentence: `A model given only ${nameSuspect(leak)} tells ${what} of ${percent(random.accuracy)} of the photographs on a random split (${percent(random.majority)} by always saying the commonest); ${falls}.`,
      advice:
        'Judge models on a grouped split only: a random one pays for knowing the boat. More boats for the classes that few boats catch would close the leak itself.',
    };
  }
  const { strength } = test.power;
  return {
    kind: 'none',
    sentence: `None found: no suspect tells ${what} better than the class frequencies do.`,
    advice:
      strength === null
        ? `With ${test.images} photographs even a fact that always gives the class away would not be found surely: label more before relying on this.`
        : `${strength < 1 ? `A fact that gives away ${what} in ${percent(strength)} of the photographs or more` : `Only a fact that gives away ${what} in every photograph`} would have been found in at least four of five such tests; a weaker one may be there.`,
  };
}
