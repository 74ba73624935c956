/** A rule in DOCKER-USER can never match: it stands behind one that ends the chain, or asks for a port that is already translated. */
import type { Check } from '../check.ts';
import { type ReadRule, rulesIn } from '../engine-rules.ts';
import type { Problem } from '../finding.ts';
import { type EngineView, where } from '../host-view.ts';
import { guided, untilFlush } from '../remedies.ts';

/** `-A CHAIN -j RETURN`, nothing else. */
const isBare = ({ words }: ReadRule) =>
  (words.target === 'RETURN' || words.target === 'ACCEPT' || words.target === 'DROP') &&
  [...words.all.keys()].every((key) => key === 'A' || key === 'jump' || key === 'm' || key === 'comment');

function dead(engine: EngineView, rules: readonly ReadRule[]): readonly Problem[] {
  const end = rules.findIndex(isBare);
  const after = end < 0 ? [] : rules.slice(end + 1).filter((rule) => rule.words.target !== 'RETURN');
  if (after.length === 0) return [];
  return [
    {
      subject: 'DOCKER-USER',
      title: `${after.length === 1 ? 'A rule' : `${after.length} rules`} in DOCKER-USER can never match: rule ${rules[end]!.rule.index} ends the chain before`,
      why: 'Rules appended with -A come after the RETURN that Docker put there; they have no effect.',
      evidence: [
        {
          fact: rules[end]!.rule.text,
          source: `iptables-save, chain DOCKER-USER, rule ${rules[end]!.rule.index} ${where(engine.netns)}`,
        },
        ...after.slice(0, 3).map(({ rule }) => ({
          fact: rule.text,
          source: `iptables-save, chain DOCKER-USER, rule ${rule.index} ${where(engine.netns)}`,
        })),
      ],
      remedies: [
        guided({
          title: 'Insert the rules instead of appending them',
          changes: 'The rules stand before the RETURN and take effect.',
          scope: 'host',
          risk: 'The rules start to do what they say: look at each first.',
          riskLevel: 'medium',
          persistence: untilFlush,
          steps: ['iptables -D DOCKER-USER …, then iptables -I DOCKER-USER … for each of them, last one first'],
        }),
      ],
      affects: [],
    },
  ];
}

/** After DNAT the destination port is the container's: a rule for the published one never matches. */
function wrongPort(engine: EngineView, rules: readonly ReadRule[]): readonly Problem[] {
  const inside = new Set(engine.ports.map((port) => `${port.published.containerPort}/${port.published.proto}`));
  const host = new Map(engine.ports.map((port) => [`${port.published.hostPort}/${port.published.proto}`, port]));
  return rules.flatMap(({ rule, words }) => {
    const key = `${words.dport?.value}/${words.proto}`;
    const port = host.get(key);
    if (port === undefined || inside.has(key) || words.target === 'RETURN') return [];
    const { hostPort, containerPort, proto } = port.published;
    return [
      {
        subject: `DOCKER-USER/${hostPort}`,
        title: `A rule in DOCKER-USER asks for port ${hostPort}, which is already ${containerPort} there`,
        why: `Packets for published port ${hostPort}/${proto} reach DOCKER-USER with port ${containerPort}: the rule never matches, and what it should stop passes.`,
        evidence: [
          { fact: rule.text, source: `iptables-save, chain DOCKER-USER, rule ${rule.index} ${where(engine.netns)}` },
          {
            fact: `port ${hostPort}/${proto} is published to port ${containerPort}`,
            source: `${engine.engine.kind} inspect`,
            container: port.container,
          },
        ],
        remedies: [
          guided({
            title: 'Ask for the port the client used',
            changes: 'The rule matches what was meant.',
            scope: 'host',
            risk: 'The rule starts to do what it says.',
            riskLevel: 'medium',
            persistence: untilFlush,
            steps: [`replace --dport ${hostPort} by -m conntrack --ctorigdstport ${hostPort} --ctdir ORIGINAL`],
          }),
        ],
        affects: [port.container],
      },
    ];
  });
}

export const dockerUserDeadRule: Check = {
  id: 'docker-user-dead-rule',
  severity: 'warning',
  about:
    'Rules in DOCKER-USER that have no effect: appended behind the RETURN that Docker up to 28.2 writes at its end, or asking for a published port, ' +
    'which has become the container’s port by then. Usually they were meant to keep somebody out.',
  not: ['rules before the RETURN', 'a port that is the same on host and container', 'another RETURN at the end'],
  references: ['moby#4737', 'for-linux#690', 'man 8 iptables-extensions (conntrack --ctorigdstport)'],
  needs: ['ruleset'],
  find: (view) =>
    view.engines.flatMap((engine) => {
      const ruleset = engine.netns === undefined ? undefined : view.ruleset(engine.netns);
      if (ruleset === undefined) return [];
      const rules = rulesIn(ruleset, 'ip', 'filter', 'DOCKER-USER');
      return [...dead(engine, rules), ...wrongPort(engine, rules)];
    }),
};
