/** The one form of all benchmarks: a name, a goal, and a run that measures us and a peer side by side in the same process or session. */

/** One line of the printed table. */
export interface BenchFigure {
  readonly label: string;
  readonly value: number;
  /** `img/s`, `ms`, `GFLOPS`, … */
  readonly unit: string;
  /** What a reader must know to compare: settings, counts, spread. */
  readonly note?: string;
}

/** One ratio, or one for each thing compared, by its name. */
export type Ratio = number | Readonly<Record<string, number>>;

export interface BenchResult {
  /** Everything measured, the figure that is compared first. */
  readonly figures: readonly BenchFigure[];
  /** What we are compared with, and its figure. */
  readonly peer: BenchFigure;
  /** Ours against the peer, in the sense of the goal; with the goal's names where it has any. */
  readonly ratio: Ratio;
}

export interface Bench {
  /** As typed after `npm run bench --`. */
  readonly name: string;
  /** One sentence: what is measured. */
  readonly summary: string;
  /** What the ratio should be; where there are several, each of them. */
  readonly goal: { readonly ratio: Ratio; readonly better: 'at-least' | 'at-most' };
  /** Throws AppErrors where something it needs is missing, with a hint how to get it. */
  run(): Promise<BenchResult>;
}
