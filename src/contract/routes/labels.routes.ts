/** Photographs, classes, and the gestures that change labels. */
import { z } from 'zod';
import { gestureSchema } from '../../core/diffs.ts';
import { classRecordSchema } from '../../core/records.ts';
import { byId, gestureId, procedure } from '../procedure.ts';
import {
  attributeValueSchema,
  imageDocumentSchema,
  imageFilterSchema,
  imageListItemSchema,
  imageSortSchema,
} from '../schemas.ts';

export const labelRoutes = {
  listImages: procedure
    .input(
      z.object({
        filter: imageFilterSchema,
        sort: imageSortSchema.optional(),
        offset: z.number().int().min(0),
        limit: z.number().int().min(1).max(5000),
      }),
    )
    .output(z.object({ total: z.number(), items: z.array(imageListItemSchema) }))
    .query(({ ctx, input }) => ctx.host.listImages(input)),
  locateImage: procedure
    .input(z.object({ id: z.string(), filter: imageFilterSchema, sort: imageSortSchema }))
    .output(z.object({ position: z.number(), isListed: z.boolean() }))
    .query(({ ctx, input }) => ctx.host.locateImage(input)),
  findUnreviewed: procedure
    .input(
      z.object({
        id: z.string(),
        filter: imageFilterSchema,
        sort: imageSortSchema,
        step: z.union([z.literal(1), z.literal(-1)]),
      }),
    )
    .output(z.object({ position: z.number(), image: imageListItemSchema }).nullable())
    .query(({ ctx, input }) => ctx.host.findUnreviewed(input)),
  listFlags: procedure.output(z.array(z.string())).query(({ ctx }) => ctx.host.listFlags()),
  listGroups: procedure.output(z.array(z.string())).query(({ ctx }) => ctx.host.listGroups()),
  getImage: procedure
    .input(byId.extend({ modelId: z.string().optional() }))
    .output(imageDocumentSchema)
    .query(({ ctx, input }) => ctx.host.getImage(input)),
  listClasses: procedure.output(z.array(classRecordSchema)).query(({ ctx }) => ctx.host.listClasses()),
  countBoxesByClass: procedure
    .output(z.array(z.object({ classId: z.string(), boxes: z.number() })))
    .query(({ ctx }) => ctx.host.countBoxesByClass()),
  listAttributeValues: procedure
    .input(z.object({ classId: z.string() }))
    .output(z.array(attributeValueSchema))
    .query(({ ctx, input }) => ctx.host.listAttributeValues(input)),
  mergeClasses: procedure
    .input(z.object({ gestureId, from: z.string(), into: z.string() }))
    .output(gestureSchema)
    .mutation(({ ctx, input }) => ctx.host.mergeClasses(input)),
  splitClass: procedure
    .input(
      z.object({
        gestureId,
        classId: z.string(),
        attribute: z.string(),
        value: attributeValueSchema.shape.value,
        name: classRecordSchema.shape.name,
      }),
    )
    .output(gestureSchema)
    .mutation(({ ctx, input }) => ctx.host.splitClass(input)),
  applyGesture: procedure
    .input(gestureSchema)
    .output(z.object({ revision: z.number() }))
    .mutation(({ ctx, input }) => ctx.host.applyGesture(input)),
  listGestures: procedure
    .input(z.object({ limit: z.number().int().min(1).max(10_000), before: z.string().optional() }))
    .output(z.array(gestureSchema))
    .query(({ ctx, input }) => ctx.host.listGestures(input)),
};
