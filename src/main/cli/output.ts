/** What the CLI prints: people read stdout and watch progress on stderr; programs read one JSON line. */
import { SingleBar } from 'cli-progress';
import type { AppErrorData } from '../../core/errors.ts';
import type { JobProgress } from '../../core/jobs.ts';

/** Where a command's words go. */
export interface Output {
  /** A line for a person; left out with `--json`. */
  say(line: string): void;
  /** A line of progress or warning on stderr, in both modes. */
  note(line: string): void;
  /** Shows how far a job is: a bar on a terminal, a line at each new phase elsewhere. */
  progress(progress: JobProgress): void;
  endProgress(): void;
  /** The last line of stdout with `--json`. */
  result(value: Record<string, unknown>): void;
  fail(error: AppErrorData): void;
}

function formatEta(etaMs: number | null): string {
  if (etaMs === null) return '';
  const seconds = Math.round(etaMs / 1000);
  return seconds < 90 ? `, ${seconds} s left` : `, ${Math.round(seconds / 60)} min left`;
}

/** Creates the output of one command. */
export function createOutput(json: boolean): Output {
  const isTerminal = process.stderr.isTTY === true;
  let bar: SingleBar | undefined;
  let phase = '';
  const endProgress = (): void => {
    bar?.stop();
    bar = undefined;
    phase = '';
  };
  return {
    say: (line) => {
      if (!json) process.stdout.write(`${line}\n`);
    },
    note: (line) => process.stderr.write(`${line}\n`),
    progress: (progress) => {
      if (progress.phase !== phase) {
        endProgress();
        phase = progress.phase;
        if (!isTerminal) process.stderr.write(`${phase}…\n`);
      }
      if (!isTerminal) return;
      bar ??= startBar(phase, progress);
      bar.setTotal(Math.max(progress.total, 1));
      bar.update(progress.done, { eta_text: formatEta(progress.etaMs), unit: progress.unit });
    },
    endProgress,
    result: (value) => {
      endProgress();
      if (json) process.stdout.write(`${JSON.stringify(value)}\n`);
    },
    fail: (error) => {
      endProgress();
      process.stderr.write(`${error.message}\n${error.hint === '' ? '' : `${error.hint}\n`}`);
      if (json) process.stdout.write(`${JSON.stringify({ error })}\n`);
    },
  };
}

function startBar(phase: string, progress: JobProgress): SingleBar {
  const bar = new SingleBar({
    format: `${phase} [{bar}] {value}/{total} {unit}{eta_text}`,
    barCompleteChar: '█',
    barIncompleteChar: '·',
    hideCursor: true,
    clearOnComplete: false,
    stream: process.stderr,
  });
  bar.start(Math.max(progress.total, 1), progress.done, { eta_text: '', unit: progress.unit });
  return bar;
}
