/** What a procedure of the engine is: checked input, a way to tell how far it is, checked output. */
import type { CurvePoint, JobProgress } from '../../core/jobs.ts';
import type { EngineInput, EngineMethod, EngineOutput, ImagePrediction } from '../messages.ts';

/** How a procedure hears of a cancel and tells what happens. Progress may be told as often as it likes: it is thinned on the way. */
export interface ProcedureContext {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: JobProgress) => void;
  readonly onCurve: (point: CurvePoint) => void;
  readonly onItems: (items: ImagePrediction[]) => void;
}

/** Throws AppErrors; anything else thrown is told as `internal/unexpected`. */
export type Procedure<M extends EngineMethod> = (
  input: EngineInput<M>,
  context: ProcedureContext,
) => Promise<EngineOutput<M>>;

export type Procedures = { readonly [M in EngineMethod]: Procedure<M> };
