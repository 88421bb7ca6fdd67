/** How a run hears that a person stopped it. */
import { cancelled } from '../features/ensure-features.ts';

/** Throws `job/cancelled` once the signal was given. */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw cancelled();
}
