/** The host as one `fetch(Request) → Response`: the door, the procedures, the pictures, the window. */
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { HostApi } from '../../../contract/host-api.ts';
import { appRouter } from '../../../contract/router.ts';
import type { HostContext } from '../context.ts';
import type { Explainer } from '../learning/explain.ts';
import { createAuditRoutes } from './audit-routes.ts';
import { createDropRoutes } from './drop-routes.ts';
import { createExplainRoutes } from './explain-routes.ts';
import { createImageRoutes } from './image-routes.ts';
import { createSecurity, type RequestBindings, type SecurityOptions } from './security.ts';
import { createWindowRoutes } from './window-routes.ts';

/** The undo of a large import carries every box of it. */
const maxBodyBytes = 256 * 1024 * 1024;

export type HostApp = Hono<{ Bindings: RequestBindings }>;

/** The whole host as one `fetch`: security first, then `/rpc`, images, and the built window from `rendererDir`. */
export function createApp(
  context: HostContext,
  { api, explainer }: { readonly api: HostApi; readonly explainer: Explainer },
  security: SecurityOptions,
  rendererDir: string,
): HostApp {
  const app: HostApp = new Hono<{ Bindings: RequestBindings }>();
  app.use('*', createSecurity(security));
  app.use(
    '/rpc/*',
    bodyLimit({
      maxSize: maxBodyBytes,
      onError: (c) =>
        c.json(
          {
            error: {
              code: 'request/too-large',
              message: 'The request is larger than 256 MB and was refused.',
              hint: 'Do it in smaller parts.',
              details: {},
            },
          },
          413,
        ),
    }),
  );
  app.all('/rpc/*', (c) =>
    fetchRequestHandler({
      endpoint: '/rpc',
      req: c.req.raw,
      router: appRouter,
      createContext: () => ({ host: api }),
    }),
  );
  app.route('/images', createImageRoutes(context));
  app.route('/audit', createAuditRoutes(context));
  app.route('/explain', createExplainRoutes(explainer));
  app.route('/drops', createDropRoutes(context.userDataDir));
  app.route('/', createWindowRoutes(rendererDir));
  return app;
}
