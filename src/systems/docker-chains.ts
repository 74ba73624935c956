/** Docker's iptables chains, from 1.12 to today, and what each is for. */
import { labelOf, type System } from './system.ts';

const docker = labelOf('Docker');

/** Chain → purpose, by table; `*` where the purpose does not depend on the table. */
const purposes: Readonly<Record<string, string>> = {
  'filter DOCKER-USER': 'yours: Docker never writes here and asks it before its own rules for every forwarded packet',
  'filter DOCKER-FORWARD': 'decides about all packets to and from Docker bridges (since 28.0.1)',
  'filter DOCKER-CT': 'lets replies back to containers on every bridge (since 28.0.1)',
  'filter DOCKER-BRIDGE': 'sends packets for a bridge to DOCKER, where its open ports are listed (since 28.0.1)',
  'filter DOCKER-INTERNAL': 'keeps internal networks without a way in or out (since 29)',
  'filter DOCKER-ISOLATION': 'keeps Docker networks apart from each other, pair by pair (until 18.03)',
  'filter DOCKER-ISOLATION-STAGE-1':
    'keeps Docker networks apart: picks what leaves one bridge for another link, and drops at internal networks (until 28)',
  'filter DOCKER-ISOLATION-STAGE-2':
    'keeps Docker networks apart: drops what was to enter another Docker bridge (until 28)',
  'filter DOCKER': 'accepts packets for the published ports of containers',
  'nat DOCKER': 'turns published ports into container addresses (DNAT)',
  'filter DOCKER-INGRESS': 'lets published ports of swarm services through to the ingress network',
  'nat DOCKER-INGRESS': 'turns published ports of swarm services into the ingress sandbox (DNAT)',
  'filter DOCKER-OVERLAY': 'keeps host-mode overlay networks apart (old kernels only, until 23)',
  'nat DOCKER_OUTPUT': "leads name queries for 127.0.0.11 to the engine's resolver inside this container",
  'nat DOCKER_POSTROUTING': "gives answers of the engine's resolver their port 53 back",
};

const embeddedDns = new Set(['DOCKER_OUTPUT', 'DOCKER_POSTROUTING']);

export const dockerChains: System = {
  name: 'docker chains',
  labelChain({ table, chain }) {
    if (table.backend === 'nft' || chain.base !== undefined) return undefined;
    const purpose = purposes[`${table.name} ${chain.name}`];
    if (purpose !== undefined) {
      return embeddedDns.has(chain.name) ? labelOf('Docker embedded DNS')(purpose) : docker(purpose);
    }
    if (/^DOCKER[-_]/.test(chain.name))
      return labelOf('Docker', 'name only')('named like a Docker chain, of a kind not known here');
    return undefined;
  },
};
