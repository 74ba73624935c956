/** Packets that should pass on a healthy host, traced: out of every bridge network, between neighbours, from the host, to published ports. */
import type { ContainerNode } from '../graph/graph.ts';
import type { Trace } from '../trace/trace.ts';
import { tracePacket } from '../trace/trace-packet.ts';
import type { Attachment, BridgeNetwork, EngineView, HostView } from './host-view.ts';
import { optionOf } from './host-view.ts';

export interface Flow {
  readonly kind: 'out' | 'neighbour' | 'host' | 'published';
  /** Who is cut off when it fails: where it goes, else where it comes from. */
  readonly container: ContainerNode;
  /** A neighbour that sends it. */
  readonly sender?: ContainerNode;
  /** `web → outside`, as a person says it. */
  readonly text: string;
  readonly trace: Trace;
}

interface Wanted extends Omit<Flow, 'trace'> {
  readonly from: string;
  readonly to: string;
}

/** More than that would cost a noticeable wait; the first of every network come first. */
export const flowLimit = 200;

const endOf = (container: ContainerNode) => `container:${container.facts.fullId}`;

/** A TCP port somebody listens on where neighbours arrive; ping asks nobody. */
function servedPort(view: HostView, { container, endpoint }: Attachment): number | undefined {
  const sockets = view.netnsOf(container.netns)?.facts.sockets ?? [];
  return sockets.find(
    (socket) =>
      socket.proto === 'tcp' && (socket.local === '0.0.0.0' || socket.local === '::' || socket.local === endpoint.ipv4),
  )?.port;
}

const isWhole = ({ container, endpoint }: Attachment) =>
  container.netns !== undefined && (endpoint.ipv4 ?? '') !== '' && container.facts.state === 'running';

function outward(each: BridgeNetwork): readonly Wanted[] {
  if (
    each.network.facts.internal ||
    optionOf(each.network, 'com.docker.network.bridge.enable_ip_masquerade') === 'false'
  )
    return [];
  return each.attachments.filter(isWhole).map(({ container }) => ({
    kind: 'out',
    container,
    text: `${container.facts.name} → outside`,
    from: endOf(container),
    to: 'outside:443/tcp',
  }));
}

function neighbours(view: HostView, each: BridgeNetwork): readonly Wanted[] {
  if (optionOf(each.network, 'com.docker.network.bridge.enable_icc') === 'false') return [];
  const whole = each.attachments.filter(isWhole);
  return whole.flatMap((attachment, index) => {
    const other = whole[(index + 1) % whole.length];
    if (other === undefined || other.container.netns === attachment.container.netns) return [];
    const port = servedPort(view, other);
    return {
      kind: 'neighbour' as const,
      container: other.container,
      sender: attachment.container,
      text: `${attachment.container.facts.name} → ${other.container.facts.name}`,
      from: endOf(attachment.container),
      to: port === undefined ? other.endpoint.ipv4! : `${other.endpoint.ipv4}:${port}/tcp`,
    };
  });
}

function fromHost(view: HostView, each: BridgeNetwork): readonly Wanted[] {
  return each.attachments.filter(isWhole).map((attachment) => {
    const port = servedPort(view, attachment);
    const { container, endpoint } = attachment;
    return {
      kind: 'host' as const,
      container,
      text: `this host → ${container.facts.name}`,
      from: 'host',
      to: port === undefined ? endpoint.ipv4! : `${endpoint.ipv4}:${port}/tcp`,
    };
  });
}

function published(view: HostView, { ports }: EngineView): readonly Wanted[] {
  return ports.flatMap((port) => {
    const container = view.graph.containers.get(port.container);
    const { hostIp, hostPort, proto } = port.published;
    if (
      container?.netns === undefined ||
      container.facts.state !== 'running' ||
      hostIp.includes(':') ||
      hostIp.startsWith('127.') ||
      hostPort === 0
    )
      return [];
    const target = hostIp === '' || hostIp === '0.0.0.0' ? 'host' : hostIp;
    return {
      kind: 'published' as const,
      container,
      text: `outside → port ${hostPort}/${proto} of ${container.facts.name}`,
      from: 'outside',
      to: `${target}:${hostPort}/${proto}`,
    };
  });
}

/** One list after the other, a little of each, so that a limit cuts none of them off entirely. */
function interleave(lists: readonly (readonly Wanted[])[]): readonly Wanted[] {
  const longest = Math.max(0, ...lists.map((list) => list.length));
  return Array.from({ length: longest }, (_, index) => lists.flatMap((list) => list[index] ?? [])).flat();
}

export function traceFlows(view: HostView): readonly Flow[] {
  const engines = view.engines.filter(
    ({ engine, netns }) => !engine.rootless && netns !== undefined && netns.id === view.home?.id,
  );
  const lists = engines.flatMap((engine) => [
    ...engine.bridges.flatMap((each) => [outward(each), neighbours(view, each), fromHost(view, each)]),
    published(view, engine),
  ]);
  return interleave(lists)
    .slice(0, flowLimit)
    .flatMap(({ from, to, ...wanted }) => {
      const trace = tracePacket(view.graph, { from, to });
      return 'error' in trace ? [] : [{ ...wanted, trace }];
    });
}
