/** Tells the engine which backbone the open project uses, at one place, so that no call can forget it. */
import { type EngineInput, type EngineMethod, engineProcedures } from '../../engine/messages.ts';
import type { Session } from './context.ts';
import type { EngineCallOptions, EnginePort } from './engine-port.ts';

/** True for methods whose work rests on a backbone: those whose input can name one. */
function restsOnBackbone(method: EngineMethod): boolean {
  return 'backbone' in engineProcedures[method].input.shape;
}

/** Wraps an engine so that calls about the open project carry its backbone; one that is named in a call stays. */
export function withProjectBackbone(engine: EnginePort, session: Pick<Session, 'current'>): EnginePort {
  return {
    call: <M extends EngineMethod>(method: M, input: EngineInput<M>, options?: EngineCallOptions) => {
      const project = session.current();
      if (!restsOnBackbone(method) || project === null) return engine.call(method, input, options);
      const { backbone } = project.db.settings.get();
      return engine.call(method, { backbone, ...input }, options);
    },
    restart: () => engine.restart(),
    close: () => engine.close(),
  };
}
