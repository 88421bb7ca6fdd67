/** An export in a process of its own that stops in the middle, for a test that kills it. */
import { setTimeout as wait } from 'node:timers/promises';
import { writeFilesTogether } from '../../src/main/host/transfer/write-together.ts';

const [dir = ''] = process.argv.slice(2);
await writeFilesTogether(
  dir,
  (async function* () {
    yield { path: 'labels/a.txt', bytes: new Uint8Array([1]) };
    process.send?.('half');
    await wait(60_000);
  })(),
  new AbortController().signal,
  () => undefined,
);
