/** When what lies around the canvas is drawn: not while a hand is at something, and once when it lets go. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { subscribeLate } from '../../src/renderer/canvas/use-editor-value.ts';
import { driveEditor, makeBox, makeDocument } from '../helpers/editor-driver.ts';

const box = makeBox('one', { x: 100, y: 100, w: 80, h: 60 });

/** An editor with a host that answers when told, and what a panel has heard: whether all was saved, and where the box was. */
function openPanel() {
  const answers: (() => void)[] = [];
  const hand = driveEditor({
    document: makeDocument({ boxes: [box] }),
    onGesture: () => new Promise((resolve) => answers.push(() => resolve(undefined))),
  });
  const told: string[] = [];
  subscribeLate(hand.editor, () => {
    const { save, boxes } = hand.editor.getSnapshot();
    told.push(`${save.kind} ${boxes[0]?.x}`);
  });
  const answer = async (): Promise<void> => {
    for (const one of answers.splice(0)) one();
    await vi.advanceTimersByTimeAsync(0);
  };
  return { hand, told, answer };
}

describe('panels around the canvas', () => {
  beforeEach(() => {
    vi.useFakeTimers();
    // No frames here: what waits for one comes after a quarter of a second, as in a window that is not seen.
    vi.stubGlobal('requestAnimationFrame', () => 0);
  });
  afterEach(() => {
    vi.runOnlyPendingTimers();
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it('hear once of a box that was dragged and saved, with the answer of the host', async () => {
    const { hand, told, answer } = openPanel();
    hand.down({ x: 140, y: 130 });
    await vi.advanceTimersByTimeAsync(400);
    told.length = 0;
    hand.move({ x: 150, y: 130 });
    hand.move({ x: 160, y: 130 });
    hand.up({ x: 160, y: 130 });
    await vi.advanceTimersByTimeAsync(30);
    // The hand goes on over the canvas.
    hand.move({ x: 170, y: 135 });
    await answer();
    await vi.advanceTimersByTimeAsync(1000);
    expect(told).toEqual(['saved 120']);
  });

  it('are not kept waiting by a host that does not answer', async () => {
    const { hand, told, answer } = openPanel();
    hand.drag({ x: 140, y: 130 }, { x: 160, y: 130 });
    await vi.advanceTimersByTimeAsync(110);
    expect(told).toEqual(['saving 120']);
    await answer();
    await vi.advanceTimersByTimeAsync(300);
    expect(told).toEqual(['saving 120', 'saved 120']);
  });
});
