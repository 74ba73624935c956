/** Links as capture points: what each is called, and what there is to say about it. */
import type { Graph, LinkNode, NetnsNode } from '../graph/graph.ts';
import type { LinkId } from '../model/ids.ts';
import type { CapturePoint } from './capture-point.ts';

const networkOf = (graph: Graph, link: LinkNode): string | undefined => {
  const carriers = new Set<LinkId>([link.id]);
  if (link.master !== undefined) carriers.add(link.master);
  if (link.peer?.certainty === 'exact') {
    const master = graph.links.get(link.peer.to)?.master;
    if (master !== undefined) carriers.add(master);
  }
  if (link.lowerLink?.certainty === 'exact') carriers.add(link.lowerLink.to);
  const networks = [...graph.networks.values()].filter(
    (one) => one.link?.certainty === 'exact' && carriers.has(one.link.to),
  );
  return networks.length === 0 ? undefined : networks.map((one) => one.facts.name).join(', ');
};

const ownerOf = (graph: Graph, netns: NetnsNode): readonly string[] =>
  netns.facts.isHost
    ? []
    : netns.containers
        .map((id) => graph.containers.get(id))
        .filter((one) => one !== undefined)
        .map(({ facts }) => `container ${facts.name} (${facts.engine} ${facts.fullId.slice(0, 12)})`);

const commentOf = (graph: Graph, link: LinkNode, netns: NetnsNode): string => {
  const network = networkOf(graph, link);
  const peer = link.peer?.certainty === 'exact' ? graph.links.get(link.peer.to) : undefined;
  const peerNetns = peer && graph.netns.get(peer.netns);
  return [
    `netns ${netns.name} (inode ${netns.facts.inode})`,
    ...ownerOf(graph, netns),
    ...(network === undefined ? [] : [`network ${network}`]),
    `link ${link.facts.ifname} (${link.kind}, ifindex ${link.facts.ifindex})`,
    ...(peer === undefined || peerNetns === undefined ? [] : [`other end ${peerNetns.name}/${peer.facts.ifname}`]),
  ].join(', ');
};

/** `prefixed`: links of several hosts are shown together, where a netns that is no host's own has its host's name in its own already. */
const nameOf = (link: LinkNode, netns: NetnsNode, prefixed: boolean): string => {
  const { ifname } = link.facts;
  if (!netns.facts.isHost) return `${netns.name}/${ifname}`;
  return prefixed ? `${netns.host}/${ifname}` : ifname;
};

/** `onPath`: the links stand in the order of a path. A link the graph does not know is left out. */
export const namePoints = (
  graph: Graph,
  links: readonly LinkId[],
  onPath: readonly LinkId[],
): readonly CapturePoint[] => {
  const points = links.flatMap((id): readonly CapturePoint[] => {
    const link = graph.links.get(id);
    const netns = link && graph.netns.get(link.netns);
    if (link === undefined || netns === undefined) return [];
    const position = onPath.indexOf(id);
    const [container] = netns.facts.isHost ? [] : netns.containers;
    return [
      {
        link: id,
        host: netns.host,
        tap: { netns: netns.id, ifindex: link.facts.ifindex, ifname: link.facts.ifname },
        name: nameOf(link, netns, graph.hosts.size > 1),
        ...(container === undefined ? {} : { container }),
        comment: commentOf(graph, link, netns),
        ...(position < 0 ? {} : { position }),
      },
    ];
  });
  return distinguish(points);
};

/** Two netns of one name have links of one name: the ifindex and the inode tell them apart, but a number after it is enough for a person. */
const distinguish = (points: readonly CapturePoint[]): readonly CapturePoint[] => {
  const seen = new Map<string, number>();
  return points.map((point) => {
    const count = (seen.get(point.name) ?? 0) + 1;
    seen.set(point.name, count);
    return count === 1 ? point : { ...point, name: `${point.name}~${count}` };
  });
};
