/** A rule leads a published port to an address nobody has, or stands before the right one. */

import type { NetnsNode } from '../../graph/graph.ts';
import type { Ruleset } from '../../model/ruleset.ts';
import { parseAddress, parsePrefix, prefixContains } from '../../std/ip-address.ts';
import { splitTarget } from '../../systems/names.ts';
import { splitWords } from '../../systems/rule-words.ts';
import type { Check } from '../check.ts';
import { allRules, type ReadRule } from '../engine-rules.ts';
import type { Problem } from '../finding.ts';
import { type EngineView, type HostView, where } from '../host-view.ts';
import { automatic, command, type Draft, guided } from '../remedies.ts';

/** Every IPv4 address in any netns; undefined while one netns could not be read: it may have the address. */
function livingAddresses(view: HostView): ReadonlySet<string> | undefined {
  const all = new Set<string>();
  for (const netns of view.netns) {
    if (netns.facts.addresses === undefined && netns.facts.links === undefined) return undefined;
    for (const id of netns.links) for (const address of view.link(id)?.addresses ?? []) all.add(address.local);
  }
  return all;
}

const sourceOf = ({ table, chain }: ReadRule) =>
  table.backend === 'nft'
    ? `nft list ruleset, table ${table.family} ${table.name}, chain ${chain.name}`
    : `iptables-save, table ${table.name}, chain ${chain.name}`;

const keyOf = ({ words }: ReadRule) =>
  `${words.proto ?? ''} ${words.dport?.value ?? ''} ${words.dst?.not === true ? '' : (words.dst?.value ?? '')}`;

/** Rules of the engine, and rules of anybody else that lead into one of its networks. */
function translations({ networks }: EngineView, ruleset: Ruleset): readonly ReadRule[] {
  const prefixes = networks.flatMap(({ facts }) => facts.subnets.flatMap(({ subnet }) => parsePrefix(subnet) ?? []));
  const leadsIn = (address: string): boolean => {
    const parsed = parseAddress(address);
    return parsed !== undefined && prefixes.some((prefix) => prefixContains(prefix, parsed));
  };
  return allRules(ruleset, ({ family }) => family === 'ip' || family === 'inet').filter(
    ({ table, chain, words }) =>
      words.target === 'DNAT' &&
      words.to !== undefined &&
      ((table.name === 'nat' && chain.name === 'DOCKER') || leadsIn(splitTarget(words.to).address)),
  );
}

/** `Port 8080/tcp`, `What goes to 172.20.0.0/16`. */
function wordsFor({ words }: ReadRule): string {
  if (words.dport !== undefined) return `Port ${words.dport.value}/${words.proto ?? '?'} of this host`;
  return words.dst === undefined ? 'What passes' : `What goes to ${words.dst.value}`;
}

function remove(netns: NetnsNode, { table, chain, rule }: ReadRule): Draft {
  const title = 'Delete the rule that was left behind';
  const changes = `Deletes exactly this rule from chain ${chain.name} of table ${table.name}.`;
  const persistence = 'For good, unless a saved dump with the rule is restored at boot.';
  if (table.backend === 'nft')
    return guided({
      title,
      changes,
      scope: 'host',
      risk: 'Nobody is interrupted.',
      riskLevel: 'low',
      persistence,
      steps: [`nft delete rule ${table.family} ${table.name} ${chain.name} handle ${rule.handle ?? 'N'}`],
    });
  const tool = table.backend === 'iptables-legacy' ? 'iptables-legacy' : 'iptables';
  const spec = splitWords(rule.text).slice(2);
  return automatic({
    title,
    changes,
    scope: 'host',
    commands: [command(netns, tool, '-w', '-t', table.name, '-D', chain.name, ...spec)],
    undo: [command(netns, tool, '-w', '-t', table.name, '-I', chain.name, String(rule.index), ...spec)],
    persistence,
  });
}

function judge(view: HostView, engine: EngineView): readonly Problem[] {
  const { netns } = engine;
  const ruleset = netns === undefined ? undefined : view.ruleset(netns);
  const living = livingAddresses(view);
  if (ruleset === undefined || living === undefined || netns === undefined) return [];
  const expected = new Set(
    engine.running.flatMap((container) => container.facts.endpoints.map((endpoint) => endpoint.ipv4 ?? '')),
  );
  const rules = translations(engine, ruleset);
  return rules.flatMap((each) => {
    const { table, chain, rule, words } = each;
    const { address } = splitTarget(words.to!);
    // An address the engine still gives out is another check's business: the container lost it.
    if (address === '' || living.has(address) || expected.has(address)) return [];
    const sameChain = (other: ReadRule) => other.chain === chain && other.rule.index > rule.index;
    const shadowed = rules.find(
      (other) =>
        other !== each &&
        keyOf(other) === keyOf(each) &&
        (sameChain(other) || chain.name !== 'DOCKER') &&
        living.has(splitTarget(other.words.to!).address),
    );
    const port = words.dport?.value;
    return [
      {
        subject: port === undefined ? `${table.name}/${chain.name}/${rule.index}` : `${port}/${words.proto ?? '?'}`,
        severity: shadowed === undefined ? ('warning' as const) : ('error' as const),
        title: `${wordsFor(each)} is led to ${words.to}, an address nobody has`,
        why:
          shadowed === undefined
            ? 'Whoever connects there waits in vain; the rule was left behind.'
            : `The right rule, to ${shadowed.words.to}, stands behind it and is never reached.`,
        evidence: [
          {
            fact: rule.text,
            source: `${sourceOf(each)}, rule ${rule.index} ${where(netns)}`,
            netns: netns.id,
          },
          { fact: `no link in any netns has ${address}`, source: 'ip addr in every netns' },
        ],
        remedies: [remove(netns, each)],
        affects: engine.ports
          .filter((one) => port === undefined || String(one.published.hostPort) === port)
          .map((one) => one.container),
      },
    ];
  });
}

export const orphanDnat: Check = {
  id: 'orphan-dnat',
  severity: 'error',
  about:
    'A DNAT rule for a container that is gone: after a crash of the daemon, or from a rules dump restored at boot. The first rule that matches wins, ' +
    'so it can shadow the rule of the container that has the port now, or take a port from a service of the host.',
  not: [
    'the same port on different host addresses',
    'two identical rules',
    'rules of others that lead to other hosts',
    'targets in a netns that could not be read',
    'a running container that lost its address',
  ],
  references: ['moby#32048', 'moby#30558', 'moby#20716'],
  needs: ['ruleset', 'addresses'],
  breaks: ['published'],
  leadsTo: 'rule',
  hides: ['flow-blocked'],
  find: (view) =>
    view.engines
      .filter(({ engine }) => engine.kind === 'docker' && !engine.rootless)
      .flatMap((engine) => judge(view, engine)),
};
