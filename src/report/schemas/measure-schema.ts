/** The shape of `measure --json`. */
import { z } from 'zod';
import { gap, head } from './shared-shapes.ts';

const end = z.object({
  to: z.string(),
  address: z.string(),
  expected: z.string().describe('what the model says of the same packets'),
  sent: z.number(),
  received: z.number(),
  lossPercent: z.number(),
  roundTrip: z.exactOptional(z.object({ minMs: z.number(), medianMs: z.number(), maxMs: z.number() })),
  refusal: z.exactOptional(z.string()).describe('what a router, the kernel or ping said'),
  pathMtu: z.exactOptional(
    z.object({
      mtu: z.number(),
      limit: z.number().describe('of the link it leaves by: more was not tried'),
      blackHole: z.boolean().describe('larger packets vanish without a word'),
      toldBy: z.exactOptional(z.string()),
    }),
  ),
  segments: z.array(
    z.object({
      from: z.string(),
      to: z.string(),
      direction: z.enum(['request', 'reply']),
      medianUs: z.number(),
      packets: z.number(),
    }),
  ),
  throughput: z.exactOptional(
    z.object({ bitsPerSecond: z.number(), retransmits: z.exactOptional(z.number()), seconds: z.number() }),
  ),
  gaps: z.array(gap),
});

export const measureSchema = z.object({
  schema: z.literal('vethscope.measure/1'),
  ...head,
  from: z.string(),
  ends: z.array(end),
});

export type MeasuredEnd = z.infer<typeof end>;
