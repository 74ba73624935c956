/** `vethscope.locate/1`: who the words name. */
import { z } from 'zod';
import { containerRef, doubt, head, linkEnd, netnsRef, netnsWithPids } from './shared-shapes.ts';

export const match = z.object({
  kind: z.enum(['link', 'container', 'netns', 'address', 'port']),
  matchedBy: z.string(),
  container: z.exactOptional(containerRef),
  netns: z.exactOptional(netnsWithPids),
  link: z
    .exactOptional(
      z.object({
        ifindex: z.number(),
        ifname: z.string(),
        kind: z.string(),
        mac: z.exactOptional(z.string()),
        addresses: z.array(z.string()).describe('address/prefix length'),
        state: z.enum(['up', 'down', 'no-carrier', 'unknown']),
      }),
    )
    .describe('the end inside; for a link that has no other end, itself'),
  peer: z.exactOptional(linkEnd).describe('the other end of a veth'),
  peerDoubt: z.exactOptional(doubt),
  lowerLink: z.exactOptional(linkEnd).describe('what a macvlan, vlan, … sits on'),
  bridge: z.exactOptional(z.object({ ifname: z.string(), netns: netnsRef, network: z.exactOptional(z.string()) })),
  port: z.exactOptional(
    z.object({ hostIp: z.string(), hostPort: z.number(), containerPort: z.number(), proto: z.string() }),
  ),
  sharedWith: z.exactOptional(z.array(z.string())).describe('other containers in the same netns'),
  madeBy: z.exactOptional(z.string()),
  certainty: z.enum(['exact', 'ambiguous', 'unknown']),
});

export const locateSchema = z.object({
  schema: z.literal('vethscope.locate/1'),
  ...head,
  words: z.array(z.string()),
  matches: z.array(match),
});

export type Match = z.infer<typeof match>;
