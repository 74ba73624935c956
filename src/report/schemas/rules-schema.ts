/** `vethscope.rules/1`: the chains in the order a packet meets them. */
import { z } from 'zod';
import { head, netnsRef } from './shared-shapes.ts';

export const ruleEntry = z.object({
  index: z.number().describe('1-based position in the whole chain'),
  rule: z.string().describe('as its tool prints it'),
  packets: z.exactOptional(z.number()),
  bytes: z.exactOptional(z.number()),
  madeBy: z.exactOptional(z.string()),
  purpose: z.exactOptional(z.string()),
});

export const chainEntry = z.object({
  netns: netnsRef,
  backend: z.enum(['iptables-nft', 'iptables-legacy', 'nft']),
  family: z.string(),
  table: z.string(),
  chain: z.string(),
  hook: z.exactOptional(z.string()),
  priority: z.exactOptional(z.number()),
  policy: z.exactOptional(z.string()),
  madeBy: z.exactOptional(z.string()),
  purpose: z.exactOptional(z.string()),
  rules: z.array(ruleEntry),
});

export const rulesSchema = z.object({
  schema: z.literal('vethscope.rules/1'),
  ...head,
  endpoint: z.exactOptional(z.string()),
  chains: z.array(chainEntry).describe('base chains by hook and priority, each followed by the chains it leads to'),
});

export type RuleEntry = z.infer<typeof ruleEntry>;
export type ChainEntry = z.infer<typeof chainEntry>;
