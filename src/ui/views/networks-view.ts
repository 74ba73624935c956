/** Engine networks with the bridge that carries each, and the bridges no engine knows. */

import { isBridge, type LinkNode, type NetworkNode } from '../../graph/graph.ts';
import { healthMark, isFaulty, linkHealth, networkHealth } from '../format/health.ts';
import { line, span } from '../format/line.ts';
import { addressesOf, relationText } from '../format/names.ts';
import { amongHosts } from '../graph-index.ts';
import type { Item } from './item.ts';
import type { View, ViewContext } from './view.ts';

const optionWords = ({ facts }: NetworkNode): string => {
  const option = (name: string): string | undefined => facts.options[`com.docker.network.bridge.${name}`];
  return [
    facts.internal && 'internal',
    option('enable_icc') === 'false' && 'icc off',
    facts.driver === 'bridge' && !facts.internal && option('enable_ip_masquerade') !== 'false' && 'masquerade',
    option('gateway_mode_ipv4') !== undefined && `gateway ${option('gateway_mode_ipv4')}`,
    facts.enableIpv6 && 'ipv6',
    facts.ingress && 'ingress',
  ]
    .filter((word) => word !== false)
    .join(' ');
};

const networkItem = (network: NetworkNode, { graph, index, glyphs }: ViewContext): Item => {
  const health = networkHealth(network, index);
  const link = network.link?.certainty === 'exact' ? graph.links.get(network.link.to) : undefined;
  return {
    id: `network ${network.id}`,
    ref: { kind: 'network', id: network.id },
    faulty: isFaulty(health),
    copy: network.facts.name,
    keywords: network.facts.fullId,
    cells: [
      line(healthMark(health, glyphs), ' ', amongHosts(graph, network.host, network.facts.name)),
      network.facts.driver,
      relationText(network.link, index),
      network.facts.subnets.map((subnet) => subnet.subnet).join(' '),
      network.facts.subnets.map((subnet) => subnet.gateway ?? '').join(' '),
      String(network.containers.length),
      link === undefined ? '' : String(link.ports.length),
      optionWords(network),
    ],
  };
};

const bridgeItem = (bridge: LinkNode, { graph, index, glyphs }: ViewContext): Item => {
  const health = linkHealth(bridge, index);
  const owner = graph.netns.get(bridge.netns);
  const addresses = addressesOf(bridge);
  return {
    id: `link ${bridge.id}`,
    ref: { kind: 'link', id: bridge.id },
    faulty: isFaulty(health),
    copy: bridge.facts.ifname,
    cells: [
      line(
        healthMark(health, glyphs),
        ' ',
        span(owner?.facts.isHost === true ? 'no network' : `in ${owner?.name ?? '?'}`, 'dim'),
      ),
      span('bridge', 'dim'),
      bridge.facts.ifname,
      addresses.join(' '),
      '',
      '',
      String(bridge.ports.length),
      '',
    ],
  };
};

/** `host` and `none` carry nothing of their own: last. */
const rank = ({ facts }: NetworkNode): number => (facts.driver === 'host' || facts.driver === 'null' ? 1 : 0);

export const networksView: View = {
  id: 'networks',
  title: 'Networks',
  key: '3',
  aliases: ['networks', 'network', 'net', 'bridges', 'br'],
  about: "The engines' networks with the bridge or link that carries each, then bridges without a network.",
  empty: 'No networks and no bridges.',
  columns: [
    { id: 'network', title: 'NETWORK', min: 12 },
    { id: 'driver', title: 'DRIVER', leaves: 3 },
    { id: 'link', title: 'BRIDGE', min: 9 },
    { id: 'subnet', title: 'SUBNET', min: 13 },
    { id: 'gateway', title: 'GATEWAY', leaves: 5, min: 10 },
    { id: 'containers', title: 'CTRS', align: 'right' },
    { id: 'ports', title: 'PORTS', align: 'right', leaves: 4 },
    { id: 'options', title: 'OPTIONS', leaves: 2, min: 10 },
  ],
  build: (context) => [
    ...[...context.graph.networks.values()]
      .toSorted((a, b) => rank(a) - rank(b) || a.facts.name.localeCompare(b.facts.name, 'en', { numeric: true }))
      .map((network) => networkItem(network, context)),
    ...[...context.graph.links.values()]
      .filter((link) => isBridge(link) && !context.index.networkOfLink.has(link.id))
      .map((bridge) => bridgeItem(bridge, context)),
  ],
};
