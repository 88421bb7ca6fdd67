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
  /** Throws AppError data; `engine/crashed` when the process died, `engine/cancelled` after the signal. */
  call<M extends EngineMethod>(
    method: M,
    input: EngineInput<M>,
    options?: EngineCallOptions,
  ): Promise<EngineOutput<M>>;
  /** Ends the process; the next call starts a fresh one, which finds newly installed backends. */
  restart(): Promise<void>;
  close(): Promise<void>;
}
