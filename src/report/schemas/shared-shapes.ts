/** Shapes that several documents share. Types come from here alone; zod itself is only loaded to print or check a schema. */
import { z } from 'zod';

export const netnsRef = z.object({
  inode: z.number().describe('inode of its nsfs file; 0: known by an nsid only'),
  name: z.string().describe('what vethscope calls it: host, a container, a mount, a process'),
  names: z.array(z.string()).describe('its names under /run/netns and the like'),
});

export const netnsWithPids = netnsRef.extend({
  pids: z.array(z.number()).describe('processes that live in it, lowest first, at most 100'),
});

export const containerRef = z.object({
  id: z.string(),
  name: z.string(),
  engine: z.string(),
  mode: z.string(),
});

export const linkEnd = z.object({ ifindex: z.number(), ifname: z.string(), netns: netnsRef });

export const doubt = z
  .object({
    certainty: z.enum(['ambiguous', 'unknown']),
    why: z.string(),
    ifindex: z.exactOptional(z.number()),
    netns: z.exactOptional(netnsRef),
    candidates: z.exactOptional(z.array(linkEnd)),
  })
  .describe('what is known of an end that could not be proven');

export const gap = z.object({
  source: z.string(),
  netns: z.exactOptional(netnsRef),
  reason: z.enum(['missing', 'forbidden', 'slow', 'invalid', 'vanished', 'truncated', 'unsupported']),
  detail: z.string(),
  howToSee: z.exactOptional(z.string()),
});

export const hostHead = z.object({
  name: z.string(),
  kernel: z.string(),
  engine: z.object({ kind: z.string(), version: z.string(), firewall: z.exactOptional(z.string()) }).nullable(),
  takenAt: z.string().describe('ISO 8601, UTC'),
});

/** What every document begins with. */
export const head = {
  host: hostHead,
  hosts: z.exactOptional(z.array(hostHead)).describe('all hosts, when several are shown'),
  gaps: z.array(gap).describe('what could not be seen, and how to see it'),
};

export type NetnsRef = z.infer<typeof netnsRef>;
export type NetnsWithPids = z.infer<typeof netnsWithPids>;
export type ContainerRef = z.infer<typeof containerRef>;
export type LinkEnd = z.infer<typeof linkEnd>;
export type Doubt = z.infer<typeof doubt>;
export type GapEntry = z.infer<typeof gap>;
export type HostHead = z.infer<typeof hostHead>;
