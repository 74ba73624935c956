/** The engine's packet filter rules are gone, wholly or in part: somebody flushed them. */
import type { Ruleset } from '../../model/ruleset.ts';
import { affectsNetwork, listNames } from '../affected.ts';
import type { Check } from '../check.ts';
import { bridgeRules, dockerRulesOf, rulesIn, tablesOf } from '../engine-rules.ts';
import type { Problem } from '../finding.ts';
import { type BridgeNetwork, type EngineView, type HostView, where } from '../host-view.ts';
import { restartEngine } from '../remedies.ts';

/** The nftables backend has four chains for each bridge, reached through verdict maps. */
function missingFromTable(ruleset: Ruleset, bridges: readonly BridgeNetwork[]): readonly string[] {
  const table = ruleset.tables.find(({ family, name }) => family === 'ip' && name === 'docker-bridges');
  return bridges
    .filter(({ network }) => !network.facts.internal)
    .flatMap(({ ifname }) =>
      ['filter-forward-in__', 'filter-forward-out__']
        .filter((chain) => table?.chains.has(chain + ifname) !== true)
        .map((chain) => `no chain ${chain}${ifname} in table ip docker-bridges`),
    );
}

/** What is missing, as facts; [] when all is there. */
function missing(ruleset: Ruleset, bridges: readonly BridgeNetwork[], nftables: boolean): readonly string[] {
  const layouts = dockerRulesOf(ruleset);
  if (layouts.some((rules) => rules.layout === 'nftables')) return missingFromTable(ruleset, bridges);
  if (nftables) return ['no table ip docker-bridges, where the nftables backend has its rules'];
  const facts: string[] = [];
  const nat = tablesOf(ruleset, 'ip', 'nat').filter((table) => table.backend !== 'nft');
  const hasNat = nat.some((table) => table.chains.has('DOCKER'));
  const jump = rulesIn(ruleset, 'ip', 'nat', 'PREROUTING').some(({ words }) => words.target === 'DOCKER');
  if (layouts.every((rules) => rules.layout === 'nat-only')) facts.push('no chain of Docker in table filter');
  else if (layouts.every((rules) => rules.layout === 'unreachable' || rules.layout === 'nat-only'))
    facts.push("FORWARD does not lead to Docker's chains");
  if (!hasNat) facts.push('no chain DOCKER in table nat');
  else if (!jump) facts.push('PREROUTING of table nat does not lead to DOCKER');
  if (facts.length > 0) return facts;
  // 28.0.0 speaks of all bridges at once, through an ipset.
  for (const { ifname, network } of bridges) {
    if (network.facts.internal) continue;
    const { accepts, replies } = bridgeRules(ruleset, ifname);
    if (!accepts) facts.push(`no rule lets packets of ${ifname} out`);
    if (!replies) facts.push(`no rule lets replies back to ${ifname}`);
  }
  return facts;
}

/** Without a single trace of Docker in any table, only what an operator's own rules do for the containers tells a loss from a choice. */
function ownMasquerade(ruleset: Ruleset): boolean {
  return ruleset.tables.some((table) =>
    [...table.chains.values()].some((chain) =>
      chain.rules.some((rule) => /MASQUERADE|SNAT|masquerade|snat/.test(rule.text)),
    ),
  );
}

function judge(view: HostView, { engine, netns, bridges }: EngineView): readonly Problem[] {
  const concerned = bridges.filter(
    ({ attachments, bridge, network }) => attachments.length > 0 && bridge !== undefined && network.facts.enableIpv4,
  );
  const ruleset = netns === undefined ? undefined : view.ruleset(netns);
  if (
    netns === undefined ||
    ruleset === undefined ||
    engine.kind !== 'docker' ||
    engine.rootless ||
    concerned.length === 0
  )
    return [];
  if (engine.iptables === false || engine.firewallBackend === 'none') return [];
  const none = dockerRulesOf(ruleset).length === 0;
  if (none && ownMasquerade(ruleset)) return [];
  const facts = missing(ruleset, concerned, engine.firewallBackend?.startsWith('nftables') === true);
  if (facts.length === 0) return [];
  const drops = ruleset.tables.some(
    (table) => table.family === 'ip' && table.name === 'filter' && table.chains.get('FORWARD')?.base?.policy === 'drop',
  );
  return [
    {
      subject: 'this host',
      title: none ? "None of Docker's packet filter rules are there" : "Docker's packet filter rules are incomplete",
      why:
        `${listNames(concerned.map(({ network }) => network.facts.name))}: ` +
        (drops
          ? 'nothing is forwarded, because the FORWARD policy drop is still there; '
          : 'published ports and the way out do not work as they should; ') +
        'the engine neither notices nor mends it while it runs.',
      evidence: facts.slice(0, 6).map((fact) => ({
        fact,
        source: `${engine.firewallBackend?.startsWith('nftables') === true ? 'nft list ruleset' : 'iptables-save'} ${where(netns)}`,
        netns: netns.id,
      })),
      remedies: [restartEngine(engine.liveRestore)],
      affects: concerned.flatMap(affectsNetwork),
    },
  ];
}

export const engineRulesMissing: Check = {
  id: 'engine-rules-missing',
  severity: 'error',
  gate: true,
  about:
    'Docker writes its rules when it starts and when networks and containers change. `iptables -F`, `nft flush ruleset`, restoring an old dump or ' +
    'restarting a firewall service removes them; the daemon does not notice (only firewalld’s reload tells it). What is left may be a FORWARD ' +
    'policy of drop without the rules that accept.',
  not: [
    'an engine told to leave the firewall alone (iptables: false)',
    'the nftables backend, whose rules are in table docker-bridges',
    'a rootless engine',
    'rules in the legacy tables',
    'chains that another version does not have',
    'no running container on any bridge',
  ],
  references: ['moby#12294', 'moby#16816', 'moby#16137', 'for-linux#1472'],
  needs: ['ruleset', 'links'],
  leadsTo: 'rule',
  hides: [
    'masquerade-missing',
    'published-port-without-dnat',
    'published-port-not-accepted',
    'flow-blocked',
    'orphan-dnat',
    'embedded-dns-unreachable',
  ],
  find: (view) => view.engines.flatMap((engine) => judge(view, engine)),
};
