/** Rules drop the questions for MAC addresses, or the answers: who is not known already is not reached. */
import type { NetnsNode } from '../../graph/graph.ts';
import type { Ruleset, Table } from '../../model/ruleset.ts';
import type { Check } from '../check.ts';
import { allRules } from '../engine-rules.ts';
import type { Affected, Problem } from '../finding.ts';
import { type HostView, where } from '../host-view.ts';
import { guided, untilReboot } from '../remedies.ts';

/** Who picks single senders keeps forgers away, which is no fault. */
const picksSome = /\barp [sd]addr|\bether [sd]addr|--(?:source|destination)-(?:ip|mac)/;

interface Drop {
  readonly place: string;
  readonly fact: string;
}

const placeOf = ({ family, name }: Table, chain: string): string => `table ${family} ${name}, chain ${chain}`;

function policies(ruleset: Ruleset): readonly Drop[] {
  return ruleset.tables
    .filter(({ family }) => family === 'arp')
    .flatMap((table) =>
      [...table.chains.values()]
        .filter(({ base, rules }) => base?.policy === 'drop' && rules.length === 0)
        .map(({ name }) => ({ place: placeOf(table, name), fact: `policy drop of chain ${name}, which has no rules` })),
    );
}

function rules(ruleset: Ruleset, concerns: (ifname: string) => boolean): readonly Drop[] {
  return allRules(ruleset, ({ family }) => family === 'arp' || family === 'bridge')
    .filter(({ table, rule, words }) => {
      const isArp = table.family === 'arp' || /\bether type arp\b|\barp operation\b/.test(rule.text);
      const named = [words.in, words.out].flatMap((word) => (word === undefined || word.not ? [] : word.value));
      return words.target === 'DROP' && isArp && !picksSome.test(rule.text) && named.every(concerns);
    })
    .map(({ table, chain, rule }) => ({ place: `${placeOf(table, chain.name)}, rule ${rule.index}`, fact: rule.text }));
}

function judge(
  view: HostView,
  netns: NetnsNode | undefined,
  concerns: (ifname: string) => boolean,
  affects: readonly Affected[],
): readonly Problem[] {
  const ruleset = netns === undefined ? undefined : view.ruleset(netns);
  if (netns === undefined || ruleset === undefined) return [];
  const [first, ...more] = [...policies(ruleset), ...rules(ruleset, concerns)];
  if (first === undefined) return [];
  const name = netns.facts.isHost ? 'this host' : netns.name;
  return [
    {
      subject: name,
      title: `Rules of ${name} drop questions for MAC addresses (ARP): ${first.place}`,
      why: 'Neighbours that know each other already go on for a while; everybody else finds nobody, and later they neither.',
      evidence: [first, ...more].map(({ place, fact }) => ({
        fact,
        source: `nft list ruleset, ${place} ${where(netns)}`,
        netns: netns.id,
      })),
      remedies: [
        guided({
          title: 'Let ARP pass',
          changes: 'Neighbours find each other again.',
          scope: netns.facts.isHost ? 'host' : 'container',
          risk: 'Whoever wrote the rule may have wanted somebody kept apart: look who first.',
          riskLevel: 'low',
          persistence: untilReboot,
          steps: [`delete the rule: nft -a list ruleset shows its handle (${first.place})`],
        }),
      ],
      affects,
    },
  ];
}

export const arpFiltered: Check = {
  id: 'arp-filtered',
  severity: 'error',
  about:
    'Packet filters see ARP in tables of families arp and bridge (arptables, ebtables). A rule that drops all of it cuts links off slowly: entries that are known ' +
    'still serve, until they have to be asked for again.',
  not: [
    'rules about certain senders, which keep forgers away',
    'rules about links of others',
    'a chain that lets something pass before it drops the rest',
  ],
  references: ['man 8 arptables-nft', 'man 8 nft (family arp)'],
  needs: ['ruleset'],
  hides: ['flow-blocked', 'neighbour-unanswered', 'host-gateway-unanswered'],
  find: (view) =>
    view.engines.flatMap(({ netns, bridges, running }) => {
      const attachments = bridges.flatMap((each) => each.attachments);
      const mine = new Set([
        ...bridges.map(({ ifname }) => ifname),
        ...attachments.flatMap(({ outside }) => outside?.facts.ifname ?? []),
      ]);
      const all = attachments.map(({ container }) => container.id);
      return [
        ...(attachments.length === 0 ? [] : judge(view, netns, (ifname) => mine.has(ifname), all)),
        ...running
          .filter(({ facts }) => facts.mode !== 'host' && facts.mode !== 'container')
          .flatMap((container) => judge(view, view.netnsOf(container.netns), () => true, [container.id])),
      ];
    }),
};
