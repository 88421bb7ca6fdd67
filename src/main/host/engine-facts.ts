/** Recipes and engine status, asked once per engine process: the self-tests behind them take seconds and their answers do not change. */
import type { EngineInput, EngineMethod, EngineOutput } from '../../engine/messages.ts';
import type { EngineCallOptions, EnginePort } from './engine-port.ts';

/** Wraps an engine so that `status` and `recipes` are answered from memory until it is restarted. A failed answer is not kept. */
export function rememberEngineFacts(engine: EnginePort): EnginePort {
  let kept = new Map<EngineMethod, Promise<unknown>>();
  const isFact = (method: EngineMethod): boolean => method === 'status' || method === 'recipes';
  return {
    call: <M extends EngineMethod>(
      method: M,
      input: EngineInput<M>,
      options?: EngineCallOptions,
    ): Promise<EngineOutput<M>> => {
      if (!isFact(method)) return engine.call(method, input, options);
      const present = kept.get(method);
      if (present !== undefined) return present as Promise<EngineOutput<M>>;
      const keptNow = kept;
      const answer = engine.call(method, input, options);
      keptNow.set(method, answer);
      answer.catch(() => keptNow.delete(method));
      return answer;
    },
    restart: async () => {
      kept = new Map();
      await engine.restart();
    },
    close: () => engine.close(),
  };
}
