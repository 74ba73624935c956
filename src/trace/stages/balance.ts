/** IPVS takes a packet for one of its services and sends it to one of the servers (ip_vs_in_hook, ip_vs_nat_xmit): swarm's service addresses and routing mesh. */
import type { IpvsServer, IpvsService } from '../../model/ipvs.ts';
import type { Tracking } from '../conntrack/connections.ts';
import { currentEntry, replaceEntry } from '../conntrack/connections.ts';
import { settle } from '../conntrack/translate.ts';
import type { Flight, Next } from '../flight.ts';
import { formatEndpoint } from '../format-packet.ts';
import { end, endUnknown, note } from '../journal.ts';
import { sysctl } from '../sysctls.ts';
import type { NetnsView, World } from '../world.ts';
import { remember } from '../world.ts';
import { sendForeign, splitWays } from './send.ts';

const hex = (mark: number): string => `0x${mark.toString(16)}`;

const nameOf = ({ mark, proto, address, port }: IpvsService): string =>
  mark === undefined ? `${proto} ${address}:${port}` : `mark ${hex(mark)}`;

/** Marks are asked for first, then address and port, then the address alone (ip_vs_service_find). */
const findService = (services: readonly IpvsService[], { packet }: Flight): IpvsService | undefined => {
  const byMark = packet.mark === 0 ? undefined : services.find((one) => one.mark === packet.mark);
  return (
    byMark ??
    services.find((one) => one.proto === packet.proto && one.address === packet.dst && one.port === packet.dport) ??
    services.find((one) => one.proto === packet.proto && one.address === packet.dst && one.port === 0)
  );
};

/** Rules that ask whether a packet is IPVS' own are written by who uses it: swarm, kube-proxy. */
const speaksOfIpvs = (view: NetnsView): boolean =>
  remember(view.memo, 'speaks of ipvs', () =>
    Object.values(view.node.facts.ruleset ?? {}).some((text) => typeof text === 'string' && /-m ipvs\b/.test(text)),
  );

const onDummyOfKube = (view: NetnsView, address: string): boolean =>
  view.linkByName.get('kube-ipvs0')?.addresses.some((info) => info.local === address) ?? false;

/** The table was not read: does anything here show that IPVS would take the packet? */
const doubtOf = (view: NetnsView, { packet }: Flight): string | undefined => {
  const asked = packet.mark !== 0 && speaksOfIpvs(view);
  if (!asked && !onDummyOfKube(view, packet.dst)) return undefined;
  const what = asked ? `what bears mark ${hex(packet.mark)}` : `what is for ${packet.dst}`;
  return `IPVS spreads ${what} over the tasks of a service, and the table of ${view.node.name} that names them was not read (cat /proc/net/ip_vs there)`;
};

const carries: ReadonlySet<unknown> = new Set(['tcp', 'udp', 'sctp']);

/** Answers are translated back by the same conntrack entry, which needs hooks of NAT here and a connection to write it to. */
const hindrance = (view: NetnsView, flight: Flight): string | undefined => {
  const { name } = view.node;
  if (sysctl(view, 'ipv4.vs.conntrack') !== '1')
    return `IPVS of ${name} keeps its connections to itself (net.ipv4.vs.conntrack is not 1, or was not read), which is not followed`;
  const family = flight.packet.family === 4 ? 'ip' : 'ip6';
  const translates = view
    .ruleset()
    .stages(family, 'postrouting')
    .stages.some((stage) => stage.kind === 'nat');
  if (!translates || currentEntry(flight.tracking) === undefined)
    return `IPVS of ${name} works without NAT of the firewall, which is not followed`;
  return undefined;
};

/** It takes the packet before nat INPUT has settled the source (NF_IP_PRI_NAT_SRC - 1), so POSTROUTING is still to be asked. */
const notTranslatedYet = (tracking: Tracking): Tracking => {
  const entry = currentEntry(tracking);
  return entry === undefined || entry.snat ? tracking : replaceEntry(tracking, { ...entry, srcDone: false });
};

const toServer = (world: World, flight: Flight, service: IpvsService, server: IpvsServer): Next => {
  const view = world.view(flight.netns);
  if (server.method !== 'masq') {
    const why = `IPVS of ${view.node.name} sends to ${server.address} by ${server.method}, which is not followed`;
    return endUnknown(world, flight, 'nat', why);
  }
  const port = server.port === 0 ? flight.packet.dport : server.port;
  const packet = { ...flight.packet, dst: server.address, ...(port !== undefined && { dport: port }) };
  const mapping = { address: server.address, ...(port !== undefined && { port }) };
  const noted = note(world, flight, {
    kind: 'nat',
    verdict: 'changed',
    text: `IPVS (${nameOf(service)}) sends it to ${formatEndpoint(packet, 'dst')}`,
    evidence: {
      fact: `${nameOf(service)} ${service.scheduler} → ${server.address}:${server.port} ${server.method} weight ${server.weight}`,
      source: '/proc/net/ip_vs',
    },
    packet,
  });
  const tracking = settle(notTranslatedYet(flight.tracking), 'dst', mapping);
  return sendForeign(world, { ...noted, packet, tracking, balancedIn: flight.netns });
};

/** undefined: IPVS does not take it. */
export const balance = (world: World, flight: Flight): Next | undefined => {
  // What it has sent on it lets pass, and pings are answered by whoever has the address (ip_vs_in_icmp).
  if (flight.balancedIn === flight.netns || flight.direction === 'reply' || flight.inside !== undefined)
    return undefined;
  if (!carries.has(flight.packet.proto)) return undefined;
  const view = world.view(flight.netns);
  const { ipvs } = view.node.facts;
  if (ipvs === undefined) {
    const doubt = doubtOf(view, flight);
    return doubt === undefined ? undefined : endUnknown(world, flight, 'nat', doubt);
  }
  const service = findService(ipvs, flight);
  if (service === undefined) return undefined;
  const servers = service.servers.filter(({ weight }) => weight > 0);
  if (servers.length === 0) {
    const text = `IPVS (${nameOf(service)}) has no server to send it to; the sender is told that nobody listens`;
    return end(world, flight, 'rejected', { kind: 'nat', text, evidence: { source: '/proc/net/ip_vs' } });
  }
  const why = hindrance(view, flight);
  if (why !== undefined) return endUnknown(world, flight, 'nat', why);
  const which = `which of the ${servers.length} tasks the balancer chooses (${service.scheduler})`;
  return splitWays(servers, which, (server) => toServer(world, flight, service, server));
};
