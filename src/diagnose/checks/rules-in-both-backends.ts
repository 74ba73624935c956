/** Rules in iptables-legacy and in iptables-nft: a packet must pass both. */

import type { RulesetBackend } from '../../model/ruleset.ts';
import { listNames } from '../affected.ts';
import type { Check } from '../check.ts';
import { allRules, dockerRulesOf } from '../engine-rules.ts';
import { where } from '../host-view.ts';
import { guided, untilReboot } from '../remedies.ts';

export const rulesInBothBackends: Check = {
  id: 'rules-in-both-backends',
  severity: 'error',
  about:
    'Kernel tables written with iptables-legacy and rules written with iptables-nft are both asked for every packet: one that accepts does not help ' +
    'when the other drops. It comes from a switch of alternatives, or from containers that bring the other tool and share the host’s netns.',
  not: ['legacy tables that are empty and accept everything: somebody only listed them', 'rules in one backend only'],
  references: ['libnetwork#2331', 'moby#46147', 'firewalls: both are evaluated, any drop wins'],
  needs: ['ruleset'],
  leadsTo: 'rule',
  hides: ['flow-blocked'],
  find: (view) =>
    view.engines.flatMap(({ netns, bridges }) => {
      const ruleset = netns === undefined ? undefined : view.ruleset(netns);
      if (netns === undefined || ruleset === undefined) return [];
      const docker = dockerRulesOf(ruleset);
      const mine = docker.find((rules) => rules.layout !== 'unreachable' && rules.layout !== 'nat-only') ?? docker[0];
      if (mine === undefined || mine.backend === 'nft') return [];
      const other: RulesetBackend = mine.backend === 'iptables-nft' ? 'iptables-legacy' : 'iptables-nft';
      const policy = ruleset.tables
        .find((table) => table.family === 'ip' && table.name === 'filter' && table.backend === other)
        ?.chains.get('FORWARD')?.base?.policy;
      const rules = allRules(
        ruleset,
        (table) => table.family === 'ip' && table.backend === other && ['filter', 'raw', 'mangle'].includes(table.name),
      );
      const dropping = rules.filter(
        ({ words, chain }) =>
          (words.target === 'DROP' || words.target === 'REJECT') && !/^(INPUT|OUTPUT)$/.test(chain.name),
      );
      const twice = docker.some((rules_) => rules_.backend === other);
      if (policy !== 'drop' && dropping.length === 0 && !twice) return [];
      const tool = other === 'iptables-legacy' ? 'iptables-legacy' : 'iptables-nft';
      const facts = [
        ...(policy === 'drop' ? [`FORWARD policy DROP in ${tool}`] : []),
        ...(twice ? [`Docker's chains in ${tool} as well`] : []),
        ...dropping.slice(0, 3).map(({ rule }) => rule.text),
      ];
      return {
        subject: 'this host',
        severity: policy === 'drop' ? ('error' as const) : ('warning' as const),
        title:
          policy === 'drop'
            ? `${tool} drops what is forwarded, whatever ${mine.backend} accepts`
            : `Rules stand in ${tool} and in ${mine.backend}: packets must pass both`,
        why: `Docker's rules are in ${mine.backend}; ${tool} is asked as well, and one drop is enough. ${listNames(bridges.map(({ network }) => network.facts.name))} are concerned.`,
        evidence: facts.map((fact) => ({ fact, source: `${tool}-save ${where(netns)}`, netns: netns.id })),
        remedies: [
          guided({
            title: `Empty the tables of ${tool}`,
            changes: 'Only one set of rules decides.',
            scope: 'host',
            risk: 'They may be the firewall of this host: look at INPUT first.',
            riskLevel: 'high',
            cutsConnection: true,
            persistence: `${untilReboot} Whatever writes them must be switched off or told to use the other tool.`,
            ...(policy === 'drop'
              ? {
                  commands: [{ argv: [tool, '-w', '-P', 'FORWARD', 'ACCEPT'] }],
                  undo: [{ argv: [tool, '-w', '-P', 'FORWARD', 'DROP'] }],
                }
              : {}),
            steps: [
              `${tool}-save > backup`,
              `${tool} -P FORWARD ACCEPT`,
              `${tool} -F; ${tool} -X; the same for -t nat, mangle and raw`,
              'systemctl restart docker',
            ],
          }),
        ],
        affects: bridges.flatMap(({ network, attachments }) => [
          network.id,
          ...attachments.map(({ container }) => container.id),
        ]),
      };
    }),
};
