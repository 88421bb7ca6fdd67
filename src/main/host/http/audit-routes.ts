/** The report of the newest audit over HTTP, so that a window can show it and print it without saving a file first. */
import { Hono } from 'hono';
import { toAppErrorData } from '../../../core/errors.ts';
import { renderReport } from '../audit/report-parts.ts';
import type { HostContext } from '../context.ts';

/** `GET /audit/report.html`. 404 before the first audit, 409 without a project. The same door as everything else stands before it. */
export function createAuditRoutes(context: HostContext): Hono {
  const routes = new Hono();
  routes.get('/report.html', (c) => {
    const page = renderReport(context.session.require());
    c.header('Cache-Control', 'private, no-store');
    return c.html(page);
  });
  routes.onError((error, c) => {
    const { code, message, hint } = toAppErrorData(error);
    return c.text(
      `${message} ${hint}`,
      code === 'audit/none' ? 404 : code === 'project/none-open' ? 409 : 500,
    );
  });
  return routes;
}
