/** What the host needs of the engine process: procedures with progress, a restart, an end. The engine client provides it. */
import type { CurvePoint, JobProgress } from '../../core/jobs.ts';
import type { EngineInput, EngineMethod, EngineOutput, ImagePrediction } from '../../engine/messages.ts';

export interface EngineCallOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: JobProgress) => void;
  readonly onCurve?: (point: CurvePoint) => void;
  readonly onItems?: (items: ImagePrediction[]) => void;
}

export interface EnginePort {
  /**
   * Rejects with AppErrors: the engine's own, `engine/crashed` when the process died, `engine/cancelled` after the signal,
   * `engine/closed` after `close`.
   */
  call<M extends EngineMethod>(
    method: M,
    input: EngineInput<M>,
    options?: EngineCallOptions,
  ): Promise<EngineOutput<M>>;
  /** Ends the process; calls under way fail with `engine/crashed`. The next call starts a fresh one, which finds newly installed backends. */
  restart(): Promise<void>;
  /** Ends the process for good. */
  close(): Promise<void>;
}
