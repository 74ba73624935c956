/** Rules whose maker no longer needs them: other versions' chains, other backends' halves, bridges and containers that are gone. */
import type { Graph } from '../graph/graph.ts';
import type { NetnsId } from '../model/ids.ts';
import type { Rule, Ruleset, RulesetBackend, RulesetFamily, Table } from '../model/ruleset.ts';
import { type DockerLayout, type DockerRules, findDockerRules } from './docker-layout.ts';
import { splitTarget } from './names.ts';
import { readRuleWords } from './rule-words.ts';

export interface Leftover {
  readonly kind: 'old-layout' | 'other-backend' | 'missing-link' | 'dead-target';
  readonly madeBy: string;
  readonly family: RulesetFamily;
  readonly backend: RulesetBackend;
  readonly table: string;
  readonly chain: string;
  /** Absent: the whole chain. */
  readonly rule?: Rule;
  /** One sentence for an operator. */
  readonly text: string;
}

/** Filter chains that each layout uses; what is there besides was left by another version. */
const chainsOf: Readonly<Record<DockerLayout, readonly string[]>> = {
  isolation: ['DOCKER', 'DOCKER-ISOLATION', 'DOCKER-INGRESS', 'DOCKER-OVERLAY'],
  'user-isolation': ['DOCKER', 'DOCKER-USER', 'DOCKER-ISOLATION', 'DOCKER-INGRESS', 'DOCKER-OVERLAY'],
  stages: [
    'DOCKER',
    'DOCKER-USER',
    'DOCKER-ISOLATION-STAGE-1',
    'DOCKER-ISOLATION-STAGE-2',
    'DOCKER-INGRESS',
    'DOCKER-OVERLAY',
  ],
  ipset: ['DOCKER', 'DOCKER-USER', 'DOCKER-ISOLATION-STAGE-1', 'DOCKER-ISOLATION-STAGE-2', 'DOCKER-INGRESS'],
  forward: [
    'DOCKER',
    'DOCKER-USER',
    'DOCKER-FORWARD',
    'DOCKER-CT',
    'DOCKER-BRIDGE',
    'DOCKER-ISOLATION-STAGE-1',
    'DOCKER-ISOLATION-STAGE-2',
    'DOCKER-INGRESS',
  ],
  'forward-internal': [
    'DOCKER',
    'DOCKER-USER',
    'DOCKER-FORWARD',
    'DOCKER-CT',
    'DOCKER-BRIDGE',
    'DOCKER-INTERNAL',
    'DOCKER-INGRESS',
  ],
  nftables: [],
  unreachable: [],
  'nat-only': [],
};

const undecided = new Set<DockerLayout>(['nftables', 'unreachable', 'nat-only']);

function oldChains(table: Table, docker: readonly DockerRules[]): readonly Leftover[] {
  const layout = docker.find((rules) => rules.family === table.family && rules.backend === table.backend)?.layout;
  if (table.name !== 'filter' || layout === undefined || undecided.has(layout)) return [];
  const mine = new Set(chainsOf[layout]);
  return [...table.chains.values()]
    .filter((chain) => /^DOCKER(-|$)/.test(chain.name) && !mine.has(chain.name))
    .map((chain) => ({
      kind: 'old-layout',
      madeBy: 'Docker',
      family: table.family,
      backend: table.backend,
      table: table.name,
      chain: chain.name,
      text: `chain ${chain.name} was left by another Docker version: the present rules do not use it`,
    }));
}

/** Docker writes one backend; chains of it in another one are from before a switch. Which half is stale only the engine knows. */
function otherBackends(docker: readonly DockerRules[]): readonly Leftover[] {
  const families = new Map<RulesetFamily, DockerRules[]>();
  for (const rules of docker) families.set(rules.family, [...(families.get(rules.family) ?? []), rules]);
  return [...families.values()]
    .filter((rules) => rules.length > 1)
    .flatMap((rules) =>
      rules
        .filter(
          (each) =>
            each.backend === 'iptables-legacy' ||
            (each.backend === 'iptables-nft' && rules.some((r) => r.backend === 'nft')),
        )
        .map((each) => ({
          kind: 'other-backend' as const,
          madeBy: 'Docker',
          family: each.family,
          backend: each.backend,
          table: 'filter',
          chain: 'DOCKER',
          text: `Docker's chains stand in ${rules.map((r) => r.backend).join(' and ')}: a packet meets both, and one half is from before a switch`,
        })),
    );
}

function linksOf(graph: Graph | undefined, netns: NetnsId | undefined): ReadonlySet<string> | undefined {
  const links = graph === undefined || netns === undefined ? undefined : graph.netns.get(netns)?.facts.links;
  return links === undefined ? undefined : new Set(links.flatMap((link) => [link.ifname, ...(link.altnames ?? [])]));
}

/** Every address that answers for somebody on this host now; undefined when not every netns could be read. */
function addressesOf(graph: Graph | undefined, netns: NetnsId | undefined): ReadonlySet<string> | undefined {
  if (graph === undefined || netns === undefined) return undefined;
  const host = graph.netns.get(netns)?.host;
  const addresses = new Set<string>();
  for (const node of graph.netns.values()) {
    if (node.host !== host) continue;
    if (node.facts.addresses === undefined) return undefined;
    for (const link of node.facts.addresses) for (const address of link.addr_info) addresses.add(address.local);
  }
  return addresses;
}

const dockerBridge = /^(docker0|docker_gwbridge|br-[0-9a-f]{12})$/;

function staleRules(
  table: Table,
  links: ReadonlySet<string> | undefined,
  addresses: ReadonlySet<string> | undefined,
): readonly Leftover[] {
  const found: Leftover[] = [];
  const tool = table.backend === 'nft' ? 'nft' : 'iptables';
  for (const chain of table.chains.values()) {
    for (const rule of chain.rules) {
      const words = readRuleWords(rule.text, tool);
      const add = (kind: Leftover['kind'], text: string) =>
        found.push({
          kind,
          madeBy: 'Docker',
          family: table.family,
          backend: table.backend,
          table: table.name,
          chain: chain.name,
          rule,
          text,
        });
      const gone = [words.in?.value, words.out?.value].find(
        (name) => name !== undefined && dockerBridge.test(name) && links?.has(name) === false,
      );
      if (gone !== undefined) add('missing-link', `the rule is about ${gone}, and no such link exists`);
      const mine = chain.name === 'DOCKER' || chain.name === 'nat-prerouting-and-output';
      if (!mine || words.target !== 'DNAT' || words.to === undefined || addresses === undefined) continue;
      const { address } = splitTarget(words.to);
      if (address !== '' && !addresses.has(address))
        add(
          'dead-target',
          `the rule leads port ${words.dport?.value ?? '?'} to ${words.to}, an address nobody on this host has`,
        );
    }
  }
  return found;
}

/** Without a graph only what the rules themselves show: other layouts and other backends. */
export function findLeftovers(
  graph: Graph | undefined,
  netns: NetnsId | undefined,
  ruleset: Ruleset,
): readonly Leftover[] {
  const docker = findDockerRules(ruleset);
  const links = linksOf(graph, netns);
  const addresses = addressesOf(graph, netns);
  return [
    ...ruleset.tables.filter((table) => table.backend !== 'nft').flatMap((table) => oldChains(table, docker)),
    ...otherBackends(docker),
    ...ruleset.tables.flatMap((table) => staleRules(table, links, addresses)),
  ];
}
