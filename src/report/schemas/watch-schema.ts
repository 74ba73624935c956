/** `vethscope.watch/1`: what the kernel did while it was watched. */
import { z } from 'zod';
import { containerRef, head, linkEnd, netnsRef } from './shared-shapes.ts';
import { traceDirection, traceStep } from './trace-schema.ts';

export const watchGroup = z.object({
  kind: z
    .enum(['way', 'drop', 'connection', 'tracking', 'counter'])
    .describe(
      'way: packets of the flow and their way through the rules; drop: lost by the kernel; connection: conntrack; tracking: its table is full; counter: a legacy rule counted',
    ),
  direction: z.exactOptional(z.enum(['request', 'reply', 'error'])),
  outcome: z
    .string()
    .describe('an outcome of a trace; left: went out of what is watched; vanished: not seen any more, nobody said why'),
  text: z.string(),
  count: z.number(),
  perSecond: z.number().describe('over the last five seconds'),
  firstAt: z.string().describe('ISO 8601, UTC'),
  lastAt: z.string(),
  netns: z.exactOptional(netnsRef),
  container: z.exactOptional(containerRef),
  link: z.exactOptional(linkEnd),
  flags: z.exactOptional(z.array(z.string())).describe('TCP flags seen'),
  way: z.exactOptional(traceDirection).describe('of one of the packets'),
  decidedBy: z.exactOptional(traceStep),
  drop: z
    .exactOptional(z.object({ reason: z.exactOptional(z.string()), location: z.string() }))
    .describe("the kernel's own words (skb:kfree_skb)"),
});

export const watchSchema = z.object({
  schema: z.literal('vethscope.watch/1'),
  ...head,
  flow: z.exactOptional(z.object({ from: z.string(), to: z.string() })).describe('absent: drops of everybody'),
  model: z
    .exactOptional(z.object({ outcome: z.string(), explanation: z.string() }))
    .describe('what a trace says of it'),
  announced: z.string(),
  startedAt: z.string(),
  endedAt: z.string(),
  durationMs: z.number().describe('how long it was to last at most'),
  armed: z.exactOptional(
    z.object({
      traced: z.array(netnsRef).describe('where rules were traced'),
      connections: z.array(netnsRef).describe('where connections were followed'),
      drops: z.enum(['packets', 'counts', 'none']),
    }),
  ),
  groups: z.array(watchGroup).describe('losses first'),
  unanswered: z.boolean().describe('packets of the flow arrived, or left, and no answer to any of them was seen'),
  leftOut: z
    .object({
      rules: z.number(),
      drops: z.number(),
      connections: z.number(),
      noise: z.number().describe('drops that are no loss: flooded copies, sockets that close'),
      groups: z.number(),
    })
    .describe('counted, not told'),
});

export type WatchGroupEntry = z.infer<typeof watchGroup>;
