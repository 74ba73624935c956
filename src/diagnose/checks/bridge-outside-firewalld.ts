/** firewalld rejects what a bridge forwards, because the bridge is in none of its zones. */
import { affectsNetwork, namesOn } from '../affected.ts';
import type { Check } from '../check.ts';
import { decisionOf } from '../deciding-step.ts';
import type { Problem } from '../finding.ts';
import { failedFlows, prepareFlows } from '../flows.ts';
import { type BridgeNetwork, type HostView, where } from '../host-view.ts';
import { command, guided, restartEngine } from '../remedies.ts';

/** Links that firewalld has put into a zone or policy: its dispatch chains name them. */
function zonedLinks(view: HostView): ReadonlySet<string> {
  const ruleset = view.home === undefined ? undefined : view.ruleset(view.home);
  const chains = (ruleset?.tables ?? []).flatMap((table) =>
    [...table.chains.values()].filter(({ name }) => table.name === 'firewalld' || /_(ZONES|POLICIES)/.test(name)),
  );
  return new Set(
    chains.flatMap(({ rules }) =>
      rules.flatMap(({ text }) => [...text.matchAll(/(?:-[io] |[io]ifname "?)([\w.-]+)/g)].map((match) => match[1]!)),
    ),
  );
}

interface Rejected {
  readonly each: BridgeNetwork;
  readonly rule: string;
  readonly chain: string;
}

/** Bridges whose packets a rule of firewalld stopped, with that rule. */
function rejected(view: HostView): readonly Rejected[] {
  const zoned = zonedLinks(view);
  const bridges = new Map(view.engines.flatMap((engine) => engine.bridges.map((each) => [each.ifname, each] as const)));
  const found = new Map<string, Rejected>();
  for (const { trace } of failedFlows(view)) {
    const step = decisionOf(view.graph, trace)?.step;
    const rule = step?.evidence.rule;
    if (step === undefined || rule === undefined || rule.madeBy !== 'firewalld') continue;
    for (const name of [step.packet.in, step.packet.out]) {
      const each = bridges.get(name ?? '');
      if (each === undefined || zoned.has(each.ifname) || found.has(each.ifname)) continue;
      found.set(each.ifname, { each, rule: rule.rule, chain: rule.chain });
    }
  }
  return [...found.values()];
}

export const bridgeOutsideFirewalld: Check = {
  id: 'bridge-outside-firewalld',
  severity: 'error',
  about:
    'firewalld rejects what is forwarded between links it was not told about. The engine puts its bridges into firewalld’s zone docker when it starts ' +
    'with firewalld running; bridges made before, taken out by hand, or of internal networks of old engines are in no zone: their containers ' +
    'reach nobody, and get "No route to host" or "administratively prohibited".',
  not: [
    'bridges in a zone that accepts, whichever it is',
    'packets that another firewall stops',
    'published ports, which firewalld lets pass wherever they lead',
  ],
  references: ['moby#41609', 'for-linux#1163', 'man 5 firewalld.zones'],
  needs: ['links', 'addresses', 'routes', 'policyRules', 'sysctls', 'ruleset', 'neighbours'],
  leadsTo: 'rule',
  hides: ['flow-blocked'],
  prepare: prepareFlows,
  find: (view) =>
    rejected(view).map(({ each, rule, chain }): Problem => {
      const { ifname, network } = each;
      const zone = (change: string, ...more: readonly string[]) =>
        command(view.home, 'firewall-cmd', ...more, '--zone=docker', `--${change}-interface=${ifname}`);
      return {
        subject: ifname,
        title: `firewalld rejects what ${ifname} forwards: the bridge is in none of its zones`,
        why: `${namesOn(each)} on network ${network.facts.name} are cut off, though the engine's own rules accept their packets.`,
        evidence: [
          { fact: rule, source: `firewalld, chain ${chain} ${where(view.home)}` },
          { fact: `no rule of firewalld's zones names ${ifname}`, source: `nft list ruleset ${where(view.home)}` },
        ],
        remedies: [
          guided({
            title: `Put ${ifname} into firewalld's zone docker`,
            changes: `firewalld accepts what ${ifname} forwards.`,
            scope: 'network',
            risk: 'Nobody is interrupted.',
            riskLevel: 'low',
            persistence: `Lasts until firewalld is reloaded; to keep it: firewall-cmd --permanent --zone=docker --add-interface=${ifname}.`,
            commands: [zone('add')],
            undo: [zone('remove')],
            steps: [
              'where there is no zone docker, the engine makes it when it starts with firewalld running; else use zone trusted',
            ],
          }),
          restartEngine(view.engines.find(({ bridges }) => bridges.includes(each))?.engine.liveRestore),
        ],
        affects: affectsNetwork(each),
      };
    }),
};
