/** What happens to a finished gesture: it joins the history, goes to the host, and is taken back if the host refuses it. */
import type { Gesture } from '../core/diffs.ts';
import { type AppErrorData, toAppErrorData } from '../core/errors.ts';
import { createHistory, type History } from './history.ts';
import type { EditorOptions, SaveState } from './types.ts';

export interface GestureLedger {
  readonly history: History;
  /** Adds a gesture and hands it to the host, once. */
  record(gesture: Gesture): void;
  /** Takes a gesture and its dependants out and returns them newest first, to be reverted; remembers why for `saveState`. */
  reject(gestureId: string, error: AppErrorData): readonly Gesture[];
  saveState(): SaveState;
  /** Gestures that records asked for at revision `asOf` may lack, oldest first: the unsaved ones and those made since. */
  listMissing(asOf: number | undefined): readonly Gesture[];
}

/** The same object each time: what shows it is not drawn anew for one that says the same. */
const saved: SaveState = { kind: 'saved' };

/** Creates the ledger. `onSaved` follows each confirmed save, `onRefused` each refused one. */
export function createGestureLedger(options: {
  readonly earlier: readonly Gesture[];
  readonly onGesture: EditorOptions['onGesture'];
  readonly onSaved: () => void;
  readonly onRefused: (gestureId: string, error: AppErrorData) => void;
}): GestureLedger {
  const history = createHistory(options.earlier);
  const unsaved = new Set<string>();
  let failure: Extract<SaveState, { kind: 'failed' }> | null = null;

  return {
    history,
    record(gesture) {
      history.push(gesture);
      failure = null;
      const answer = options.onGesture(gesture);
      if (answer === undefined) return;
      unsaved.add(gesture.id);
      answer.then(
        () => {
          if (unsaved.delete(gesture.id)) options.onSaved();
        },
        (error: unknown) => options.onRefused(gesture.id, toAppErrorData(error)),
      );
    },
    reject(gestureId, error) {
      const rejected = history.reject(gestureId);
      for (const gesture of rejected) unsaved.delete(gesture.id);
      if (rejected.length > 0) failure = { kind: 'failed', error, rolledBackCount: rejected.length };
      return rejected;
    },
    saveState: () => failure ?? (unsaved.size > 0 ? { kind: 'saving', count: unsaved.size } : saved),
    listMissing(asOf) {
      const newer = new Set(asOf === undefined ? [] : history.since(asOf));
      return history.session().filter((gesture) => unsaved.has(gesture.id) || newer.has(gesture));
    },
  };
}
