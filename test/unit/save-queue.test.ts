/** The window's saves: in order, again after a cut line, never twice at once, and honest about what the host refused. */
import { describe, expect, it } from 'vitest';
import type { Gesture } from '../../src/core/diffs.ts';
import type { AppErrorData } from '../../src/core/errors.ts';
import { createSaveQueue } from '../../src/renderer/app/save-queue.ts';

const gesture = (id: string): Gesture => ({
  ...{ id, kind: 'do', of: null, label: id, imageId: null, source: 'person', diffs: [] },
});
const error = (code: string): AppErrorData => ({ code, message: code, hint: '', details: {} });

/** A host that does what the script says, one entry a request: `ok`, or the code of an error. */
function createScriptedHost(script: string[]) {
  const asked: string[] = [];
  const waits: number[] = [];
  let underWay = 0;
  let most = 0;
  const queue = createSaveQueue({
    send: async (sent) => {
      asked.push(sent.id);
      underWay += 1;
      most = Math.max(most, underWay);
      await Promise.resolve();
      underWay -= 1;
      const answer = script.shift() ?? 'ok';
      if (answer !== 'ok') throw error(answer);
    },
    readError: (thrown) => thrown as AppErrorData,
    wait: async (delayMs) => void waits.push(delayMs),
  });
  return { queue, asked, waits, most: () => most };
}

describe('the save queue', () => {
  it('sends gestures one after the other, in the order they were made', async () => {
    const { queue, asked, most } = createScriptedHost([]);
    await Promise.all(['a', 'b', 'c'].map((id) => queue.save(gesture(id))));
    expect(asked).toEqual(['a', 'b', 'c']);
    expect(most()).toBe(1);
  });

  it('asks again with the same gesture while the line is cut, and lets nothing overtake it', async () => {
    const { queue, asked, waits } = createScriptedHost(['connection/lost', 'connection/lost', 'ok', 'ok']);
    await Promise.all([queue.save(gesture('a')), queue.save(gesture('b'))]);
    expect(asked).toEqual(['a', 'a', 'a', 'b']);
    expect(waits.length).toBe(2);
  });

  it('tells a refusal to the gesture it concerns alone, does not repeat it, and goes on with the next', async () => {
    const { queue, asked } = createScriptedHost(['ok', 'labels/conflict', 'ok']);
    const ends = await Promise.allSettled(['a', 'b', 'c'].map((id) => queue.save(gesture(id))));
    expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(ends[1]).toMatchObject({ reason: { code: 'labels/conflict' } });
    expect(asked).toEqual(['a', 'b', 'c']);
  });

  it('counts as unsaved all that the host has not answered, so that closing the window can warn', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const queue = createSaveQueue({
      send: () => promise,
      readError: () => error('unknown'),
      wait: async () => undefined,
    });
    const saves = [queue.save(gesture('a')), queue.save(gesture('b'))];
    expect(queue.pending()).toBe(2);
    let isIdle = false;
    const idle = queue.idle().then(() => {
      isIdle = true;
    });
    await Promise.resolve();
    expect(isIdle).toBe(false);
    resolve();
    await Promise.all([...saves, idle]);
    expect(queue.pending()).toBe(0);
  });

  it('is idle after a refusal too', async () => {
    const { queue } = createScriptedHost(['labels/conflict']);
    queue.save(gesture('a')).catch(() => undefined);
    await queue.idle();
    expect(queue.pending()).toBe(0);
  });
});
