/** What the files of a recorded netns must hold; what `ip -j` without -d leaves out gets the value it means. */
import * as z from 'zod/mini';

const strings = z._default(z.array(z.string()), []);
const text = (fallback: string) => z._default(z.string(), fallback);
const maybeText = z.optional(z.string());
const maybeNumber = z.optional(z.number());

const link = z.looseObject({
  ifindex: z.int().check(z.positive()),
  ifname: z.string(),
  flags: strings,
  mtu: z._default(z.number(), 0),
  operstate: text('UNKNOWN'),
  link_type: text('ether'),
  master: maybeText,
  address: maybeText,
  link: z.optional(z.nullable(z.string())),
  link_index: maybeNumber,
  link_netnsid: maybeNumber,
  linkinfo: z.optional(
    z.looseObject({
      info_kind: maybeText,
      info_data: z.optional(z.looseObject({})),
      info_slave_kind: maybeText,
      info_slave_data: z.optional(z.looseObject({})),
    }),
  ),
});

const address = z.looseObject({
  family: z.enum(['inet', 'inet6']),
  local: z.string(),
  prefixlen: z.number(),
  scope: text('global'),
});

const addresses = z.object({
  ifindex: z.int().check(z.positive()),
  ifname: z.string(),
  addr_info: z._default(z.array(address), []),
});

const hop = {
  dev: maybeText,
  gateway: maybeText,
  via: z.optional(z.looseObject({ host: z.string() })),
  flags: strings,
};

const route = z.looseObject({
  ...hop,
  type: text('unicast'),
  dst: z.string(),
  table: text('main'),
  protocol: text('boot'),
  scope: text('global'),
  prefsrc: maybeText,
  metric: maybeNumber,
  nexthops: z.optional(z.array(z.looseObject(hop))),
});

const policyRule = (family: 'inet' | 'inet6') =>
  z.looseObject({ family: text(family), priority: z._default(z.number(), 0), src: text('all') });

const neighbour = z.looseObject({ dst: z.string(), dev: z.string(), lladdr: maybeText, state: strings });

const fdbEntry = z.looseObject({
  mac: z.string(),
  ifname: z.string(),
  master: maybeText,
  dst: maybeText,
  flags: strings,
  state: text(''),
});

const vlans = z.looseObject({
  ifname: z.string(),
  vlans: z._default(
    z.array(
      z.looseObject({ vlan: z.number(), vlanEnd: z.optional(z.number()), flags: z.optional(z.array(z.string())) }),
    ),
    [],
  ),
});

const socket = z.looseObject({
  proto: z.enum(['tcp', 'udp', 'sctp', 'udplite', 'raw']),
  family: z.enum(['inet', 'inet6']),
  local: z.string(),
  port: z.number(),
  inode: z._default(z.number(), 0),
  processes: z._default(z.array(z.looseObject({ pid: z.number(), comm: text('') })), []),
});

const holder = z.looseObject({ kind: z.enum(['process', 'mount', 'descriptor', 'socket', 'nsid']) });

export const factSchemas = {
  links: link,
  addresses,
  routes: route,
  routes6: route,
  neighbours: neighbour,
  fdb: fdbEntry,
  vlans,
  sockets: socket,
  rules: policyRule('inet'),
  rules6: policyRule('inet6'),
} as const;

const ipvsService = z.object({
  mark: z.optional(z.number()),
  proto: z.optional(z.enum(['tcp', 'udp', 'sctp'])),
  address: z.optional(z.string()),
  port: z.optional(z.number()),
  scheduler: z.string(),
  servers: z.array(
    z.object({
      address: z.string(),
      port: z.number(),
      method: z.enum(['masq', 'route', 'tunnel', 'local', 'bypass']),
      weight: z.number(),
    }),
  ),
});

export const netnsSchema = z.object({
  dev: z._default(z.number(), 0),
  inode: z._default(z.number(), 0),
  isHost: z._default(z.boolean(), false),
  /** The NetnsId without its host; absent in recordings made by hand. */
  id: z.optional(z.string()),
  names: strings,
  holders: z._default(z.array(holder), []),
  nsids: z._default(z.array(z.object({ nsid: z.number(), netns: z.optional(z.string()) })), []),
  ipvs: z.optional(z.array(ipvsService)),
});

export const presentSchema = z.object({
  nftTables: z._default(
    z.array(
      z.object({
        family: z.string(),
        name: z.string(),
        owner: z.optional(z.string()),
        isForeign: z.optional(z.boolean()),
      }),
    ),
    [],
  ),
  legacyTables: strings,
  legacyTables6: strings,
  nftGeneration: z.optional(z.number()),
});

export const conntrackSchema = z.object({ count: z.optional(z.number()), max: z.optional(z.number()) });

export const countersSchema = z.record(z.string(), z.number());

export const hostSchema = z.object({
  format: z._default(z.string(), ''),
  recordedAt: z.optional(z.string()),
  facts: z.optional(
    z.object({
      hostname: z.string(),
      kernel: text(''),
      uid: z._default(z.number(), 0),
      privileged: z._default(z.boolean(), true),
      os: z.optional(z.string()),
      tools: z._default(z.record(z.string(), z.string()), {}),
    }),
  ),
});

export const gapSchema = z.object({
  source: z.string(),
  netns: z.optional(z.string()),
  reason: z.enum(['missing', 'forbidden', 'slow', 'invalid', 'vanished', 'truncated', 'unsupported']),
  detail: text(''),
  howToSee: z.optional(z.string()),
});

export const engineSchema = z.object({
  kind: z._default(z.enum(['docker', 'podman', 'containerd', 'cri-o']), 'docker'),
  socket: text(''),
  pid: z.optional(z.number()),
  settings: z.optional(z.object({ args: strings, file: z.optional(z.unknown()) })),
});
