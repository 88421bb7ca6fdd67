/**
 * Data echoing (Choi et al. 2019): a batch is made of copies that were just computed and of some that earlier steps learnt from, where computing
 * a copy costs about as much as learning from it.
 */

/** Steps from one use of a copy to the next: the weights have moved on by then, and the copies of so many steps fit into memory. */
const ECHO_STEPS = 16;

export interface EchoPlan {
  readonly batchImages: number;
  /** Steps that learn from each copy; 1: every copy is new. */
  readonly echoes: number;
}

/** Copies that each of the next steps will want again: how many a batch has of one earlier step. */
function countEchoed({ batchImages, echoes }: EchoPlan): number {
  return Math.floor(batchImages / Math.min(echoes, batchImages));
}

/** How many earlier steps a step takes copies of: none at first. */
function countSources(step: number, { batchImages, echoes }: EchoPlan): number {
  return Math.min(Math.min(echoes, batchImages) - 1, Math.floor(step / ECHO_STEPS));
}

/** The place of a step's first new copy in the endless row of visits. */
function startOf(step: number, plan: EchoPlan): number {
  const most = Math.min(plan.echoes, plan.batchImages) - 1;
  let start = 0;
  for (let sources = 0; sources <= most; sources++) {
    const from = sources * ECHO_STEPS;
    const steps = Math.max(0, (sources === most ? step : Math.min(step, from + ECHO_STEPS)) - from);
    start += steps * (plan.batchImages - sources * countEchoed(plan));
  }
  return start;
}

/**
 * The visits that make up the batch of a step, by their places in an endless row: new ones first, then those of the step {@link ECHO_STEPS}
 * before, and so on. Every visit is made at least once and at most `echoes` times. A pure function.
 */
export function listVisits(step: number, plan: EchoPlan): number[] {
  const echoed = countEchoed(plan);
  const sources = countSources(step, plan);
  const run = (start: number, length: number): number[] => Array.from({ length }, (_, i) => start + i);
  const again = Array.from({ length: sources }, (_, k) =>
    run(startOf(step - (k + 1) * ECHO_STEPS, plan), echoed),
  );
  return [...run(startOf(step, plan), plan.batchImages - sources * echoed), ...again.flat()];
}

/** How many of the copies computed last are to be kept, so that none is computed twice; 0 where none is used again. */
export function countKept({ batchImages, echoes }: EchoPlan): number {
  // Two more steps' worth: the next batch is read while a step runs.
  return echoes > 1 ? batchImages * (ECHO_STEPS * (Math.min(echoes, batchImages) - 1) + 2) : 0;
}
