/** flannel has given the host a subnet, but its containers are in another one: other hosts send their packets to nobody. */
import { parseAddress, prefixContains } from '../../std/ip-address.ts';
import type { Check } from '../check.ts';
import { subnetsOf } from '../host-subnets.ts';
import { guided } from '../remedies.ts';

/** CNI's bridge holds the subnet there, and docker0 has nothing to do with it. */
const cniBridges = /^(cni\d+|cbr\d+)$/;

export const flannelBipMismatch: Check = {
  id: 'flannel-bip-mismatch',
  severity: 'error',
  about:
    'flannel writes the subnet of the host into /run/flannel/subnet.env, and docker must be started with it as its bip. When docker was started before, or kept an older bip, its ' +
    'containers have addresses that no other host has a route for.',
  not: [
    'a CNI bridge (cni0) that holds the subnet, while docker0 stays as it is',
    'a host without containers on a bridge',
    'docker0 in the subnet that flannel has given',
  ],
  references: ['flannel-io/flannel#376', 'moby/moby#14425', 'flannel-io/flannel: running, docker integration'],
  needs: ['links', 'addresses'],
  hides: ['hosts-flow-blocked', 'host-route-missing', 'hosts-subnet-overlap'],
  find: (view) => {
    const { home } = view;
    const links = home?.links.flatMap((id) => view.link(id) ?? []) ?? [];
    const tunnel = links.find((link) => /^flannel(\.|-v6\.)?\d+$/.test(link.facts.ifname));
    const given = tunnel?.addresses.find((info) => info.family === 'inet' && info.scope === 'global');
    const address = given && parseAddress(given.local);
    if (home === undefined || tunnel === undefined || address === undefined) return [];
    const holds = links.some(
      (link) =>
        link.kind === 'bridge' &&
        link.addresses.some((info) => {
          const own = parseAddress(info.local);
          return own !== undefined && prefixContains({ ...own, length: info.prefixlen }, address);
        }),
    );
    const docker = subnetsOf(view, home).filter(({ bridge }) => bridge?.facts.ifname === 'docker0');
    if (holds || docker.length === 0 || links.some((link) => cniBridges.test(link.facts.ifname))) return [];
    return docker.map(({ text, bridge }) => ({
      subject: `${view.id}/docker0`,
      title: `docker0 has ${text}, but flannel has given this host the subnet of ${given!.local}`,
      why: `Other hosts send what is for the subnet of ${given!.local} here, where nobody has it, and know no way to ${text}: containers reach no container of another host.`,
      evidence: [
        {
          fact: `${tunnel.facts.ifname} ${given!.local}/${given!.prefixlen}`,
          source: `ip addr (${home.name})`,
          link: tunnel.id,
        },
        {
          fact: `docker0 ${text}`,
          source: `ip addr (${home.name})`,
          ...(bridge === undefined ? {} : { link: bridge.id }),
        },
      ],
      remedies: [
        guided({
          title: 'Start docker with the subnet of flannel',
          changes: 'docker0 and all containers on it get addresses of the subnet.',
          scope: 'host',
          risk: 'Every container on docker0 stops and starts with a new address.',
          riskLevel: 'high',
          persistence: 'As long as docker starts after flanneld and reads its settings.',
          steps: [
            'Compare FLANNEL_SUBNET and FLANNEL_MTU in /run/flannel/subnet.env with bip and mtu in /etc/docker/daemon.json or the options dockerd was started with.',
            'Write the same into daemon.json (bip, mtu), or let docker.service read /run/flannel/docker and start after flanneld.',
            'Restart the engine.',
          ],
        }),
      ],
      affects: [
        tunnel.id,
        ...(bridge === undefined ? [] : [bridge.id]),
        ...view.engines.flatMap((engine) => engine.running.map(({ id }) => id)),
      ],
    }));
  },
};
