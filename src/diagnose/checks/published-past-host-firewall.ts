/** A published port is open to the world although the host's firewall denies by default. */

import { listNames } from '../affected.ts';
import type { Check } from '../check.ts';
import { rulesIn } from '../engine-rules.ts';
import type { Problem } from '../finding.ts';
import { type EngineView, type HostView, where } from '../host-view.ts';
import { isPrivateAddress } from '../private-address.ts';
import { guided, untilFlush } from '../remedies.ts';

const delicate = new Set([2375, 3306, 5432, 6379, 9200, 11211, 27017]);

function judge(view: HostView, { engine, netns, ports }: EngineView): readonly Problem[] {
  const ruleset = netns === undefined ? undefined : view.ruleset(netns);
  if (netns === undefined || ruleset === undefined) return [];
  const denies = ruleset.tables.some((table) =>
    [...table.chains.values()].some((chain) => chain.base?.hook === 'input' && chain.base.policy === 'drop'),
  );
  const route = netns.facts.routes?.find((one) => one.dst === 'default' && one.dev !== undefined);
  const uplink = route?.dev === undefined ? undefined : view.linkNamed(netns.id, route.dev);
  const worldly = uplink?.addresses.find((address) => address.family === 'inet' && !isPrivateAddress(address.local));
  if (!denies || uplink === undefined || worldly === undefined) return [];
  // Any rule of the operator's that drops is taken as a sign that they see to it themselves.
  if (
    rulesIn(ruleset, 'ip', 'filter', 'DOCKER-USER').some(
      ({ words }) => words.target === 'DROP' || words.target === 'REJECT',
    )
  )
    return [];
  if (ruleset.tables.some((table) => [...table.chains.keys()].some((name) => /^ufw-docker/.test(name)))) return [];
  const open = ports.filter(
    (port) => ['', '0.0.0.0', worldly.local].includes(port.published.hostIp) && (port.dnatRules?.length ?? 0) > 0,
  );
  if (open.length === 0) return [];
  const names = open.map(
    (port) =>
      `${port.published.hostPort}/${port.published.proto} (${view.graph.containers.get(port.container)?.facts.name ?? '?'})`,
  );
  return [
    {
      subject: 'this host',
      title: `${listNames(names)} ${open.length === 1 ? 'is' : 'are'} open to the world past this host's firewall`,
      why: `Published ports are forwarded, so the rules about packets for the host itself never see them.${open.some((port) => delicate.has(port.published.containerPort)) ? ' Databases are among them.' : ''} A firewall outside this host may still block them.`,
      evidence: [
        {
          fact: `INPUT policy drop; ${uplink.facts.ifname} has public address ${worldly.local}`,
          source: `iptables-save, ip addr ${where(netns)}`,
          netns: netns.id,
        },
        {
          fact: 'no rule in DOCKER-USER keeps anybody out',
          source: `iptables-save, chain DOCKER-USER ${where(netns)}`,
          netns: netns.id,
        },
        ...open.slice(0, 3).map((port) => ({
          fact: port.dnatRules![0]!,
          source: `iptables-save, table nat ${where(netns)}`,
          container: port.container,
        })),
      ],
      remedies: [
        guided({
          title: 'Publish on loopback, or name who may come in',
          changes: 'Only those you name reach the ports.',
          scope: 'host',
          risk: 'Clients you forget to name are cut off.',
          riskLevel: 'high',
          persistence: untilFlush,
          steps: [
            '-p 127.0.0.1:PORT:PORT for what only this host uses',
            `iptables -I DOCKER-USER -i ${uplink.facts.ifname} -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT, and after it`,
            `iptables -I DOCKER-USER 2 -i ${uplink.facts.ifname} ! -s ALLOWED -m conntrack --ctorigdstport PORT --ctdir ORIGINAL -j DROP`,
          ],
        }),
      ],
      affects: open.map((port) => port.container),
    },
  ].filter(() => engine.kind === 'docker');
}

export const publishedPastHostFirewall: Check = {
  id: 'published-past-host-firewall',
  severity: 'security',
  about:
    'Docker’s rules for published ports are asked before, and elsewhere than, the rules of ufw and the like: those are about packets for the host itself, while ' +
    'packets for containers are forwarded. A port that the firewall denies is open all the same.',
  not: [
    'a host without a public address',
    'ports published on loopback or private addresses',
    'rules in DOCKER-USER that keep people out',
    'a host without a firewall',
    'mode host, where the firewall applies',
  ],
  references: ['moby#22054', 'ufw-docker#9', 'for-linux#690'],
  needs: ['ruleset', 'routes', 'addresses'],
  find: (view) => view.engines.flatMap((engine) => judge(view, engine)),
};
