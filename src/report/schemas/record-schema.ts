/** `vethscope.record/1`: what was written down. */
import { z } from 'zod';

export const recordSchema = z.object({
  schema: z.literal('vethscope.record/1'),
  path: z.string(),
  files: z.number(),
  gaps: z.array(z.looseObject({ source: z.string(), reason: z.string(), detail: z.string() })),
});
