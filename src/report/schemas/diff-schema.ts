/** `vethscope.diff/1`: what changed between two pictures of a host. */
import { z } from 'zod';
import { head, hostHead } from './shared-shapes.ts';

const picture = z.object({ source: z.string().describe('a path, or live'), host: hostHead });

export const diffSchema = z.object({
  schema: z.literal('vethscope.diff/1'),
  ...head,
  a: picture,
  b: picture,
  differences: z.array(
    z.object({
      change: z.enum(['added', 'removed', 'changed']).describe('from a to b'),
      kind: z.enum([
        'netns',
        'container',
        'network',
        'port',
        'link',
        'address',
        'route',
        'policy rule',
        'chain',
        'rule',
        'sysctl',
      ]),
      netns: z.exactOptional(z.string()).describe('what the netns is called'),
      subject: z.string(),
      text: z.string(),
      before: z.exactOptional(z.string()),
      after: z.exactOptional(z.string()),
    }),
  ),
});
