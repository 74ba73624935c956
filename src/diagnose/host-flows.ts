/** Packets between containers of different hosts that are meant to pass: where a route or an overlay leads from one to the other. */
import type { NetnsNode } from '../graph/graph.ts';
import { parseAddress, parsePrefix, prefixContains } from '../std/ip-address.ts';
import { buildWorld } from '../trace/build-world.ts';
import type { Trace } from '../trace/trace.ts';
import { tracePacket } from '../trace/trace-packet.ts';
import { macsBehind } from '../trace/tunnels/remotes.ts';
import { otherHosts, routesOnward } from './host-subnets.ts';
import type { HostView } from './host-view.ts';
import { tunnelsOf } from './tunnel-paths.ts';

export interface HostFlow {
  readonly from: NetnsNode;
  readonly to: NetnsNode;
  readonly address: string;
  readonly trace: Trace;
}

/** As many as a person would try by hand; each pair of hosts gets its share. */
const flowLimit = 24;
const endLimit = 3;

const isEnd = (node: NetnsNode): boolean =>
  !node.facts.isHost && node.facts.routes !== undefined && (node.containers.length > 0 || node.facts.names.length > 0);

interface Target {
  readonly node: NetnsNode;
  readonly address: string;
  readonly mac: string | undefined;
}

const targetsOn = (view: HostView, host: string): readonly Target[] =>
  [...view.graph.netns.values()]
    .filter((node) => node.host === host && isEnd(node))
    .flatMap((node) =>
      node.links
        .flatMap((id) => view.link(id) ?? [])
        .filter((link) => link.kind === 'veth')
        .flatMap((link) =>
          link.addresses
            .filter((info) => info.family === 'inet' && info.scope === 'global')
            .map((info) => ({ node, address: info.local, mac: link.facts.address })),
        ),
    );

/** Swarm's ingress network carries published ports to those who serve them: between its addresses nothing else passes, by rules inside. */
const isOnIngress = (view: HostView, { address }: Target): boolean => {
  const parsed = parseAddress(address);
  return [...view.graph.networks.values()].some(
    ({ facts }) =>
      facts.ingress &&
      facts.subnets.some(({ subnet }) => {
        const prefix = parsePrefix(subnet);
        return prefix !== undefined && parsed !== undefined && prefixContains(prefix, parsed);
      }),
  );
};

/** A route of the host, or an entry of one of its overlays, leads to it. */
const isMeant = (view: HostView, home: NetnsNode, { address, mac }: Target): boolean => {
  const parsed = parseAddress(address);
  const routed = parsed !== undefined && routesOnward(home).some((route) => prefixContains(route.prefix, parsed));
  const world = buildWorld(view.graph);
  return routed || (mac !== undefined && tunnelsOf(view).some(({ tunnel }) => macsBehind(world, tunnel).has(mac)));
};

/** In an overlay only those on it send; by a route everybody does. */
const sendersFor = (view: HostView, { address }: Target): readonly NetnsNode[] => {
  const ends = view.netns.filter((node) => isEnd(node) && node.links.length > 1);
  const parsed = parseAddress(address)!;
  const near = ends.filter((node) =>
    node.links
      .flatMap((id) => view.link(id)?.addresses ?? [])
      .some((info) => {
        const own = info.family === 'inet' ? parseAddress(info.local) : undefined;
        return own !== undefined && prefixContains({ ...own, length: info.prefixlen }, parsed);
      }),
  );
  return near.length > 0 ? near : ends;
};

const servedPort = ({ node, address }: Target): number | undefined =>
  (node.facts.sockets ?? []).find(
    (socket) =>
      socket.proto === 'tcp' && (socket.local === '0.0.0.0' || socket.local === '::' || socket.local === address),
  )?.port;

const known = new WeakMap<HostView, readonly HostFlow[]>();

export function traceHostFlows(view: HostView): readonly HostFlow[] {
  const remembered = known.get(view);
  if (remembered !== undefined) return remembered;
  const { home } = view;
  const wanted =
    home === undefined || view.graph.hosts.size < 2
      ? []
      : otherHosts(view).flatMap((other) =>
          targetsOn(view, other.host)
            .filter((target) => isMeant(view, home, target) && !isOnIngress(view, target))
            .slice(0, endLimit)
            .flatMap((target) =>
              sendersFor(view, target)
                .slice(0, endLimit)
                .map((from) => ({ from, target })),
            ),
        );
  const flows = wanted.slice(0, flowLimit).flatMap(({ from, target }) => {
    const port = servedPort(target);
    const to = port === undefined ? target.address : `${target.address}:${port}/tcp`;
    const trace = tracePacket(view.graph, { from: `${view.id}/netns:${from.facts.inode}`, to });
    return 'error' in trace ? [] : [{ from, to: target.node, address: target.address, trace }];
  });
  known.set(view, flows);
  return flows;
}
