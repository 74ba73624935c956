/**
 * Containers that the host treats alike: what reaches one reaches the other. Two are twins when exchanging their addresses leaves
 * every fact as it is, so that one trace answers for all pairs of their kinds.
 */
import type { LinkNode, NetnsNode } from '../graph/graph.ts';
import type { NetnsId } from '../model/ids.ts';
import { parseAddress, parsePrefix, prefixContains } from '../std/ip-address.ts';
import { ephemeralPorts } from './sysctls.ts';
import { isOpaque, profileRules, ruleLines, word } from './twin-rules.ts';
import type { World } from './world.ts';

/** Class of each netns that has twins; a netns that is missing here stands alone. */
export type TwinClasses = ReadonlyMap<NetnsId, string>;

interface Candidate {
  readonly node: NetnsNode;
  readonly link: LinkNode;
  readonly port: LinkNode;
  readonly address: string;
}

/** One veth to a bridge port of the host, one address, nothing fixed by hand. */
const candidateOf = (world: World, id: NetnsId, host: NetnsId): Candidate | undefined => {
  const { node, links } = world.view(id);
  const [link, ...others] = links.filter((one) => one.kind !== 'loopback');
  if (link === undefined || others.length > 0 || link.peer?.certainty !== 'exact') return undefined;
  const port = world.link(link.peer.to);
  const addresses = link.addresses.filter((info) => info.scope !== 'link');
  const fixed = (node.facts.neighbours ?? []).some(
    (entry) => entry.state.includes('PERMANENT') && entry.dst.includes('.'),
  );
  if (port.netns !== host || port.bridgePort === undefined || fixed) return undefined;
  if (addresses.length !== 1 || addresses[0]!.family !== 'inet') return undefined;
  if (node.facts.sysctls === undefined || node.facts.sockets === undefined || node.facts.routes === undefined)
    return undefined;
  return { node, link, port, address: addresses[0]!.local };
};

/** In which of the named networks does the address lie? Its own /32 is in its profile already. */
const membership = (address: string, prefixes: ReadonlySet<string>): string => {
  const parsed = parseAddress(address)!;
  return [...prefixes]
    .filter((text) => {
      const prefix = parsePrefix(text);
      return prefix !== undefined && prefix.length < 32 && prefixContains(prefix, parsed);
    })
    .join();
};

const factsProfile = ({ node, link, port, address }: Candidate, proto: string, dport: number | undefined): string => {
  const { routes, policyRules, sysctls, ruleset } = node.facts;
  const sockets = (node.facts.sockets ?? [])
    .filter((socket) => socket.proto === proto && socket.port === dport)
    .map(({ family, local, dev, v6only, processes }) => [
      family,
      local,
      dev,
      v6only,
      processes.some(({ comm }) => comm === 'docker-proxy'),
    ]);
  const { info_slave_data } = port.facts.linkinfo ?? {};
  const portData = { ...info_slave_data, port_id: 0, port_no: 0, port_id_str: '', designated_port: 0, hold_timer: 0 };
  const flags = ['state', 'hairpin', 'isolated', 'learning', 'flood', 'bcast_flood', 'mcast_flood', 'locked'].map(
    (key) => (portData as Record<string, unknown>)[key],
  );
  const own = [
    link.state,
    link.facts.mtu,
    link.facts.flags,
    link.facts['xdp'],
    port.master,
    port.state,
    port.facts.mtu,
    port.upperLinks,
    link.upperLinks,
    flags,
  ];
  const prefix = link.addresses.map((info) => [info.family, info.scope, info.prefixlen]);
  return JSON.stringify([own, prefix, routes, policyRules, sysctls, sockets, ruleset ?? null]).replace(
    word(address),
    'SELF',
  );
};

/** Anything on the host that singles a container out beside rules: fixed neighbours, fdb entries, host routes, policy rules. */
const isSingledOut = (host: NetnsNode, { link, port, address }: Candidate, shared: ReadonlySet<string>): boolean => {
  const { neighbours, fdb, routes, policyRules } = host.facts;
  return (
    shared.has(link.facts.address ?? '') ||
    (neighbours ?? []).some((entry) => entry.dst === address && entry.state.includes('PERMANENT')) ||
    (fdb ?? []).some((entry) => entry.mac === link.facts.address && entry.state !== '') ||
    (routes ?? []).some((route) => route.dst === address || route.dev === port.facts.ifname) ||
    (policyRules ?? []).some((rule) => rule.src === address || rule.dst === address || rule.iif === port.facts.ifname)
  );
};

const repeated = (values: readonly (string | undefined)[]): ReadonlySet<string> => {
  const once = new Set<string>();
  const twice = new Set<string>();
  for (const value of values) if (value !== undefined) (once.has(value) ? twice : once).add(value);
  return twice;
};

const candidatesOf = (world: World, host: NetnsId, ends: readonly NetnsId[]): readonly Candidate[] =>
  ends
    .filter((id) => id !== host)
    .map((id) => candidateOf(world, id, host))
    .filter((one) => one !== undefined);

/** Networks that routes and policy rules of the host speak of, beside those in its rules. */
const routedPrefixes = ({ facts }: NetnsNode): readonly string[] => [
  ...(facts.routes ?? []).map((route) => route.dst),
  ...(facts.policyRules ?? []).flatMap((rule) => [
    ...(rule.srclen === undefined ? [] : [`${rule.src}/${rule.srclen}`]),
    ...(rule.dst === undefined ? [] : [`${rule.dst}/${rule.dstlen ?? 32}`]),
  ]),
];

/** The lowest port that an answer can go to because nobody chose it. */
const lowestEphemeral = (world: World, ids: readonly NetnsId[]): number =>
  Math.min(...ids.map((id) => ephemeralPorts(world.view(id))?.[0] ?? 1));

export const twinClasses = (
  world: World,
  host: NetnsId,
  ends: readonly NetnsId[],
  proto: string,
  port: number | undefined,
): TwinClasses => {
  const { node } = world.view(host);
  const lines = node.facts.ruleset && ruleLines(node.facts.ruleset);
  if (lines === undefined || lines.some(isOpaque)) return new Map();
  const all = candidatesOf(world, host, ends);
  const macs = repeated(
    [...world.graph.links.values()].filter((link) => link.kind !== 'loopback').map((link) => link.facts.address),
  );
  const addresses = repeated(all.map((one) => one.address));
  const names = all.map((one) => ({ address: one.address, ifname: one.port.facts.ifname }));
  const rules = profileRules(lines, names, { port, lowestEphemeral: lowestEphemeral(world, [host, ...ends]) });
  const prefixes = new Set([...rules.prefixes, ...routedPrefixes(node)]);
  const classes = new Map<NetnsId, string>();
  for (const [n, one] of all.entries()) {
    const own = rules.profiles[n];
    if (own === undefined || addresses.has(one.address) || isSingledOut(node, one, macs)) continue;
    const patterns = rules.linkPatterns.filter((start) => one.port.facts.ifname.startsWith(start));
    const parts = [factsProfile(one, proto, port), membership(one.address, prefixes), patterns.join(), ...own];
    classes.set(one.node.id, parts.join('\n'));
  }
  return classes;
};
