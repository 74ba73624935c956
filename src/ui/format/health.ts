/** How well a thing is, as one shape and one tone: the shape alone must tell it. */
import { type ContainerNode, isBridge, type LinkNode, type NetworkNode } from '../../graph/graph.ts';
import { faultsTouching, type GraphIndex } from '../graph-index.ts';
import { type Span, span } from './line.ts';
import type { Glyphs } from './theme.ts';

export type Health = 'good' | 'bad' | 'warn' | 'doubt' | 'idle';

export const healthMark = (health: Health, glyphs: Glyphs): Span => {
  switch (health) {
    case 'good':
      return span(glyphs.up, 'good');
    case 'bad':
      return span(glyphs.down, 'bad');
    case 'warn':
      return span(glyphs.warning, 'warn');
    case 'doubt':
      return span(glyphs.unknown, 'doubt');
    case 'idle':
      return span(glyphs.noCarrier, 'dim');
  }
};

export const linkHealth = (link: LinkNode, index: GraphIndex): Health => {
  if (link.peer !== undefined && link.peer.certainty !== 'exact') return 'doubt';
  if (link.state === 'down' && link.facts.ifname !== 'lo' && (link.kind === 'veth' || link.master !== undefined))
    return 'bad';
  if ((index.faultsOfLink.get(link.id)?.length ?? 0) > 0) return 'warn';
  switch (link.state) {
    case 'up':
      return 'good';
    case 'no-carrier':
      // A bridge without ports in use has no carrier: normal for a network nobody runs on.
      return isBridge(link) ? 'idle' : 'warn';
    case 'down':
      return 'idle';
    case 'unknown':
      return 'doubt';
  }
};

export const containerHealth = (container: ContainerNode, index: GraphIndex): Health => {
  const state = container.facts.state;
  if (state === 'created' || state === 'exited' || state === 'removing') return 'idle';
  if (state === 'dead' || state === 'restarting') return 'bad';
  if (container.netns === undefined) return 'doubt';
  const faults = faultsTouching(index, container);
  if (faults.some((fault) => fault.kind === 'link-down' || fault.kind === 'no-master')) return 'bad';
  if (faults.length > 0 || state === 'paused') return 'warn';
  return 'good';
};

export const networkHealth = (network: NetworkNode, index: GraphIndex): Health => {
  const driver = network.facts.driver;
  if (driver === 'host' || driver === 'null') return 'idle';
  if (network.link === undefined) return network.containers.length === 0 ? 'idle' : 'doubt';
  if (network.link.certainty !== 'exact') return 'doubt';
  const link = index.graph.links.get(network.link.to);
  if (link === undefined) return 'doubt';
  // A parent that leads out of the host has its other end elsewhere: no doubt about the network.
  return isBridge(link) ? linkHealth(link, index) : link.state === 'up' ? 'good' : 'warn';
};

export const isFaulty = (health: Health): boolean => health === 'bad' || health === 'warn' || health === 'doubt';
