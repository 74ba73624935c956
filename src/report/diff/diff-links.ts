/** Links and their addresses, by what they stand for. */
import type { Graph, LinkNode, Relation } from '../../graph/graph.ts';
import type { LinkId } from '../../model/ids.ts';
import {
  added,
  compareFields,
  compareKeyed,
  compareSets,
  type Difference,
  type Fields,
  removed,
} from './difference.ts';
import { type StableNames, stableNames } from './stable-names.ts';

interface Side {
  readonly graph: Graph;
  readonly names: StableNames;
}

const netnsName = ({ graph }: Side, link: LinkNode): string => graph.netns.get(link.netns)?.name ?? '?';

/** undefined: there is one, which could not be proven. That is a doubt of ours, no difference of the host. */
const relationWords = ({ graph, names }: Side, relation: Relation<LinkId> | undefined): string | undefined => {
  if (relation === undefined) return '';
  const link = relation.certainty === 'exact' ? graph.links.get(relation.to) : undefined;
  return link === undefined ? undefined : names.ofLink(link);
};

const masterOf = ({ graph, names }: Side, link: LinkNode): string => {
  const master = link.master === undefined ? undefined : graph.links.get(link.master);
  return master === undefined ? (link.facts.master ?? '') : names.ofLink(master).replace(/^.*\//, '');
};

const fieldsOf = (side: Side, link: LinkNode): Readonly<Record<string, string | undefined>> => ({
  kind: link.kind,
  state: link.state,
  mtu: String(link.facts.mtu),
  // The kernel makes up that of a bridge and of a veth's outer end.
  ...(side.names.isMadeUp(link) || link.kind === 'bridge' ? {} : { mac: link.facts.address ?? '' }),
  master: masterOf(side, link),
  ...(side.names.isMadeUp(link) ? {} : { 'other end': relationWords(side, link.peer) }),
  'lower link': relationWords(side, link.lowerLink),
  ...(link.bridgePort === undefined
    ? {}
    : {
        'port state': link.bridgePort.state,
        hairpin: String(link.bridgePort.hairpin),
        isolated: String(link.bridgePort.isolated),
      }),
});

/** What is known on both sides. */
const comparable = (
  before: Readonly<Record<string, string | undefined>>,
  after: Readonly<Record<string, string | undefined>>,
): readonly [Fields, Fields] => {
  const doubtful = new Set(
    [before, after].flatMap((fields) => Object.keys(fields).filter((name) => fields[name] === undefined)),
  );
  const only = (fields: Readonly<Record<string, string | undefined>>): Fields =>
    Object.fromEntries(
      Object.entries(fields).flatMap(([name, value]) =>
        value === undefined || doubtful.has(name) ? [] : [[name, value]],
      ),
    );
  return [only(before), only(after)];
};

/** Link-local addresses come with the link. */
const addressesOf = (link: LinkNode): readonly string[] =>
  link.addresses.filter(({ scope }) => scope !== 'link').map(({ local, prefixlen }) => `${local}/${prefixlen}`);

const describe = (side: Side, link: LinkNode): string => {
  const master = masterOf(side, link);
  return [link.kind, link.state, ...(master === '' ? [] : [`on ${master}`]), ...addressesOf(link)].join(', ');
};

/** `shared`: names of the netns whose links were read in both pictures. */
export const diffLinks = (before: Graph, after: Graph, shared: ReadonlySet<string>): readonly Difference[] => {
  const [old, now] = [before, after].map((graph): Side => ({ graph, names: stableNames(graph) })) as [Side, Side];
  const links = (side: Side): ReadonlyMap<string, LinkNode> =>
    new Map(
      [...side.graph.links.values()]
        .filter((link) => shared.has(netnsName(side, link)))
        .map((link) => [side.names.ofLink(link), link]),
    );
  return compareKeyed(links(old), links(now), {
    gone: (subject, link) => [removed({ kind: 'link', subject, netns: netnsName(old, link) }, describe(old, link))],
    came: (subject, link) => [added({ kind: 'link', subject, netns: netnsName(now, link) }, describe(now, link))],
    both: (subject, one, other) => {
      const where = { subject, netns: netnsName(now, other) };
      return [
        ...compareFields({ kind: 'link', ...where }, ...comparable(fieldsOf(old, one), fieldsOf(now, other))),
        ...compareSets({ kind: 'address', ...where }, addressesOf(one), addressesOf(other)),
      ];
    },
  });
};
