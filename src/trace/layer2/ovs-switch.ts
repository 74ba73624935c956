/** How a bridge of Open vSwitch switches frames: its VLANs, its tunnels, and whether we know at all (ovs-vswitchd.conf.db(5), Port). */
import type { LinkNode } from '../../graph/graph.ts';
import type { OvsBridge, OvsPort } from '../../model/open-vswitch.ts';
import type { VlanAnswer } from './bridge-port.ts';
import { isOvsLink } from './with-ovs-links.ts';

/** Fields that say something of the flow, not of the packet. */
const accounts = /^(cookie|duration|table|n_packets|n_bytes|idle_age|hard_age|priority|idle_timeout|hard_timeout)=/;

/** It matches every packet, in the first table, and does what a bridge does. */
const isNormal = (flow: string): boolean => {
  const [matches = '', actions] = flow.split('actions=');
  const words = matches.split(/[,\s]+/).filter((word) => word !== '' && !accounts.test(word));
  return actions === 'NORMAL' && words.length === 0 && !/\btable=[1-9]/.test(matches);
};

/** Why we cannot tell where this bridge sends a frame; undefined: it switches like any bridge. */
export const ovsDoubt = ({ name, controlled, flows, stp }: OvsBridge): string | undefined => {
  if (flows === undefined)
    return `the flow table of Open vSwitch bridge ${name} was not read${controlled ? ', and a controller fills it' : ''}`;
  if (flows.length === 0)
    return `the flow table of Open vSwitch bridge ${name} is empty: it forwards nothing, or waits for its controller`;
  const own = flows.find((flow) => !isNormal(flow));
  if (own !== undefined) return `a flow of Open vSwitch bridge ${name} decides: ${own}`;
  return stp
    ? `spanning tree is on in Open vSwitch bridge ${name}, and the states of its ports were not read`
    : undefined;
};

/** The bridge's own side is a port of its own, with the bridge's name. */
const portOf = (bridge: LinkNode, link: LinkNode): OvsPort | undefined =>
  link.ovsPort ?? bridge.ovsBridge?.ports.find(({ name }) => name === bridge.facts.ifname);

const isMember = ({ tag, trunks, vlanMode }: OvsPort, vlan: number): boolean =>
  vlanMode === 'access'
    ? vlan === tag
    : trunks.length === 0 || trunks.includes(vlan) || (tag !== undefined && vlan === tag);

const refusal = (link: LinkNode, vlan: number): VlanAnswer => ({
  refused: `${link.facts.ifname} is not a member of VLAN ${vlan} of Open vSwitch`,
});

export const ovsVlanInside = (bridge: LinkNode, link: LinkNode, vlan: number): VlanAnswer => {
  const port = portOf(bridge, link);
  if (port === undefined) return { vlan };
  if (port.vlanMode === 'dot1q-tunnel')
    return { refused: `${link.facts.ifname} tags frames twice, which is not followed` };
  const access = port.vlanMode === 'access';
  if (access && vlan !== 0) return { refused: `${link.facts.ifname} is an access port: it takes no tagged frames` };
  const inside = vlan === 0 && port.vlanMode !== 'trunk' ? (port.tag ?? 0) : vlan;
  return isMember(port, inside) ? { vlan: inside } : refusal(link, inside);
};

export const ovsVlanOutside = (bridge: LinkNode, link: LinkNode, inside: number): VlanAnswer => {
  const port = portOf(bridge, link);
  if (port === undefined) return { vlan: inside };
  if (!isMember(port, inside)) return refusal(link, inside);
  const bare = port.vlanMode === 'access' || (port.vlanMode === 'native-untagged' && inside === port.tag);
  return { vlan: bare ? 0 : inside };
};

/** Ports of kinds that are not followed (with-ovs-links.ts has those that are), as far as frames of this VLAN go there. */
export const ovsWaysOut = ({ ports, name }: OvsBridge, inside: number): readonly string[] =>
  ports
    .filter((port) => port.name !== name && isMember(port, inside))
    .flatMap(({ interfaces }) => interfaces)
    .filter((one) => one.type !== 'system' && one.type !== 'internal' && one.type !== '' && !isOvsLink(one))
    .map(({ name: port, type, options }) => {
      const where = options['remote_ip'] ?? options['peer'];
      const key = options['key'] === undefined ? '' : `, key ${options['key']}`;
      return `${port} (${type}${where === undefined ? '' : ` to ${where}`}${key})`;
    });
