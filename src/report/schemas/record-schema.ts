/** `vethscope.record/1`: what was written down. */
import { z } from 'zod';
import { head } from './shared-shapes.ts';

export const recordSchema = z.object({
  schema: z.literal('vethscope.record/1'),
  host: head.host,
  path: z.string(),
  files: z.number(),
  gaps: z.array(z.looseObject({ source: z.string(), reason: z.string(), detail: z.string() })),
});
