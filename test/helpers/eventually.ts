/** How stories wait: by asking again until it holds, and never by a guess at how long something takes. */
import { expect } from 'vitest';

/** A machine whose cores are busy elsewhere is no fault; what does not come within this is one. */
export const patienceMs = 60_000;

/** Asks again until the expectation that follows holds, for at most `timeout` milliseconds. */
export const eventually = <T>(ask: () => T, timeout = patienceMs) => expect.poll(ask, { timeout });
