/** `vethscope.list/1`: the rows of each kind of list. */
import { z } from 'zod';
import { containerRef, doubt, head, linkEnd, netnsRef, netnsWithPids } from './shared-shapes.ts';

const state = z.enum(['up', 'down', 'no-carrier', 'unknown']);
const namedContainer = z.object({ id: z.string(), name: z.string() });

const host = z.exactOptional(z.string()).describe('which host, where several are shown');

export const linkRow = z.object({
  netns: netnsRef,
  ifindex: z.number(),
  ifname: z.string(),
  kind: z.string().describe('veth, bridge, macvlan, …; loopback; physical'),
  master: z.exactOptional(z.string()).describe('ifname of the bridge, bond or vrf it is a port of'),
  portState: z.exactOptional(z.string()).describe('spanning tree state of a bridge port'),
  peer: z.exactOptional(linkEnd).describe('the other end of a veth, when proven'),
  peerDoubt: z.exactOptional(doubt),
  lowerLink: z.exactOptional(linkEnd).describe('what it sits on, when proven'),
  lowerLinkDoubt: z.exactOptional(doubt),
  state,
  mtu: z.number(),
  mac: z.exactOptional(z.string()),
  addresses: z.array(z.string()).describe('address/prefix length'),
  container: z.exactOptional(containerRef),
  madeBy: z.exactOptional(z.string()),
});

export const containerRow = containerRef.extend({
  host,
  image: z.string(),
  state: z.string(),
  pid: z.exactOptional(z.number()),
  netns: z.exactOptional(netnsRef),
  sharesNetnsOf: z.exactOptional(z.string()).describe('name of the container whose netns it lives in'),
  compose: z.exactOptional(z.object({ project: z.string(), service: z.string() })),
  networks: z.array(z.string()),
  ports: z.array(z.string()).describe('ADDRESS:PORT->PORT/PROTO'),
  links: z.array(
    z.object({
      ifindex: z.number(),
      ifname: z.string(),
      kind: z.string(),
      state,
      addresses: z.array(z.string()),
      peer: z.exactOptional(linkEnd),
      lowerLink: z.exactOptional(linkEnd),
      bridge: z.exactOptional(z.string()),
    }),
  ),
});

export const netnsRow = netnsWithPids.extend({
  isHost: z.boolean(),
  hidden: z.boolean().describe('no process lives there and no file names it'),
  containers: z.array(namedContainer),
  links: z.exactOptional(z.number()),
  madeBy: z.exactOptional(z.string()),
});

export const bridgeRow = z.object({
  netns: netnsRef,
  ifindex: z.number(),
  ifname: z.string(),
  state,
  mtu: z.number(),
  mac: z.exactOptional(z.string()),
  addresses: z.array(z.string()),
  network: z.exactOptional(z.string()),
  stp: z.exactOptional(z.boolean()),
  vlanFiltering: z.exactOptional(z.boolean()),
  ports: z.array(
    z.object({
      ifindex: z.number(),
      ifname: z.string(),
      state: z.string().describe('spanning tree state'),
      hairpin: z.boolean(),
      isolated: z.boolean(),
      vlans: z.exactOptional(z.string()).describe('of a port of Open vSwitch: VLAN 100, trunk 100 200'),
      peer: z.exactOptional(linkEnd),
      container: z.exactOptional(containerRef),
    }),
  ),
  tunnels: z.exactOptional(z.array(z.string())).describe('ports of Open vSwitch that are no links of the host'),
  madeBy: z.exactOptional(z.string()),
});

export const networkRow = z.object({
  id: z.string(),
  name: z.string(),
  engine: z.string(),
  host,
  driver: z.string(),
  scope: z.string(),
  internal: z.boolean(),
  ipv6: z.boolean(),
  subnets: z.array(z.object({ subnet: z.string(), gateway: z.exactOptional(z.string()) })),
  link: z.exactOptional(linkEnd).describe('the bridge or parent link that carries it'),
  linkDoubt: z.exactOptional(doubt),
  containers: z.array(namedContainer),
  options: z.record(z.string(), z.string()),
});

export const poolRow = z.object({
  engine: z.string(),
  pool: z.exactOptional(z.string()).describe('absent: a subnet outside all pools'),
  subnet: z.string().describe('one subnet, or FIRST - LAST of a free stretch'),
  blocks: z.number().describe('networks the stretch is good for'),
  state: z.enum(['used', 'taken', 'free']),
  network: z.exactOptional(namedContainer),
  route: z
    .exactOptional(z.string())
    .describe('state taken: the route of the host because of which the engine passes it over'),
  addresses: z.exactOptional(z.object({ used: z.number(), of: z.number() })),
});

const process = z.object({ pid: z.number(), comm: z.string() });

export const portRow = z.object({
  hostIp: z.string(),
  hostPort: z.number(),
  proto: z.enum(['tcp', 'udp', 'sctp']),
  containerPort: z.number(),
  host,
  container: namedContainer,
  dnatRules: z.exactOptional(z.array(z.string())).describe('absent: the rules were not read'),
  heldBy: z.exactOptional(
    z.object({ role: z.enum(['proxy', 'reservation', 'other']), local: z.string(), processes: z.array(process) }),
  ),
  listener: z
    .exactOptional(z.object({ local: z.string(), port: z.number(), processes: z.array(process) }).nullable())
    .describe('who listens in the container; null: nobody; absent: not read'),
});

export const routeRow = z.object({
  netns: netnsRef,
  family: z.enum(['inet', 'inet6']),
  table: z.string(),
  type: z.string(),
  dst: z.string(),
  gateway: z.exactOptional(z.string()),
  dev: z.exactOptional(z.string()),
  prefsrc: z.exactOptional(z.string()),
  metric: z.exactOptional(z.number()),
  scope: z.string(),
  protocol: z.string(),
  flags: z.array(z.string()),
  madeBy: z.exactOptional(z.string()),
});

export const ruleRow = z.object({
  netns: netnsRef,
  backend: z.string(),
  family: z.string(),
  table: z.string(),
  chain: z.string(),
  hook: z.exactOptional(z.string()),
  priority: z.exactOptional(z.number()),
  index: z.number().describe("1-based; 0: the chain's policy"),
  rule: z.string(),
  packets: z.exactOptional(z.number()),
  bytes: z.exactOptional(z.number()),
  madeBy: z.exactOptional(z.string()),
  purpose: z.exactOptional(z.string()),
});

export const findingRow = z.object({
  id: z.string(),
  check: z.string(),
  severity: z.string(),
  subject: z.string(),
  title: z.string(),
  hides: z.exactOptional(z.array(z.string())),
});

export const listSchema = z.object({
  schema: z.literal('vethscope.list/1'),
  ...head,
  of: z.string().describe('containers, netns, links, …'),
  rows: z.union([
    z.array(linkRow),
    z.array(containerRow),
    z.array(netnsRow),
    z.array(bridgeRow),
    z.array(networkRow),
    z.array(poolRow),
    z.array(portRow),
    z.array(routeRow),
    z.array(ruleRow),
    z.array(findingRow),
  ]),
});

export type LinkRow = z.infer<typeof linkRow>;
export type ContainerRow = z.infer<typeof containerRow>;
export type NetnsRow = z.infer<typeof netnsRow>;
export type BridgeRow = z.infer<typeof bridgeRow>;
export type NetworkRow = z.infer<typeof networkRow>;
export type PoolRow = z.infer<typeof poolRow>;
export type PortRow = z.infer<typeof portRow>;
export type RouteRow = z.infer<typeof routeRow>;
export type RuleRow = z.infer<typeof ruleRow>;
export type FindingRow = z.infer<typeof findingRow>;
