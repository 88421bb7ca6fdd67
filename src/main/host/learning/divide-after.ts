/** The division of a training that goes on from an earlier model: what that one learnt from never judges the new one. Pure. */
import type { Split } from '../../../core/records.ts';
import type { DivisibleSample, Division } from './divide-samples.ts';

/**
 * `fresh` as far as it may stand. Photographs keep the side they had; new ones of a group or chain with a side join it, so that figures
 * stay those of cameras nobody learnt from. Where marks decide, an image marked for validation that the earlier model learnt from is on
 * neither side: training on it would go against the mark, judging by it would flatter.
 */
export function divideAfter(
  fresh: Division,
  samples: readonly DivisibleSample[],
  earlier: ReadonlyMap<string, Split>,
): Division {
  const known = [...fresh.train, ...fresh.valid];
  const byId = new Map(samples.map((sample) => [sample.id, sample]));
  const train = new Set<string>();
  const valid = new Set<string>();
  if (fresh.splitBy === 'as-marked') {
    for (const id of fresh.train) train.add(id);
    for (const id of fresh.valid) if (earlier.get(id) !== 'train') valid.add(id);
    return { ...fresh, train, valid };
  }
  const sideOf = new Map<string, Split>();
  const unitsOf = ({ chain, group }: DivisibleSample): string[] => [
    ...(chain == null ? [] : [`chain ${chain}`]),
    ...(group === null || fresh.splitBy !== 'grouped' ? [] : [`group ${group}`]),
  ];
  // Training wins where the earlier model had a unit on both sides: what was learnt stays learnt.
  for (const side of ['valid', 'train'] as const)
    for (const [id, had] of earlier) {
      const sample = byId.get(id);
      if (had === side && sample !== undefined) for (const unit of unitsOf(sample)) sideOf.set(unit, side);
    }
  for (const id of known) {
    const sample = byId.get(id);
    const inherited = sample === undefined ? [] : unitsOf(sample).map((unit) => sideOf.get(unit));
    const own = fresh.valid.has(id) ? 'valid' : 'train';
    const side =
      earlier.get(id) ??
      (inherited.includes('train') ? 'train' : inherited.includes('valid') ? 'valid' : own);
    (side === 'valid' ? valid : train).add(id);
  }
  return { ...fresh, train, valid };
}
