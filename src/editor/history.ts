/** Undo and redo across images: the list of gestures, and the two stacks that follow from it. */
import { type Gesture, replayHistory } from '../core/diffs.ts';

export interface History {
  /** Adds a finished gesture of any kind and moves the stacks accordingly. */
  push(gesture: Gesture): void;
  /** The gesture that undo or redo would concern next. */
  peek(kind: 'undo' | 'redo'): Gesture | undefined;
  /** How many gestures undo can still take back. */
  undoDepth(): number;
  /** Puts still earlier gestures before all others, oldest first. */
  extend(older: readonly Gesture[]): void;
  /** Gestures pushed since the history was created, oldest first. */
  session(): readonly Gesture[];
  /** Number of gestures pushed since the history was created, taken-back ones included: only ever grows. */
  revision(): number;
  /** Gestures pushed after that revision that still stand, oldest first. */
  since(revision: number): readonly Gesture[];
  /**
   * Takes a gesture out, with every later one that touched the same records (and, through those, further records).
   * Returns them newest first, the order to take them back in; empty when the gesture is unknown.
   */
  reject(gestureId: string): readonly Gesture[];
}

/** Creates a history that goes on from earlier gestures, oldest first. */
export function createHistory(first: readonly Gesture[]): History {
  let earlier = first;
  let log: { gesture: Gesture; at: number }[] = [];
  let revision = 0;
  let stacks = replayHistory(earlier);

  return {
    push(gesture) {
      revision += 1;
      log.push({ gesture, at: revision });
      if (gesture.kind === 'do') {
        stacks.undo.push(gesture);
        stacks.redo.length = 0;
        return;
      }
      const [from, to] = gesture.kind === 'undo' ? [stacks.undo, stacks.redo] : [stacks.redo, stacks.undo];
      const index = from.findLastIndex((entry) => entry.id === gesture.of);
      if (index >= 0) to.push(...from.splice(index, 1));
    },
    peek: (kind) => stacks[kind].at(-1),
    undoDepth: () => stacks.undo.length,
    extend(older) {
      earlier = [...older, ...earlier];
      stacks = replayHistory([...earlier, ...log.map((entry) => entry.gesture)]);
    },
    session: () => log.map((entry) => entry.gesture),
    revision: () => revision,
    since: (from) => log.filter((entry) => entry.at > from).map((entry) => entry.gesture),
    reject(gestureId) {
      const start = log.findIndex((entry) => entry.gesture.id === gestureId);
      if (start < 0) return [];
      const touched = new Set<string>();
      const rejected = new Set<Gesture>();
      for (const { gesture } of log.slice(start)) {
        const keys = gesture.diffs.map((diff) => `${diff.table}/${diff.id}`);
        if (gesture.id !== gestureId && !keys.some((key) => touched.has(key))) continue;
        rejected.add(gesture);
        for (const key of keys) touched.add(key);
      }
      log = log.filter((entry) => !rejected.has(entry.gesture));
      stacks = replayHistory([...earlier, ...log.map((entry) => entry.gesture)]);
      return [...rejected].reverse();
    },
  };
}
