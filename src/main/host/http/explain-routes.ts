/** Heat maps over HTTP: as a picture to lie over a photograph, and as the numbers behind it. */
import { Hono } from 'hono';
import { z } from 'zod';
import { AppError, toAppErrorData } from '../../../core/errors.ts';
import { explainMethodSchema } from '../../../core/explain.ts';
import { heatRange } from '../../../core/heatmap.ts';
import { defaultHeatSidePx, drawHeat, largestHeatSidePx } from '../heat-picture.ts';
import { type Explainer, findClassMap } from '../learning/explain.ts';

const querySchema = z.object({
  class: z.string().min(1).max(200),
  model: z.string().max(64).optional(),
  method: explainMethodSchema.default('auto'),
  style: z.enum(['smooth', 'cells']).default('smooth'),
  size: z.coerce.number().int().min(16).max(largestHeatSidePx).default(defaultHeatSidePx),
});

const cacheControl = 'private, no-cache';

/**
 * `GET /explain/IMAGE/map.png?class=ID&model=ID&method=auto&style=smooth|cells&size=PX`: a PNG of the photograph's shape, clear at 0.
 * `GET /explain/IMAGE/grid.json?class=ID&…`: `{method, class, score, range, grid, values}`, `values` row by row; the padding is left out.
 * `class` is an id, a name, or `nothing`. The same door as everything else stands before it.
 */
export function createExplainRoutes(explainer: Explainer): Hono {
  const routes = new Hono();
  const find = async (imageId: string, query: Record<string, string>) => {
    const parsed = querySchema.safeParse(query);
    if (!parsed.success) throw badQuery(parsed.error);
    const { model: modelId, method, class: wanted, style, size } = parsed.data;
    const explained = await explainer.explain({ imageId, modelId, method });
    return { explained, ...findClassMap(explained, wanted), style, size };
  };

  routes.get('/:id/map.png', async (c) => {
    const { explained, values, style, size } = await find(c.req.param('id'), c.req.query());
    const png = await drawHeat({
      grid: explained.grid,
      values,
      image: explained.image,
      style,
      sidePx: size,
    });
    return new Response(new Uint8Array(png), {
      headers: { 'Content-Type': 'image/png', 'Cache-Control': cacheControl },
    });
  });

  routes.get('/:id/grid.json', async (c) => {
    const { explained, index, values } = await find(c.req.param('id'), c.req.query());
    c.header('Cache-Control', cacheControl);
    const entry = explained.classes[index];
    return c.json({
      imageId: explained.imageId,
      modelId: explained.modelId,
      method: explained.method,
      classId: entry?.classId ?? null,
      name: entry?.name ?? '',
      score: entry?.score ?? 0,
      range: heatRange,
      grid: explained.grid,
      values: [...values],
    });
  });

  routes.onError((error, c) => {
    const data = toAppErrorData(error);
    const missing = ['image/unknown', 'image/missing', 'model/none', 'model/unknown', 'explain/no-class'];
    return c.json(
      { error: data },
      missing.includes(data.code) ? 404 : data.code === 'project/none-open' ? 409 : 422,
    );
  });
  return routes;
}

function badQuery(error: z.ZodError): AppError {
  return new AppError({
    code: 'explain/bad-query',
    message: `The heat map was asked for in a way that cannot be answered: ${error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')}.`,
    hint: 'Ask for ?class=ID, and optionally model, method (auto, cam, gradient, occlusion), style (smooth, cells) and size (16 to 2048).',
  });
}
