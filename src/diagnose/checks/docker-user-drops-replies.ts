/** A rule of the operator's in DOCKER-USER drops the answers that containers wait for. */

import { matchesReplies, splitWords, type Word } from '../../systems/rule-words.ts';
import type { Check } from '../check.ts';
import { type ReadRule, rulesIn } from '../engine-rules.ts';
import { type BridgeNetwork, where } from '../host-view.ts';
import { automatic, command, guided, untilFlush } from '../remedies.ts';

const narrow = [
  'dport',
  'dports',
  'sport',
  'sports',
  'ctorigdstport',
  'ctorigdst',
  'ctdir',
  'syn',
  'tcp-flags',
  'mark',
  'match-set',
  'physdev-in',
  'icmp-type',
];

/** `br-+` stands for every link whose name begins so. */
const isLink = ({ value }: Word, ifname: string) =>
  value.endsWith('+') ? ifname.startsWith(value.slice(0, -1)) : ifname === value;

/** Drops whatever comes in by some link, connection or not. What comes in by a bridge, or by any link, are requests in the first place. */
function dropsReplies({ words }: ReadRule, bridges: readonly BridgeNetwork[]): boolean {
  if (words.target !== 'DROP' && words.target !== 'REJECT') return false;
  if (words.ctstate !== undefined || words.proto !== undefined) return false;
  if (narrow.some((option) => words.all.has(option))) return false;
  // One refused address or network is a ban, not a lock; `! -s ALLOWED` locks everybody else out.
  if (words.src !== undefined && !words.src.not) return false;
  if (words.dst !== undefined && !words.dst.not) return false;
  const { in: by } = words;
  return by !== undefined && (by.not || !bridges.some(({ ifname }) => isLink(by, ifname)));
}

const letsRepliesPass = ({ words }: ReadRule) =>
  matchesReplies(words) && (words.target === 'ACCEPT' || words.target === 'RETURN');
const endsChain = ({ words }: ReadRule) =>
  (words.target === 'RETURN' || words.target === 'ACCEPT') && words.all.size === (words.all.has('A') ? 2 : 1);

/** The rule as arguments, without counters and `-A CHAIN`. */
const spoken = ({ rule }: ReadRule): readonly string[] => splitWords(rule.text.replace(/^\[\d+:\d+\] /, '')).slice(2);

export const dockerUserDropsReplies: Check = {
  id: 'docker-user-drops-replies',
  severity: 'error',
  about:
    'DOCKER-USER sees every forwarded packet, answers included. A rule that drops what comes in by the uplink, unless it comes from a few ' +
    'addresses, also drops the answers to what containers asked: no downloads, no names. Answers must be let through first.',
  not: [
    'a rule about new connections only',
    'a rule after one that lets answers pass',
    'a banned address or network',
    'a rule for one port',
    'a rule that drops whatever passes, or what comes from a bridge: requests do not get as far as their answers',
  ],
  references: ['moby#4737', 'moby#22054', 'for-linux#777'],
  needs: ['ruleset'],
  breaksAnswers: true,
  hides: ['flow-blocked', 'docker-user-dead-rule'],
  find: (view) =>
    view.engines.flatMap(({ netns, bridges }) => {
      const ruleset = netns === undefined ? undefined : view.ruleset(netns);
      if (netns === undefined || ruleset === undefined || bridges.every(({ attachments }) => attachments.length === 0))
        return [];
      const rules = rulesIn(ruleset, 'ip', 'filter', 'DOCKER-USER');
      const end = rules.findIndex((rule) => letsRepliesPass(rule) || endsChain(rule));
      const found = (end < 0 ? rules : rules.slice(0, end)).find((rule) => dropsReplies(rule, bridges));
      if (found === undefined) return [];
      const uplink = found.words.in === undefined || found.words.in.not ? [] : ['-i', found.words.in.value];
      const spec = ['DOCKER-USER', ...uplink, '-m', 'conntrack', '--ctstate', 'RELATED,ESTABLISHED', '-j', 'ACCEPT'];
      const tool = found.table.backend === 'iptables-legacy' ? 'iptables-legacy' : 'iptables';
      return {
        subject: 'DOCKER-USER',
        title: 'A rule of yours in DOCKER-USER drops the answers containers wait for',
        why: `Containers' own connections to the outside get no answer: rule ${found.rule.index} drops answers as well as requests.`,
        evidence: [
          {
            fact: found.rule.text,
            source: `iptables-save, table filter, chain DOCKER-USER, rule ${found.rule.index} ${where(netns)}`,
            netns: netns.id,
          },
          {
            fact: 'no earlier rule lets RELATED,ESTABLISHED pass',
            source: `iptables-save, chain DOCKER-USER ${where(netns)}`,
            netns: netns.id,
          },
        ],
        remedies: [
          automatic({
            title: 'Let answers pass before it',
            changes:
              'Inserts a rule at the top of DOCKER-USER that accepts packets of known connections; who may open one is decided as before.',
            scope: 'host',
            commands: [command(netns, tool, '-w', '-I', 'DOCKER-USER', '1', ...spec.slice(1))],
            undo: [command(netns, tool, '-w', '-D', ...spec)],
            persistence: untilFlush,
            steps: [
              'Write the rule where your other DOCKER-USER rules come from, before them.',
              'Published ports stay closed to whom the rule drops, as it says; if that is not meant, delete the rule instead.',
            ],
          }),
          guided({
            title: `Delete rule ${found.rule.index} of DOCKER-USER`,
            changes: 'Answers pass, and published ports are open again to everybody.',
            scope: 'host',
            risk: 'Whoever the rule kept away reaches the published ports.',
            riskLevel: 'medium',
            persistence: untilFlush,
            commands: [command(netns, tool, '-w', '-D', 'DOCKER-USER', ...spoken(found))],
            undo: [command(netns, tool, '-w', '-I', 'DOCKER-USER', String(found.rule.index), ...spoken(found))],
          }),
        ],
        affects: bridges.flatMap(({ network, attachments }) =>
          attachments.length === 0 ? [] : [network.id, ...attachments.map(({ container }) => container.id)],
        ),
      };
    }),
};
