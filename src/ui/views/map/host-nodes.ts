/** Uplinks, bridges and routed veths of one netns, as nodes of the wiring map. */
import { isBridge, type LinkNode, type NetnsNode } from '../../../graph/graph.ts';
import type { NetnsId } from '../../../model/ids.ts';
import { describeOvsTunnels } from '../../../systems/describe-ovs.ts';
import { healthMark, linkHealth } from '../../format/health.ts';
import { joined, line, span, type Words } from '../../format/line.ts';
import { addressesOf } from '../../format/names.ts';
import { linkName, linksOf, peerOf } from '../../graph-index.ts';
import type { ViewContext } from '../view.ts';
import { linkItem, type MapNode } from './branch.ts';
import { portNodes, upperNodes } from './port-nodes.ts';

/**
 * What leads out of a netns. On the host, a veth whose other end nobody here can see does (a host in a lab or in a container); inside
 * another netns every veth with an address does.
 */
const isUplink = (link: LinkNode, netns: NetnsNode): boolean => {
  if (link.facts.ifname === 'lo' || isBridge(link) || link.master !== undefined) return false;
  if (link.kind !== 'veth') return true;
  const leadsOut = !netns.facts.isHost || link.peer?.certainty !== 'exact';
  return leadsOut && link.addresses.some((address) => address.scope !== 'link');
};

const defaultRouteOf = (link: LinkNode, netns: NetnsNode): string | undefined => {
  const route = (netns.facts.routes ?? []).find(
    (candidate) => candidate.dst === 'default' && candidate.dev === link.facts.ifname,
  );
  if (route === undefined) return undefined;
  return route.gateway === undefined ? 'default route' : `default via ${route.gateway}`;
};

const faultWords = (link: LinkNode, context: ViewContext): readonly Words[] =>
  (context.index.faultsOfLink.get(link.id) ?? []).map((fault) => span(fault.text, 'warn'));

const kindWord = (link: LinkNode): string => (link.kind === 'physical' ? '' : link.kind);

/** Where an uplink that is a veth leads: the netns around this one, or out of sight. */
const otherEnd = (link: LinkNode, { graph, glyphs }: ViewContext): readonly Words[] => {
  if (link.peer === undefined) return [];
  const peer = peerOf(graph, link);
  return [peer === undefined ? span('other end not visible', 'doubt') : `${glyphs.peer} ${linkName(graph, peer)}`];
};

/** Lower links first: a vlan on eth0 is drawn below it, not beside it. */
export const uplinkNodes = (netns: NetnsNode, context: ViewContext, shown: Set<NetnsId>): readonly MapNode[] =>
  linksOf(context.graph, netns.links)
    .filter(
      (link) =>
        isUplink(link, netns) &&
        !(link.lowerLink?.certainty === 'exact' && context.graph.links.get(link.lowerLink.to)?.netns === netns.id),
    )
    .filter(
      (link) =>
        link.state !== 'down' || link.addresses.length > 0 || link.upperLinks.length > 0 || link.kind === 'physical',
    )
    .map((link) => {
      const health = link.kind === 'veth' && link.state === 'up' ? 'good' : linkHealth(link, context.index);
      const facts = (): readonly string[] =>
        [kindWord(link), addressesOf(link).join(' '), defaultRouteOf(link, netns) ?? ''].filter((word) => word !== '');
      return {
        item: linkItem(link, health),
        words: () =>
          line(
            healthMark(health, context.glyphs),
            ' ',
            span(link.facts.ifname, 'strong'),
            '  ',
            joined([...facts(), ...otherEnd(link, context), ...faultWords(link, context)], '  '),
          ),
        children: upperNodes(link, context, shown),
      };
    });

const networkWords = (bridge: LinkNode, context: ViewContext): readonly Words[] => {
  const network = context.index.networkOfLink.get(bridge.id);
  if (network === undefined) return [];
  const option = (name: string): string | undefined => network.facts.options[`com.docker.network.bridge.${name}`];
  return [
    line(span('network ', 'dim'), network.facts.name),
    ...(network.facts.internal
      ? [span('internal', 'warn')]
      : option('enable_ip_masquerade') === 'false'
        ? []
        : ['masquerade']),
    ...(option('enable_icc') === 'false' ? [span('icc off', 'warn')] : []),
  ];
};

export const bridgeNodes = (netns: NetnsNode, context: ViewContext, shown: Set<NetnsId>): readonly MapNode[] =>
  linksOf(context.graph, netns.links)
    .filter(isBridge)
    .map((bridge) => {
      const health = linkHealth(bridge, context.index);
      const notes = (): readonly Words[] => [
        ...networkWords(bridge, context),
        ...(bridge.ports.length === 0 ? [span('no ports', 'dim')] : []),
        ...(bridge.ovsBridge === undefined ? [] : ['Open vSwitch', ...describeOvsTunnels(bridge.ovsBridge)]),
        ...(bridge.state === 'down' ? [span('is down', 'bad')] : []),
        ...faultWords(bridge, context),
      ];
      return {
        item: linkItem(bridge, health),
        words: () =>
          line(
            healthMark(health, context.glyphs),
            ' ',
            span(bridge.facts.ifname, 'strong'),
            ' ',
            addressesOf(bridge).join(' '),
            '  ',
            joined(notes(), span(` ${context.glyphs.dot} `, 'dim')),
          ),
        children: [
          ...portNodes(linksOf(context.graph, bridge.ports), context, shown),
          ...upperNodes(bridge, context, shown),
        ],
      };
    });

/** The other end is a port of a bridge of the same netns and is drawn there. */
const isToldByPeer = (link: LinkNode, { graph }: ViewContext): boolean => {
  const peer = peerOf(graph, link);
  return peer?.netns === link.netns && peer.master !== undefined;
};

/** Veths of this netns that are ports of nothing: routed (Calico, pipework), or forgotten. */
export const routedNodes = (netns: NetnsNode, context: ViewContext, shown: Set<NetnsId>): readonly MapNode[] =>
  portNodes(
    linksOf(context.graph, netns.links).filter(
      (link) =>
        link.kind === 'veth' &&
        link.master === undefined &&
        netns.facts.isHost &&
        !isUplink(link, netns) &&
        !isToldByPeer(link, context),
    ),
    context,
    shown,
  );
