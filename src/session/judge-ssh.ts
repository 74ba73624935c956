/** Whether a remedy can cut the SSH connection that the operator works over: which link it comes in by, and what is done to that. */
import type { Remedy } from '../diagnose/finding.ts';
import type { Graph, LinkNode, NetnsNode } from '../graph/graph.ts';
import type { SshConnection } from '../host/state/ssh-connection.ts';
import type { Command } from '../model/change.ts';
import type { LinkId } from '../model/ids.ts';
import { canonicalAddress } from '../std/canonical-address.ts';
import { parseAddress, parsePrefix, prefixContains } from '../std/ip-address.ts';

export interface SshRisk {
  readonly cuts: boolean;
  /** One sentence. */
  readonly why: string;
}

interface Way {
  readonly link: LinkNode;
  /** Names of it and of what it stands on. */
  readonly names: ReadonlySet<string>;
  readonly client: string;
}

type Judgement = 'safe' | 'cuts' | 'unknown';

const findLink = (graph: Graph, netns: NetnsNode, server: string): LinkNode | undefined =>
  netns.links
    .flatMap((id) => graph.links.get(id) ?? [])
    .find(({ addresses }) => addresses.some(({ local }) => canonicalAddress(local) === canonicalAddress(server)));

/** A bridge stands on its ports, a VLAN, macvlan or bond on other links. Ends of veths lead to containers. */
const standsOn = (graph: Graph, link: LinkNode): readonly LinkId[] => [
  ...(link.lowerLink?.certainty === 'exact' ? [link.lowerLink.to] : []),
  ...link.ports.filter((id) => graph.links.get(id)?.kind !== 'veth'),
  ...(link.master === undefined ? [] : [link.master]),
];

const findWay = (graph: Graph, netns: NetnsNode, { client, server }: SshConnection): Way | undefined => {
  const link = findLink(graph, netns, server);
  if (link === undefined) return undefined;
  const seen = new Map<LinkId, LinkNode>([[link.id, link]]);
  const waiting = [link];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop())
    for (const id of standsOn(graph, next)) {
      const lower = graph.links.get(id);
      if (lower === undefined || seen.has(id)) continue;
      seen.set(id, lower);
      waiting.push(lower);
    }
  return { link, names: new Set([...seen.values()].map(({ facts }) => facts.ifname)), client };
};

const after = (argv: readonly string[], ...words: readonly string[]): string | undefined => {
  const at = argv.findIndex((word) => words.includes(word));
  return at === -1 ? undefined : argv[at + 1];
};

const covers = (prefix: string | undefined, client: string): boolean => {
  if (prefix === undefined) return true;
  if (prefix === 'default') return true;
  const [wanted, address] = [
    parsePrefix(prefix) ?? parsePrefix(`${prefix}/${prefix.includes(':') ? 128 : 32}`),
    parseAddress(client),
  ];
  return wanted === undefined || address === undefined || prefixContains(wanted, address);
};

const judgeIp = (argv: readonly string[], { names, client }: Way): Judgement => {
  const [object, verb, ...rest] = argv.slice(1).filter((word) => !word.startsWith('-'));
  const ifname = after(rest, 'dev') ?? rest[0];
  const onWay = ifname !== undefined && names.has(ifname);
  switch (object) {
    case 'link':
      if (verb === 'add') return 'safe';
      // Switching a link on that is on does nothing.
      return onWay && !(verb === 'set' && rest.at(-1) === 'up' && rest.length <= 3) ? 'cuts' : 'safe';
    case 'addr':
      return onWay && verb !== 'add' ? 'cuts' : 'safe';
    case 'neigh':
      return onWay && covers(rest[0], client) ? 'cuts' : 'safe';
    case 'route':
      return covers(
        rest.find((word) => /[./:]|^default$/.test(word)),
        client,
      )
        ? 'cuts'
        : 'safe';
    default:
      return 'unknown';
  }
};

/** What ends on this host passes INPUT and OUTPUT, and is not forwarded. */
const judgeIptables = (argv: readonly string[], { names, client }: Way): Judgement => {
  const chain = after(argv, '-A', '-I', '-D', '-R', '-P', '-F') ?? '';
  if (/^(FORWARD|POSTROUTING|DOCKER.*)$/.test(chain)) return 'safe';
  const verdict = after(argv, '-j');
  if ((argv.includes('-A') || argv.includes('-I')) && ['ACCEPT', 'RETURN', 'TCPMSS'].includes(verdict ?? ''))
    return 'safe';
  const input = after(argv, '-i');
  if (input !== undefined && !names.has(input)) return 'safe';
  const source = after(argv, '-s');
  if (source !== undefined && chain === 'INPUT' && !covers(source, client)) return 'safe';
  return 'cuts';
};

const judgeSysctl = (argv: readonly string[], { names }: Way): Judgement => {
  const settings = argv.filter((word) => word.includes('='));
  // Forwarding concerns packets that do not end here.
  if (settings.every((one) => /^net\.(ipv4\.ip_forward|ipv[46]\.conf\.[^=]*\.forwarding|bridge\.)/.test(one)))
    return 'safe';
  const links = settings.map((one) => /^net\.ipv[46]\.conf\.(.+)\.[^.=]+=/.exec(one)?.[1]);
  return links.every((link) => link !== undefined && !['all', 'default'].includes(link) && !names.has(link))
    ? 'safe'
    : 'unknown';
};

const judgeCommand = (host: NetnsNode, { argv, netns }: Command, way: Way): Judgement => {
  if (netns !== undefined && netns !== host.id) return 'safe';
  const [tool = ''] = argv;
  if (/^ip6?tables/.test(tool)) return judgeIptables(argv, way);
  switch (tool) {
    case 'ip':
      return judgeIp(argv, way);
    case 'bridge':
    case 'tc':
      return way.names.has(after(argv, 'dev') ?? '') ? 'cuts' : 'safe';
    case 'sysctl':
      return judgeSysctl(argv, way);
    default:
      return 'unknown';
  }
};

/** Where it cannot be told, what the check itself says of the remedy stands. */
export const judgeSsh = (graph: Graph, host: NetnsNode, remedy: Remedy, ssh: SshConnection): SshRisk => {
  const way = findWay(graph, host, ssh);
  if (way === undefined)
    return {
      cuts: remedy.cutsConnection,
      why: `your SSH connection comes in at ${ssh.server}, which no link here has: it cannot be told which way it takes`,
    };
  const by = `your SSH connection from ${ssh.client} comes in by ${way.link.facts.ifname}`;
  const judged = remedy.commands.map((command) => judgeCommand(host, command, way));
  if (judged.includes('cuts')) return { cuts: true, why: `${by}, and this could cut it` };
  if (judged.includes('unknown') && remedy.cutsConnection)
    return { cuts: true, why: `${by}, and it cannot be ruled out that this cuts it` };
  return { cuts: false, why: `${by}, which this does not touch` };
};
