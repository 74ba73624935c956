/** A network has no addresses left for another container. */
import { addressBits, parsePrefix } from '../../std/ip-address.ts';
import type { Check } from '../check.ts';
import { guided } from '../remedies.ts';

export const networkAddressesExhausted: Check = {
  id: 'network-addresses-exhausted',
  severity: 'warning',
  about:
    'Every container on a network takes one address of its subnet (or of its ip-range); network address, broadcast and gateway are taken too. When none is left, the next container fails with "no available IPv4 addresses".',
  not: [
    'a large subnet with many containers',
    'overlay networks, whose addresses are given out by the managers',
    'stopped containers, which hold none',
  ],
  references: ['moby#52661', 'moby libnetwork/endpoint.go'],
  needs: [],
  find: (view) =>
    view.engines.flatMap(({ engine, networks, running }) =>
      networks.flatMap((network) => {
        const { name, driver, subnets } = network.facts;
        if (!['bridge', 'macvlan', 'ipvlan'].includes(driver)) return [];
        const own = subnets.filter(({ subnet }) => parsePrefix(subnet)?.family === 4);
        const range = parsePrefix(own[0]?.ipRange || (own[0]?.subnet ?? ''));
        if (own.length !== 1 || range === undefined || range.length < 16) return [];
        // Of a whole subnet the first, the last and the gateway's address are taken; of a range within it none need be.
        const size = 2 ** (addressBits(4) - range.length) - (own[0]?.ipRange ? 0 : 3);
        const used = running.filter((container) => container.networks.includes(network.id)).length;
        if (used < size || size <= 0) return [];
        return {
          subject: name,
          title: `Network ${name} has no addresses left`,
          why: `${used} containers use all of ${own[0]!.ipRange || own[0]!.subnet}; another cannot be started on it.`,
          evidence: [
            { fact: `${used} running containers, room for ${size}`, source: `${engine.kind} network inspect ${name}` },
          ],
          remedies: [
            guided({
              title: 'Make a larger network',
              changes: 'Containers are attached to a network with a larger subnet.',
              scope: 'network',
              risk: 'They are interrupted for a moment.',
              riskLevel: 'medium',
              persistence: 'For good.',
              steps: ['docker network create --subnet …, docker network connect …'],
            }),
          ],
          affects: [network.id],
        };
      }),
    ),
};
