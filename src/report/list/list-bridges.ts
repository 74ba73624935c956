/** `list bridges`: every bridge of every netns with its ports. */
import { type Graph, isBridge, type LinkNode } from '../../graph/graph.ts';
import { describeOvsTunnels, describeOvsVlans } from '../../systems/describe-ovs.ts';
import { labelLink } from '../../systems/labels.ts';
import { addressTexts, containerOf, containerRef, linkAt, linkEnd, netnsRef, networkOn, optional } from '../refs.ts';
import type { BridgeRow } from '../schemas/list-schema.ts';

const portOf = (graph: Graph, port: LinkNode): BridgeRow['ports'][number] => {
  const peer = linkAt(graph, port.peer);
  const container = peer === undefined ? undefined : containerOf(graph, peer.netns);
  return {
    ifindex: port.facts.ifindex,
    ifname: port.facts.ifname,
    state: port.bridgePort?.state ?? 'unknown',
    hairpin: port.bridgePort?.hairpin ?? false,
    isolated: port.bridgePort?.isolated ?? false,
    ...optional('vlans', port.ovsPort && describeOvsVlans(port.ovsPort)),
    ...(peer === undefined ? {} : { peer: linkEnd(graph, peer) }),
    ...(container === undefined ? {} : { container: containerRef(container) }),
  };
};

/** iproute2 prints these as numbers; absent where the reader does not say. */
const flag = (value: unknown): boolean | undefined =>
  value === undefined ? undefined : value !== 0 && value !== false;

export const listBridges = (graph: Graph): BridgeRow[] =>
  [...graph.links.values()].filter(isBridge).map((link) => {
    const data = link.facts.linkinfo?.info_data ?? {};
    return {
      netns: netnsRef(graph, link.netns),
      ifindex: link.facts.ifindex,
      ifname: link.facts.ifname,
      state: link.state,
      mtu: link.facts.mtu,
      ...optional('mac', link.facts.address),
      addresses: addressTexts(link),
      ...optional('network', networkOn(graph, link.id)),
      ...optional('stp', link.ovsBridge?.stp ?? flag(data['stp_state'])),
      ...optional('vlanFiltering', flag(data['vlan_filtering'])),
      ports: link.ports.flatMap((id) => graph.links.get(id) ?? []).map((port) => portOf(graph, port)),
      ...(link.ovsBridge === undefined ? {} : { tunnels: [...describeOvsTunnels(link.ovsBridge)] }),
      ...optional('madeBy', labelLink(graph, link.id)?.madeBy),
    };
  });
