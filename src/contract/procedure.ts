/** What every route of the router is made of. */
import { initTRPC, TRPCError } from '@trpc/server';
import { z } from 'zod';
import { gestureSchema } from '../core/diffs.ts';
import { isAppErrorData, toAppErrorData } from '../core/errors.ts';
import type { HostApi } from './host-api.ts';

export interface RouterContext {
  readonly host: HostApi;
}

export const t = initTRPC.context<RouterContext>().create({
  // Errors cross as data: the window matches `data.app.code`.
  errorFormatter: ({ shape, error }) => ({
    ...shape,
    data: { ...shape.data, stack: undefined, app: toAppErrorData(error.cause ?? error) },
  }),
});

/** A method of the host: its own errors cross as data. */
export const procedure = t.procedure.use(async ({ next }) => {
  const result = await next();
  if (!result.ok && isAppErrorData(result.error.cause)) {
    throw new TRPCError({
      code: 'BAD_REQUEST',
      message: result.error.cause.message,
      cause: result.error.cause,
    });
  }
  return result;
});

export const none = z.void();
export const jobRef = z.object({ jobId: z.string() });
export const byId = z.object({ id: z.string() });
export const gestureId = gestureSchema.shape.id;
