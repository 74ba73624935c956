/** `vethscope.graph/1`: links and the relations between them. */
import { z } from 'zod';
import { linkRow } from './list-schema.ts';
import { head, linkEnd } from './shared-shapes.ts';

export const graphEdge = z.object({
  kind: z
    .enum(['peer', 'lower-link', 'master'])
    .describe('peer: told once a pair; lower-link: from sits on to; master: from is a port of to'),
  from: linkEnd,
  to: linkEnd,
});

export const graphSchema = z.object({
  schema: z.literal('vethscope.graph/1'),
  ...head,
  links: z.array(linkRow),
  edges: z.array(graphEdge),
});

export type GraphEdge = z.infer<typeof graphEdge>;
