/** Networks in the x-ray, and bridges no engine knows: who is on each, and what else: tunnels, load balancers, other hosts' ends. */
import { type ContainerNode, isBridge, type LinkNode, type NetworkNode } from '../../../graph/graph.ts';
import { describeOvsTunnels } from '../../../systems/describe-ovs.ts';
import { linkHealth, networkHealth } from '../../format/health.ts';
import { joined, type Line, line, span } from '../../format/line.ts';
import { addressesOf, relationText } from '../../format/names.ts';
import { linkName, linksOf, peerOf } from '../../graph-index.ts';
import type { MapNode } from '../map/branch.ts';
import { portNodes } from '../map/port-nodes.ts';
import type { ViewContext } from '../view.ts';
import { containerNode, node } from './container-node.ts';

/** Whose container it is at the other end of a port. */
const residentsOf = (port: LinkNode, { graph }: ViewContext): readonly ContainerNode[] => {
  const far = peerOf(graph, port);
  const netns = far === undefined ? undefined : graph.netns.get(far.netns);
  return netns === undefined || netns.facts.isHost
    ? []
    : netns.containers.flatMap((id) => graph.containers.get(id) ?? []);
};

const residentsOn = (bridge: LinkNode, context: ViewContext): readonly ContainerNode[] =>
  linksOf(context.graph, bridge.ports).flatMap((port) => residentsOf(port, context));

/** Ports of a bridge that lead to none of the containers, as the map tells them. */
const otherPorts = (path: string, bridge: LinkNode, context: ViewContext): readonly MapNode[] => {
  const ports = linksOf(context.graph, bridge.ports).filter((port) => residentsOf(port, context).length === 0);
  return portNodes(ports, context, new Set()).map((port) => ({
    ...port,
    item: { ...port.item, id: `${path}/${port.item.id}` },
    children: [],
  }));
};

export const networkNode = (network: NetworkNode, context: ViewContext): MapNode => {
  const { graph, index } = context;
  const path = `network ${network.id}`;
  const carrier = network.link?.certainty === 'exact' ? graph.links.get(network.link.to) : undefined;
  const named = network.containers.flatMap((id) => graph.containers.get(id) ?? []);
  // An engine does not list who is on a bridge of its own making only to get out: swarm's docker_gwbridge.
  const members = new Set([...named, ...(carrier === undefined ? [] : residentsOn(carrier, context))]);
  const words = (): Line =>
    line(
      span(network.facts.name, 'strong'),
      span(`  ${network.facts.driver}  `, 'dim'),
      joined([relationText(network.link, index), network.facts.subnets.map((subnet) => subnet.subnet).join(' ')], '  '),
    );
  const children = [
    ...[...members].map((container) => containerNode(path, container, context, carrier)),
    ...(carrier !== undefined && isBridge(carrier) ? otherPorts(path, carrier, context) : []),
  ];
  return node('', { kind: 'network', id: network.id }, networkHealth(network, index), words, children, context);
};

const bridgeNode = (bridge: LinkNode, context: ViewContext): MapNode => {
  const { graph, index } = context;
  const path = `bridge ${bridge.id}`;
  const words = (): Line =>
    line(
      span(linkName(graph, bridge), 'strong'),
      span(`  ${bridge.ovsBridge === undefined ? 'bridge' : 'Open vSwitch'} of no network  `, 'dim'),
      joined(
        [...addressesOf(bridge), ...(bridge.ovsBridge === undefined ? [] : describeOvsTunnels(bridge.ovsBridge))],
        '  ',
      ),
    );
  const children = [
    ...[...new Set(residentsOn(bridge, context))].map((container) => containerNode(path, container, context, bridge)),
    ...otherPorts(path, bridge, context),
  ];
  return node('', { kind: 'link', id: bridge.id }, linkHealth(bridge, index), words, children, context);
};

/** `host` and `none` of an engine, with nobody on them, have nothing below. */
const hasInside = ({ facts, containers }: NetworkNode): boolean =>
  containers.length > 0 || (facts.driver !== 'host' && facts.driver !== 'null');

export const networkNodes = (context: ViewContext): readonly MapNode[] => {
  const { graph, index } = context;
  const bridges = [...graph.links.values()].filter((link) => isBridge(link) && !index.networkOfLink.has(link.id));
  return [
    ...[...graph.networks.values()].filter(hasInside).map((network) => networkNode(network, context)),
    ...bridges.map((bridge) => bridgeNode(bridge, context)),
  ];
};
