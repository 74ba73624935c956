/** `vethscope.capture/1`: what a capture came to: its points, its connections, and where packets vanished. */
import { z } from 'zod';
import { containerRef, gap, head, netnsRef } from './shared-shapes.ts';
import { traceStep } from './trace-schema.ts';

const tuple = z.object({
  src: z.string(),
  dst: z.string(),
  proto: z.string(),
  sport: z.exactOptional(z.number()),
  dport: z.exactOptional(z.number()),
});

const flowEnd = z.object({
  address: z.string(),
  port: z.exactOptional(z.number()),
  name: z.exactOptional(z.string()).describe('whose address it is, where one netns alone has it'),
});

const counts = z.object({
  packets: z.number(),
  bytes: z.number().describe('of IP packets, link headers not counted'),
  retransmissions: z.number(),
  outOfOrder: z.number(),
  duplicateAcks: z.number(),
  zeroWindows: z.number(),
  resets: z.number(),
});

const way = z.enum(['forward', 'back']);

export const capturePoint = z.object({
  name: z.string(),
  netns: z.exactOptional(netnsRef),
  container: z.exactOptional(containerRef),
  ifname: z.exactOptional(z.string()),
  reader: z.exactOptional(z.string()),
  clock: z
    .exactOptional(
      z.object({
        aheadMs: z.number().describe('negative: behind'),
        withinMs: z.number().describe('give or take so much'),
        moved: z
          .boolean()
          .describe('that the clocks differ is certain: times of packets were moved to the clock of who captured'),
      }),
    )
    .describe(
      'the clock of another machine beside that of who captured, when it began; absent: the same clock, or it could not be told',
    ),
  packets: z.number(),
  received: z.exactOptional(z.number()).describe('what the kernel passed to the tap; absent where it did not say'),
  dropped: z.exactOptional(z.number()).describe('of these, lost because nobody read fast enough'),
  gap: z.exactOptional(gap).describe('why it ended early'),
});

export const flowSighting = z.object({
  point: z.string(),
  direction: way,
  packets: z.number(),
  as: tuple.describe('as its first packet looked there: NAT shows here'),
  inside: z.exactOptional(z.string()).describe('what it travelled in there: vxlan 42'),
  medianDelayUs: z.number().describe('microseconds after its first point'),
});

export const flowLoss = z.object({
  kind: z.enum(['lost', 'unanswered']),
  direction: way,
  after: z.string().describe('the last point that saw them'),
  before: z.exactOptional(z.string()).describe('the point that should have seen them next'),
  packets: z.number(),
  of: z.number(),
  sentence: z.string(),
  candidates: z.array(
    z.object({
      basis: z
        .enum(['model', 'passes', 'observed'])
        .describe('model: the trace says this decides; passes: it says it goes on'),
      text: z.string(),
      at: z.exactOptional(z.string()),
      step: z.exactOptional(traceStep),
    }),
  ),
});

export const captureFlow = z.object({
  id: z.number(),
  proto: z.string(),
  from: flowEnd,
  to: flowEnd,
  forward: counts,
  back: counts,
  firstAt: z.string().describe('ISO 8601 with nanoseconds, UTC'),
  lastAt: z.string(),
  state: z.exactOptional(z.string()),
  handshakeMs: z.exactOptional(z.number()),
  label: z.exactOptional(z.string()).describe('TLS SNI, HTTP Host, DNS question'),
  sightings: z.array(flowSighting),
  lostAfter: z.exactOptional(z.string()).describe('the point after which most of its packets vanished'),
  losses: z.array(flowLoss),
});

export const captureSchema = z.object({
  schema: z.literal('vethscope.capture/1'),
  ...head,
  points: z.array(capturePoint),
  file: z.exactOptional(z.object({ path: z.string(), bytes: z.number() })),
  packets: z.number().describe('of all points together'),
  end: z
    .exactOptional(
      z.object({
        why: z.enum(['asked', 'duration', 'packets', 'size', 'points', 'disk-full', 'reader-gone', 'failed']),
        detail: z.exactOptional(z.string()),
      }),
    )
    .describe('what made an end of it; points: each had ended by itself, or the file was read to its end'),
  path: z.exactOptional(z.object({ from: z.string(), to: z.string(), explanation: z.string() })),
  flows: z.array(captureFlow),
  forgotten: z
    .number()
    .describe('packets no longer kept when the capture ended: sightings and losses are of the others'),
});

export type CapturePointEntry = z.infer<typeof capturePoint>;
export type CaptureFlow = z.infer<typeof captureFlow>;
export type FlowSightingEntry = z.infer<typeof flowSighting>;
export type FlowLoss = z.infer<typeof flowLoss>;
