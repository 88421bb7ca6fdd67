/** How many questions a person was asked in this window, how many of them about drawn photographs, and how long the answers took. */
import { useRef, useState } from 'react';

/** Longer pauses are taken for coffee. */
const longestAnswerMs = 60_000;

export interface Asked {
  readonly all: number;
  readonly drawn: number;
  readonly elapsedMs: number;
}

/** `count`: one more question was answered. */
export function useAsked(): { asked: Asked; count: (isDrawn: boolean) => Asked } {
  const [asked, setAsked] = useState<Asked>({ all: 0, drawn: 0, elapsedMs: 0 });
  const latest = useRef(asked);
  const lastMs = useRef(performance.now());
  return {
    asked,
    count: (isDrawn) => {
      const nowMs = performance.now();
      const { all, drawn, elapsedMs } = latest.current;
      latest.current = {
        all: all + 1,
        drawn: drawn + (isDrawn ? 1 : 0),
        elapsedMs: elapsedMs + Math.min(longestAnswerMs, nowMs - lastMs.current),
      };
      lastMs.current = nowMs;
      setAsked(latest.current);
      return latest.current;
    },
  };
}
