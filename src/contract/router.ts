/** The tRPC router: every method of {@link HostApi}, with its input and output checked by zod. The window sees only its type. */
import { t } from './procedure.ts';
import { contrastRoutes } from './routes/contrast.routes.ts';
import { dataRoutes } from './routes/data.routes.ts';
import { engineRoutes } from './routes/engine.routes.ts';
import { jobRoutes } from './routes/jobs.routes.ts';
import { labelRoutes } from './routes/labels.routes.ts';
import { learningRoutes } from './routes/learning.routes.ts';
import { loopRoutes } from './routes/loop.routes.ts';
import { projectRoutes } from './routes/projects.routes.ts';
import { transferRoutes } from './routes/transfer.routes.ts';

export const appRouter = t.router({
  ...projectRoutes,
  ...labelRoutes,
  ...jobRoutes,
  ...learningRoutes,
  ...contrastRoutes,
  ...loopRoutes,
  ...engineRoutes,
  ...transferRoutes,
  ...dataRoutes,
});

/** The type the window's client is made from. */
export type AppRouter = typeof appRouter;
