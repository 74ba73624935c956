/** From what a user wants wired to the remedy that wires it: names become netns, links and addresses of the graph. */
import type { Finding } from '../diagnose/finding.ts';
import type { Draft } from '../diagnose/remedies.ts';
import { attach } from '../fix/plumbing/attach.ts';
import { filterSource } from '../fix/plumbing/docker-user.ts';
import { type LinkAt, plug, remove, setMtu } from '../fix/plumbing/links.ts';
import { addRoute, addShim, clampMss } from '../fix/plumbing/routes.ts';
import type { ContainerNode, Graph, LinkNode, NetnsNode } from '../graph/graph.ts';
import { netnsPath } from '../model/netns-path.ts';
import { canonicalAddress } from '../std/canonical-address.ts';
import { parseAddress, parsePrefix, prefixContains } from '../std/ip-address.ts';
import { resolveEndpoint } from '../trace/endpoints/resolve-endpoint.ts';
import type { Refusal } from './mender.ts';

export type PlumbingAction = 'attach' | 'plug' | 'remove' | 'shim' | 'allow' | 'block' | 'route' | 'mss' | 'mtu';

export interface PlumbingQuestion {
  readonly action: PlumbingAction;
  readonly words: readonly string[];
  /** `address`, `gateway`, `vlan`, `mac`, `mtu`, `ifname`, `source`. */
  readonly options: Readonly<Record<string, string>>;
}

interface Room {
  readonly graph: Graph;
  readonly host: NetnsNode;
  readonly options: Readonly<Record<string, string>>;
}

type Answer = Draft | Refusal;

const linksOf = ({ graph }: Room, netns: NetnsNode): readonly LinkNode[] =>
  netns.links.flatMap((id) => graph.links.get(id) ?? []);

const hostLink = (room: Room, ifname: string | undefined): LinkNode | Refusal =>
  linksOf(room, room.host).find((link) => link.facts.ifname === ifname) ?? {
    error: `${ifname}: no link of the host has that name (\`vethscope list links\` shows all)`,
  };

interface Place {
  readonly netns: NetnsNode;
  readonly container?: ContainerNode;
  readonly name: string;
  readonly port?: number;
  readonly proto?: string | number;
}

const findPlace = ({ graph }: Room, word: string | undefined): Place | Refusal => {
  const found = resolveEndpoint(graph, word ?? '');
  if ('error' in found) return found;
  const [end, other] = found;
  const netns = end?.netns === undefined ? undefined : graph.netns.get(end.netns);
  if (end === undefined || netns === undefined) return { error: `${word}: has no netns here` };
  if (other !== undefined) return { error: `${word}: more than one thing goes by that name` };
  const container = end.container === undefined ? undefined : graph.containers.get(end.container);
  return { ...end, netns, ...(container === undefined ? {} : { container }) } as Place;
};

const linkAt = (room: Room, { facts, netns, master, addresses, peer }: LinkNode): LinkAt => {
  const bridge = master === undefined ? undefined : room.graph.links.get(master)?.facts.ifname;
  return {
    ifname: facts.ifname,
    mtu: facts.mtu,
    isUp: facts.flags.includes('UP'),
    ...(netns === room.host.id ? {} : { netns }),
    ...(bridge === undefined ? {} : { master: bridge }),
    ...(facts.address === undefined ? {} : { mac: facts.address }),
    hasAddress: addresses.some(({ local }) => !local.startsWith('fe80:')),
    peerUnseen: peer !== undefined && peer.certainty !== 'exact',
  };
};

const freeName = (taken: readonly LinkNode[], begin: string): string => {
  const names = new Set(taken.map(({ facts }) => facts.ifname));
  for (let n = 0; ; n++) if (!names.has(`${begin}${n}`)) return `${begin}${n}`;
};

/** Two with one address take each other's packets. */
const findHolder = ({ graph, options }: Room): string | undefined => {
  const address = canonicalAddress(options['address']?.split('/')[0] ?? '');
  if (address === undefined) return undefined;
  for (const link of graph.links.values())
    if (link.addresses.some(({ local }) => canonicalAddress(local) === address))
      return `${graph.netns.get(link.netns)?.name ?? '?'}/${link.facts.ifname}`;
  return undefined;
};

/** A gateway must be on the link, or the kernel refuses the route. */
const whyNoGateway = ({ address, gateway }: Room['options']): string | undefined => {
  const to = gateway === undefined ? undefined : parseAddress(gateway);
  if (to === undefined) return undefined;
  const prefix = address === undefined ? undefined : parsePrefix(address);
  return prefix !== undefined && prefixContains(prefix, to)
    ? undefined
    : `--gateway ${gateway}: is not in the subnet of ${address === undefined ? 'any --address' : `--address ${address}`}`;
};

const planAttach = (room: Room, [who, where]: readonly string[]): Answer => {
  const { options } = room;
  const [place, target] = [findPlace(room, who), hostLink(room, where)];
  if ('error' in place) return place;
  if ('error' in target) return target;
  const path = netnsPath(place.netns.facts);
  if (path === undefined || place.netns.id === room.host.id)
    return { error: `${who}: has no netns of its own to enter` };
  const inside = linksOf(room, place.netns);
  const ifname = options['ifname'] ?? freeName(inside, 'eth');
  if (inside.some((link) => link.facts.ifname === ifname))
    return { error: `${ifname}: ${place.name} has such a link already` };
  const holder = findHolder(room);
  if (holder !== undefined) return { error: `${options['address']}: is the address of ${holder} already` };
  const noGateway = whyNoGateway(options);
  if (noGateway !== undefined) return { error: noGateway };
  const vlan = options['vlan'] === undefined ? undefined : Number(options['vlan']);
  const to = {
    name: place.name,
    netns: place.netns.id,
    netnsPath: path,
    ifname,
    hostIfname: freeName(linksOf(room, room.host), 'vsplumb'),
    ...pickOptions(options, 'address', 'gateway', 'mac'),
    ...mtuFor(options['mtu'], target),
  };
  const common = { ifname: target.facts.ifname, ...(vlan === undefined ? {} : { vlan }) };
  if (target.kind !== 'bridge') {
    const vlanLinkExists = !('error' in hostLink(room, `${where}.${vlan}`));
    return attach(to, { kind: 'parent', ...common, vlanLinkExists });
  }
  const filtersVlans = Number(target.facts.linkinfo?.info_data?.['vlan_filtering'] ?? 0) === 1;
  if (vlan !== undefined && !filtersVlans)
    return { error: `${where}: does not filter VLANs, --vlan means nothing there` };
  return attach(to, { kind: 'bridge', ...common, filtersVlans });
};

/** A bridge takes the smallest MTU of its ports (br_mtu_auto_adjust): a new port must not lower it for all. */
const mtuFor = (wanted: string | undefined, target: LinkNode): { readonly mtu?: number } => {
  if (wanted !== undefined) return { mtu: Number(wanted) };
  return target.kind === 'bridge' && target.facts.mtu !== 1500 ? { mtu: target.facts.mtu } : {};
};

const pickOptions = (options: Room['options'], ...names: readonly string[]) =>
  Object.fromEntries(names.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]])));

const planPlug = (room: Room, [ifname, bridge]: readonly string[]): Answer => {
  const [link, to] = [hostLink(room, ifname), hostLink(room, bridge)];
  if ('error' in link) return link;
  if ('error' in to) return to;
  if (to.kind !== 'bridge') return { error: `${bridge}: is no bridge` };
  if (link.master === to.id) return { error: `${ifname}: is a port of ${bridge} already` };
  const { ifname: name, address: mac } = to.facts;
  return plug(linkAt(room, link), { ifname: name, ...(mac === undefined ? {} : { mac }) });
};

const planRemove = (room: Room, [ifname]: readonly string[]): Answer => {
  const link = hostLink(room, ifname);
  if ('error' in link) return link;
  if (link.kind !== 'veth') return { error: `${ifname}: is no veth` };
  const peer = link.peer?.certainty === 'exact' ? room.graph.links.get(link.peer.to) : undefined;
  const home = peer === undefined ? undefined : room.graph.netns.get(peer.netns);
  if (home !== undefined && home.containers.length > 0 && !home.facts.isHost)
    return { error: `${ifname}: is not dead: its other end is ${home.name}/${peer?.facts.ifname}` };
  return remove(linkAt(room, link));
};

const addressOf = (container: ContainerNode | undefined): string | undefined =>
  container?.facts.endpoints.map(({ ipv4 }) => ipv4).find((ipv4) => ipv4 !== undefined && ipv4 !== '');

const planShim = (room: Room, [who]: readonly string[]): Answer => {
  const place = findPlace(room, who);
  if ('error' in place) return place;
  const link = linksOf(room, place.netns).find(({ kind }) => kind === 'macvlan');
  const parent = link?.lowerLink?.certainty === 'exact' ? room.graph.links.get(link.lowerLink.to) : undefined;
  const to = link?.addresses.find(({ family }) => family === 'inet')?.local;
  if (parent === undefined || to === undefined)
    return { error: `${who}: has no macvlan link with an address on a link of the host` };
  const { address } = room.options;
  if (address === undefined) return { error: '--address: is missing (a free address of the LAN, for the host)' };
  const shim = freeName(linksOf(room, room.host), 'vsshim');
  return addShim(parent.facts.ifname, shim, address.includes('/') ? address : `${address}/32`, [`${to}/32`]);
};

const planFilter = (room: Room, verdict: 'allow' | 'block', [who]: readonly string[]): Answer => {
  const place = findPlace(room, who);
  if ('error' in place) return place;
  const address = addressOf(place.container);
  if (place.container === undefined || address === undefined)
    return { error: `${who}: no container with an address of its own` };
  const { source } = room.options;
  return filterSource(verdict, {
    container: place.container.facts.name,
    address,
    proto: place.proto === 'udp' ? 'udp' : 'tcp',
    ...(source === undefined ? {} : { source }),
    ...(place.port === undefined ? {} : { port: place.port }),
  });
};

const planMtu = (room: Room, [where = '', size]: readonly string[]): Answer => {
  const [first = '', ifname] = where.split('/');
  const place = ifname === undefined ? { netns: room.host } : findPlace(room, first);
  if ('error' in place) return place;
  const link = linksOf(room, place.netns).find(({ facts }) => facts.ifname === (ifname ?? first));
  if (link === undefined) return { error: `${where}: no such link (\`vethscope list links\` shows all)` };
  const peer = link.peer?.certainty === 'exact' ? room.graph.links.get(link.peer.to) : undefined;
  return setMtu(
    [link, ...(peer === undefined ? [] : [peer])].map((one) => linkAt(room, one)),
    Number(size),
  );
};

const planMss = (room: Room, [ifname]: readonly string[]): Answer => {
  const link = hostLink(room, ifname);
  return 'error' in link ? link : clampMss(link.facts.ifname);
};

const planDraft = (room: Room, { action, words }: PlumbingQuestion): Answer => {
  switch (action) {
    case 'attach':
      return planAttach(room, words);
    case 'plug':
      return planPlug(room, words);
    case 'remove':
      return planRemove(room, words);
    case 'shim':
      return planShim(room, words);
    case 'allow':
    case 'block':
      return planFilter(room, action, words);
    case 'route':
      return addRoute(words[0]!, words[1]!);
    case 'mss':
      return planMss(room, words);
    case 'mtu':
      return planMtu(room, words);
  }
};

/** A finding that is none: it carries the remedy, so that preview, journal and undo are the same for all. */
export const planPlumbing = (graph: Graph, question: PlumbingQuestion): Finding | Refusal => {
  const [first] = graph.hosts.values();
  const host = first?.netns === undefined ? undefined : graph.netns.get(first.netns);
  if (host === undefined) return { error: "the host's netns was not read" };
  if (graph.hosts.size > 1) return { error: 'one host at a time can be plumbed' };
  const draft = planDraft({ graph, host, options: question.options }, question);
  if ('error' in draft) return draft;
  return {
    id: ['plumb', question.action, ...question.words].join(':'),
    check: 'plumb',
    severity: 'info',
    subject: question.words[0] ?? question.action,
    title: draft.title,
    why: draft.changes,
    evidence: [],
    remedies: [{ n: 1, ...draft }],
    hides: [],
    references: [],
  };
};
