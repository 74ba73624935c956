/** `vethscope.trace/1` and `vethscope.matrix/1`: the path of a packet; who reaches whom. */
import { z } from 'zod';
import { containerRef, head, netnsRef } from './shared-shapes.ts';

const outcome = z.enum([
  'delivered',
  'dropped',
  'rejected',
  'no-route',
  'no-neighbour',
  'no-listener',
  'loop',
  'unknown',
]);

const packet = z
  .object({
    src: z.string(),
    dst: z.string(),
    sport: z.exactOptional(z.number()),
    dport: z.exactOptional(z.number()),
    proto: z.union([z.string(), z.number()]),
    mark: z.exactOptional(z.number()),
    in: z.exactOptional(z.string()),
    out: z.exactOptional(z.string()),
  })
  .describe('the packet after this step');

const ruleParts = {
  family: z.exactOptional(z.string()),
  table: z.exactOptional(z.string()),
  chain: z.exactOptional(z.string()),
  index: z.exactOptional(z.number()).describe("1-based; 0: the chain's policy"),
  rule: z.exactOptional(z.string()).describe('as its tool prints it'),
};

export const traceStep = z.object({
  kind: z.string(),
  verdict: z.string(),
  text: z.string(),
  ...ruleParts,
  evidence: z.looseObject({
    ...ruleParts,
    handle: z.exactOptional(z.number()),
    backend: z.exactOptional(z.string()),
    madeBy: z.exactOptional(z.string()),
    purpose: z.exactOptional(z.string()),
    route: z.exactOptional(z.string()),
    sysctl: z.exactOptional(z.object({ name: z.string(), value: z.string() })),
    fact: z.exactOptional(z.string()),
    source: z.exactOptional(z.string()),
  }),
  packet,
  dependsOn: z.exactOptional(z.string()),
});

export const traceHop = z.object({
  netns: netnsRef,
  container: z.exactOptional(containerRef),
  at: z.string(),
  steps: z.array(traceStep),
});

export const traceDirection = z.object({ outcome, hops: z.array(traceHop) });

export const liveDocument = z.object({
  outcome,
  agreement: z.enum(['agrees', 'disagrees', 'cannot-tell']).describe('of the kernel with the model'),
  why: z.string(),
  explanation: z.string(),
  decidedBy: z.exactOptional(traceStep),
  steps: z.array(
    traceStep.extend({
      direction: z.enum(['request', 'reply']),
      netns: netnsRef,
      container: z.exactOptional(containerRef),
      at: z.string(),
    }),
  ),
});

export const traceSchema = z.object({
  schema: z.literal('vethscope.trace/1'),
  ...head,
  from: z.string(),
  to: z.string(),
  outcome,
  explanation: z.string(),
  decidedBy: z.exactOptional(traceStep),
  request: traceDirection,
  reply: z.exactOptional(traceDirection),
  followUp: z
    .exactOptional(traceDirection)
    .describe("TCP: the asker's packet after the answer, which ends the handshake"),
  parted: z
    .exactOptional(z.string())
    .describe('every way arrives, but not all at the same place: what that depends on'),
  listener: z.exactOptional(z.object({ netns: netnsRef, text: z.string() })),
  live: z.exactOptional(liveDocument).describe('what the kernel did with a real packet (--live)'),
});

export const matrixCell = z.object({
  from: z.string(),
  to: z.string(),
  outcome,
  explanation: z.exactOptional(z.string()).describe('what decides; absent where a pair of the same kind tells it'),
});

export const matrixSchema = z.object({
  schema: z.literal('vethscope.matrix/1'),
  ...head,
  ends: z.array(z.string()),
  port: z.exactOptional(z.string()),
  cells: z.array(matrixCell),
});

export type TraceStep = z.infer<typeof traceStep>;
export type TraceHop = z.infer<typeof traceHop>;
export type LiveDocument = z.infer<typeof liveDocument>;
export type TraceDirection = z.infer<typeof traceDirection>;
export type MatrixCell = z.infer<typeof matrixCell>;
