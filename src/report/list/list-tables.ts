/** Which columns each list shows as text: what fits a person's eye, not all that the document holds. */
import { type Column, signsOf, type TextStyle } from '../format-table.ts';
import type {
  BridgeRow,
  ContainerRow,
  FindingRow,
  LinkRow,
  NetnsRow,
  NetworkRow,
  PoolRow,
  PortRow,
  RouteRow,
  RuleRow,
} from '../schemas/list-schema.ts';
import type { Doubt, LinkEnd, NetnsRef } from '../schemas/shared-shapes.ts';

type Columns<Row> = (style: TextStyle) => readonly Column<Row>[];

/** `web/eth0`; a link of the host by its name alone. */
export const formatEnd = (end: LinkEnd | undefined): string =>
  end === undefined ? '' : end.netns.name === 'host' ? end.ifname : `${end.netns.name}/${end.ifname}`;

const formatDoubt = (doubt: Doubt | undefined): string => {
  if (doubt === undefined) return '';
  const ends = (doubt.candidates ?? []).map(formatEnd).join(' or ');
  return ends === '' ? `? ${doubt.why}` : `? ${ends}: ${doubt.why}`;
};

const netns: Column<{ readonly netns: NetnsRef }> = { title: 'NETNS', cell: (row) => row.netns.name };

/** Where one host is shown nobody has one, and the column is left out. */
const host: Column<{ readonly host?: string }> = { title: 'HOST', cell: (row) => row.host };

export const linkColumns: Columns<LinkRow> = (style) => [
  netns,
  { title: 'IFINDEX', cell: (row) => row.ifindex, right: true },
  { title: 'IFNAME', whole: true, cell: (row) => row.ifname },
  { title: 'KIND', spare: 1, cell: (row) => row.kind },
  { title: 'STATE', cell: (row) => row.state },
  { title: 'MTU', spare: 3, cell: (row) => row.mtu, right: true },
  { title: 'MAC', spare: 2, cell: (row) => row.mac },
  { title: 'MASTER', cell: (row) => row.master },
  {
    title: 'PEER OR LOWER LINK',
    whole: true,
    cell: (row) => {
      if (row.peer !== undefined) return `${signsOf(style).pair} ${formatEnd(row.peer)}`;
      if (row.lowerLink !== undefined) return `on ${formatEnd(row.lowerLink)}`;
      return formatDoubt(row.peerDoubt ?? row.lowerLinkDoubt);
    },
  },
  { title: 'ADDRESSES', cell: (row) => row.addresses.join(' ') },
  { title: 'MADE BY', spare: 4, cell: (row) => row.madeBy },
];

const wire = (link: ContainerRow['links'][number], style: TextStyle): string => {
  const inside = `${link.ifname}${link.state === 'up' ? '' : ` (${link.state})`}`;
  if (link.lowerLink !== undefined) return `${inside} ${link.kind} on ${formatEnd(link.lowerLink)}`;
  const outside = link.peer === undefined ? link.kind : formatEnd(link.peer);
  const bridge = link.bridge === undefined ? '' : ` ${signsOf(style).arrow} ${link.bridge}`;
  return `${inside} ${signsOf(style).pair} ${outside}${bridge}`;
};

export const containerColumns: Columns<ContainerRow> = (style) => [
  { title: 'CONTAINER', cell: (row) => row.name },
  host,
  { title: 'ID', spare: 4, cell: (row) => row.id.slice(0, 12) },
  { title: 'STATE', cell: (row) => row.state },
  {
    title: 'MODE',
    spare: 1,
    cell: (row) => (row.sharesNetnsOf === undefined ? row.mode : `in ${row.sharesNetnsOf}'s netns`),
  },
  { title: 'NETWORKS', spare: 2, cell: (row) => row.networks.join(' ') },
  {
    title: 'ADDRESSES',
    cell: (row) => row.links.flatMap((link) => link.addresses.filter((one) => !one.startsWith('fe80:'))).join(' '),
  },
  { title: 'WIRES', cell: (row) => row.links.map((link) => wire(link, style)).join(', ') },
  { title: 'PORTS', spare: 3, cell: (row) => row.ports.join(' ') },
];

export const netnsColumns: Columns<NetnsRow> = () => [
  { title: 'NETNS', cell: (row) => row.name },
  { title: 'INODE', cell: (row) => row.inode, right: true },
  { title: 'LINKS', cell: (row) => row.links, right: true },
  { title: 'CONTAINERS', cell: (row) => row.containers.map((one) => one.name).join(' ') },
  {
    title: 'PIDS',
    cell: (row) => (row.pids.length > 4 ? `${row.pids.slice(0, 4).join(' ')} and more` : row.pids.join(' ')),
  },
  { title: 'NAMES', cell: (row) => row.names.join(' ') },
  { title: 'MADE BY', spare: 2, cell: (row) => row.madeBy },
  { title: 'SEEN', cell: (row) => (row.hidden ? 'hidden' : '') },
];

export const bridgeColumns: Columns<BridgeRow> = (style) => [
  { title: 'BRIDGE', cell: (row) => row.ifname },
  netns,
  { title: 'STATE', cell: (row) => row.state },
  { title: 'NETWORK', cell: (row) => row.network },
  { title: 'ADDRESSES', cell: (row) => row.addresses.filter((one) => !one.startsWith('fe80:')).join(' ') },
  { title: 'STP', spare: 2, cell: (row) => (row.stp === undefined ? '' : row.stp ? 'on' : 'off') },
  { title: 'MADE BY', spare: 1, cell: (row) => row.madeBy },
  {
    title: 'PORTS',
    cell: (row) =>
      row.ports
        .map((port) => {
          const notes = [port.state === 'forwarding' ? '' : port.state, port.vlans ?? ''].filter((one) => one !== '');
          const state = notes.length === 0 ? '' : ` (${notes.join(', ')})`;
          return port.peer === undefined
            ? `${port.ifname}${state}`
            : `${port.ifname}${state} ${signsOf(style).pair} ${formatEnd(port.peer)}`;
        })
        .join(', '),
  },
];

export const networkColumns: Columns<NetworkRow> = () => [
  { title: 'NETWORK', cell: (row) => row.name },
  host,
  { title: 'ID', spare: 2, cell: (row) => row.id.slice(0, 12) },
  { title: 'DRIVER', cell: (row) => row.driver },
  { title: 'SUBNETS', cell: (row) => row.subnets.map((one) => one.subnet).join(' ') },
  { title: 'GATEWAY', cell: (row) => row.subnets.flatMap((one) => one.gateway ?? []).join(' ') },
  { title: 'LINK', cell: (row) => (row.link === undefined ? formatDoubt(row.linkDoubt) : formatEnd(row.link)) },
  {
    title: 'FLAGS',
    cell: (row) => [row.internal ? 'internal' : '', row.ipv6 ? 'ipv6' : ''].filter((one) => one !== '').join(' '),
  },
  { title: 'CONTAINERS', cell: (row) => row.containers.map((one) => one.name).join(' ') },
];

export const poolColumns: Columns<PoolRow> = () => [
  { title: 'POOL', cell: (row) => row.pool },
  { title: 'SUBNET', whole: true, cell: (row) => row.subnet },
  { title: 'STATE', cell: (row) => row.state },
  { title: 'BLOCKS', cell: (row) => row.blocks, right: true },
  { title: 'BY', cell: (row) => row.network?.name ?? row.route },
  {
    title: 'ADDRESSES',
    cell: (row) => (row.addresses === undefined ? '' : `${row.addresses.used}/${row.addresses.of}`),
    right: true,
  },
];

export const portColumns: Columns<PortRow> = (style) => [
  {
    title: 'PUBLISHED',
    cell: (row) => `${row.hostIp.includes(':') ? `[${row.hostIp}]` : row.hostIp}:${row.hostPort}/${row.proto}`,
  },
  host,
  { title: 'CONTAINER', cell: (row) => `${row.container.name}:${row.containerPort}` },
  {
    title: 'HELD BY',
    cell: (row) =>
      row.heldBy === undefined ? '' : `${row.heldBy.processes[0]?.comm ?? 'somebody'} (${row.heldBy.role})`,
  },
  {
    title: 'LISTENER',
    cell: (row) => {
      if (row.listener === undefined) return '';
      return row.listener === null
        ? 'nobody'
        : `${row.listener.processes[0]?.comm ?? 'somebody'} on ${row.listener.local.includes(':') ? `[${row.listener.local}]` : row.listener.local}:${row.listener.port}`;
    },
  },
  {
    title: 'DNAT',
    cell: (row) =>
      row.dnatRules === undefined
        ? ''
        : row.dnatRules.length === 0
          ? 'no rule'
          : `${signsOf(style).arrow} ${row.dnatRules[0]}`,
  },
];

export const routeColumns: Columns<RouteRow> = () => [
  netns,
  { title: 'TABLE', cell: (row) => row.table },
  { title: 'TYPE', cell: (row) => row.type },
  { title: 'DESTINATION', cell: (row) => row.dst },
  { title: 'GATEWAY', cell: (row) => row.gateway },
  { title: 'LINK', cell: (row) => row.dev },
  { title: 'SOURCE', cell: (row) => row.prefsrc },
  { title: 'METRIC', spare: 1, cell: (row) => row.metric, right: true },
  { title: 'FLAGS', spare: 2, cell: (row) => row.flags.join(' ') },
  { title: 'MADE BY', spare: 3, cell: (row) => row.madeBy },
];

export const ruleColumns: Columns<RuleRow> = () => [
  netns,
  { title: 'BACKEND', spare: 2, cell: (row) => row.backend },
  { title: 'FAMILY', spare: 1, cell: (row) => row.family },
  { title: 'TABLE', cell: (row) => row.table },
  { title: 'CHAIN', cell: (row) => row.chain },
  { title: 'N', cell: (row) => row.index, right: true },
  { title: 'PACKETS', cell: (row) => row.packets, right: true },
  { title: 'MADE BY', spare: 3, cell: (row) => row.madeBy },
  { title: 'RULE', whole: true, cell: (row) => row.rule },
];

export const findingColumns: Columns<FindingRow> = () => [
  { title: 'SEVERITY', cell: (row) => row.severity },
  { title: 'FINDING', cell: (row) => row.id },
  { title: 'WHAT', cell: (row) => row.title },
];
