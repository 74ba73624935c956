/** A rule leads a published port to an address nobody has, or stands before the right one. */

import { splitTarget } from '../../systems/names.ts';
import { splitWords } from '../../systems/rule-words.ts';
import type { Check } from '../check.ts';
import { type ReadRule, rulesIn } from '../engine-rules.ts';
import type { Problem } from '../finding.ts';
import { type EngineView, type HostView, where } from '../host-view.ts';
import { automatic, command } from '../remedies.ts';

/** Every IPv4 address in any netns; undefined while one netns could not be read: it may have the address. */
function livingAddresses(view: HostView): ReadonlySet<string> | undefined {
  const all = new Set<string>();
  for (const netns of view.netns) {
    if (netns.facts.addresses === undefined && netns.facts.links === undefined) return undefined;
    for (const id of netns.links) for (const address of view.link(id)?.addresses ?? []) all.add(address.local);
  }
  return all;
}

const keyOf = ({ words }: ReadRule) =>
  `${words.proto ?? ''} ${words.dport?.value ?? ''} ${words.dst?.not === true ? '' : (words.dst?.value ?? '')}`;

function judge(view: HostView, engine: EngineView): readonly Problem[] {
  const ruleset = engine.netns === undefined ? undefined : view.ruleset(engine.netns);
  const living = livingAddresses(view);
  if (ruleset === undefined || living === undefined || engine.netns === undefined) return [];
  const expected = new Set(
    engine.running.flatMap((container) => container.facts.endpoints.map((endpoint) => endpoint.ipv4 ?? '')),
  );
  const rules = rulesIn(ruleset, 'ip', 'nat', 'DOCKER').filter(
    ({ words }) => words.target === 'DNAT' && words.to !== undefined,
  );
  return rules.flatMap((each) => {
    const { address } = splitTarget(each.words.to!);
    // An address the engine still gives out is another check's business: the container lost it.
    if (address === '' || living.has(address) || expected.has(address)) return [];
    const shadowed = rules.find(
      (other) => other !== each && keyOf(other) === keyOf(each) && other.rule.index > each.rule.index,
    );
    const port = `${each.words.dport?.value ?? '?'}/${each.words.proto ?? '?'}`;
    const tool = each.table.backend === 'iptables-legacy' ? 'iptables-legacy' : 'iptables';
    const spec = splitWords(each.rule.text).slice(2);
    return [
      {
        subject: port,
        severity: shadowed === undefined ? ('warning' as const) : ('error' as const),
        title: `Port ${port} of this host is led to ${each.words.to}, an address nobody has`,
        why:
          shadowed === undefined
            ? 'Whoever connects to this port waits in vain; the rule was left behind.'
            : `The right rule, to ${shadowed.words.to}, stands behind it and is never reached.`,
        evidence: [
          {
            fact: each.rule.text,
            source: `iptables-save, table nat, chain DOCKER, rule ${each.rule.index} ${where(engine.netns)}`,
            ...(engine.netns === undefined ? {} : { netns: engine.netns.id }),
          },
          { fact: `no link in any netns has ${address}`, source: 'ip addr in every netns' },
        ],
        remedies: [
          automatic({
            title: 'Delete the rule that was left behind',
            changes: `Deletes exactly this rule from chain DOCKER of table nat.`,
            scope: 'host',
            commands: [command(engine.netns, tool, '-w', '-t', 'nat', '-D', 'DOCKER', ...spec)],
            undo: [command(engine.netns, tool, '-w', '-t', 'nat', '-I', 'DOCKER', String(each.rule.index), ...spec)],
            persistence: 'For good, unless a saved dump with the rule is restored at boot.',
          }),
        ],
        affects: engine.ports
          .filter((one) => String(one.published.hostPort) === each.words.dport?.value)
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
    'targets in a netns that could not be read',
    'a running container that lost its address',
  ],
  references: ['moby#32048', 'moby#30558', 'moby#20716'],
  needs: ['ruleset', 'addresses'],
  hides: ['flow-blocked'],
  find: (view) =>
    view.engines
      .filter(({ engine }) => engine.kind === 'docker' && !engine.rootless)
      .flatMap((engine) => judge(view, engine)),
};
