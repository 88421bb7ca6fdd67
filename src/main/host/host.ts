/** Puts the host together: one object with everything a shell needs, made from parts that each know one area. */
import type { HostApi } from '../../contract/host-api.ts';
import { rendererFolder } from '../entries.ts';
import { assembleApi } from './assemble.ts';
import { createContext } from './create-context.ts';
import type { EnginePort } from './engine-port.ts';
import { createApp, type HostApp } from './http/app.ts';
import { type Listener, listenOnPipe, listenOnPort } from './http/listen.ts';
import { createToken, loopbackNames } from './http/security.ts';
import { createExplainer } from './learning/explain.ts';
import { watchForLearning } from './learning/keep-learning.ts';

export interface HostOptions {
  readonly shell: 'desktop' | 'serve';
  /** The studio's own folder; the platform's usual one, or `CATCHLIGHT_HOME`, when left out. */
  readonly userDataDir?: string;
  /** The engine process; a child of this one when left out, started at first use. */
  readonly engine?: EnginePort;
  /** The one for trainings in the background; when left out, the one above, or another child at low priority. */
  readonly backgroundEngine?: EnginePort;
  /** The secret of this start; a fresh random one when left out. */
  readonly token?: string;
  /** The built window. */
  readonly rendererDir?: string;
  readonly now?: () => number;
  readonly newId?: () => string;
  /** Makes trained models suggest by themselves. Left out: as soon as a listener is open, that is, where a window may be. */
  readonly suggestByItself?: boolean;
  /** Names besides loopback under which browsers may ask. */
  readonly hostNames?: readonly string[];
}

export interface Host {
  readonly api: HostApi;
  readonly app: HostApp;
  readonly token: string;
  /** Opens a loopback port (0: a free one) or a private pipe; several may be open. The address of a port takes `/?token=TOKEN`. */
  listen(where: { port: number; bind?: string } | { pipe: true | string }): Promise<Listener>;
  /** Interrupts jobs, ends the engine, closes the project and all listeners. */
  close(): Promise<void>;
}

/** Creates a host with no project open. Nothing listens until `listen`. */
export async function createHost(options: HostOptions): Promise<Host> {
  const token = options.token ?? createToken();
  const listeners: Listener[] = [];
  const context = createContext(options, () => options.suggestByItself ?? listeners.length > 0);
  const explainer = createExplainer(context);
  watchForLearning(context);
  const api = assembleApi(context, explainer);
  const hostNames = new Set([...loopbackNames, ...(options.hostNames ?? [])]);
  const app = createApp(
    context,
    { api, explainer },
    { token, hostNames },
    options.rendererDir ?? rendererFolder(),
  );
  return {
    api,
    app,
    token,
    listen: async (where) => {
      const listener =
        'port' in where
          ? await listenOnPort(app, where.port, where.bind)
          : await listenOnPipe(app, where.pipe === true ? undefined : where.pipe);
      listeners.push(listener);
      return listener;
    },
    close: async () => {
      context.events.close();
      await context.jobs.close();
      await api.closeProject();
      await Promise.all([context.engine.close(), context.backgroundEngine.close()]);
      await Promise.all(listeners.map((listener) => listener.close()));
    },
  };
}
