/** A published port of a swarm service is not led into the ingress network on this node. */
import type { Ruleset } from '../../model/ruleset.ts';
import type { Check } from '../check.ts';
import { rulesIn } from '../engine-rules.ts';
import type { Problem } from '../finding.ts';
import { type EngineView, type HostView, where } from '../host-view.ts';
import { restartEngine } from '../remedies.ts';

interface Service {
  readonly proto: string;
  readonly port: string;
}

/** The ingress sandbox marks packets of every published port for IPVS: what it marks must be led to it. */
function servicesIn(ruleset: Ruleset): readonly Service[] {
  return rulesIn(ruleset, 'ip', 'mangle', 'PREROUTING').flatMap(({ words }) =>
    words.target === 'MARK' && words.dport !== undefined && words.proto !== undefined
      ? [{ proto: words.proto, port: words.dport.value }]
      : [],
  );
}

function missing(ruleset: Ruleset, services: readonly Service[]): readonly string[] {
  const jumps = ['PREROUTING', 'OUTPUT'].filter(
    (chain) => !rulesIn(ruleset, 'ip', 'nat', chain).some(({ words }) => words.target === 'DOCKER-INGRESS'),
  );
  const rules = rulesIn(ruleset, 'ip', 'nat', 'DOCKER-INGRESS').filter(({ words }) => words.target === 'DNAT');
  return [
    ...jumps.map((chain) => `${chain} of table nat does not lead to DOCKER-INGRESS`),
    ...services
      .filter(({ proto, port }) => !rules.some(({ words }) => words.proto === proto && words.dport?.value === port))
      .map(({ proto, port }) => `no DNAT for ${port}/${proto} in chain DOCKER-INGRESS`),
  ];
}

function judge(view: HostView, { engine, netns, networks }: EngineView): readonly Problem[] {
  const ruleset = netns === undefined ? undefined : view.ruleset(netns);
  if (engine.swarm?.active !== true || netns === undefined || ruleset === undefined) return [];
  if (engine.firewallBackend?.startsWith('nftables') === true || engine.iptables === false) return [];
  const sandbox = view.netns.find(({ facts }) => facts.names.some((name) => /(^|\/)ingress_sbox$/.test(name)));
  const inside = sandbox === undefined ? undefined : view.ruleset(sandbox);
  const services = inside === undefined ? [] : servicesIn(inside);
  if (services.length === 0) return [];
  const hasGateway = networks.some(({ facts }) => facts.name === 'docker_gwbridge');
  const facts = [...(hasGateway ? [] : ['there is no network docker_gwbridge']), ...missing(ruleset, services)];
  if (facts.length === 0) return [];
  return [
    {
      subject: 'ingress',
      title: 'Published ports of swarm services are not answered on this node',
      why: `${services.map(({ port, proto }) => `${port}/${proto}`).join(', ')}: packets that come in here are not led into the ingress network; other nodes may answer.`,
      evidence: facts.slice(0, 6).map((fact) => ({ fact, source: `iptables-save ${where(netns)}`, netns: netns.id })),
      remedies: [restartEngine(engine.liveRestore)],
      affects: [...networks.filter((network) => network.facts.ingress).map(({ id }) => id)],
    },
  ];
}

export const swarmIngressIncomplete: Check = {
  id: 'swarm-ingress-incomplete',
  severity: 'error',
  about:
    'Every node of a swarm answers for the published ports of all services: chain DOCKER-INGRESS leads them to a sandbox of their own, whose way out ' +
    'is docker_gwbridge. A flushed nat table takes that away on one node, and the port is refused there while other nodes answer.',
  not: [
    'ports published by mode=host, which are ordinary published ports',
    'a node without services, or without an ingress sandbox yet',
    'a node that is in no swarm',
    'the nftables backend, which does without these chains',
  ],
  references: ['moby#29417', 'moby#26930', 'for-linux#599', 'moby libnetwork/service_linux.go (programIngress)'],
  needs: ['ruleset'],
  hides: ['flow-blocked'],
  find: (view) => view.engines.flatMap((engine) => judge(view, engine)),
};
