/** This host and its macvlan or ipvlan containers do not reach each other. */

import { listNames } from '../affected.ts';
import type { Check } from '../check.ts';
import { guided, untilReboot } from '../remedies.ts';

export const macvlanHostIsolation: Check = {
  id: 'macvlan-host-isolation',
  severity: 'info',
  about:
    'By the kernel’s design a macvlan or ipvlan link and its parent exchange no frames: everybody on the LAN reaches such a container but the host it runs on. A macvlan link of the host’s own on the same parent gets around it.',
  not: ['a host that has such a link of its own', 'internal networks', 'a network nobody runs on'],
  references: ['docker/docs#16360', 'linux drivers/net/macvlan.c'],
  needs: ['links'],
  find: (view) =>
    view.engines.flatMap(({ netns, networks, running, engine }) =>
      networks.flatMap((network) => {
        const { driver, name, options, internal } = network.facts;
        const parent = options['parent'];
        const users = running.filter((container) => container.networks.includes(network.id));
        if (
          (driver !== 'macvlan' && driver !== 'ipvlan') ||
          internal ||
          users.length === 0 ||
          parent === undefined ||
          netns === undefined
        )
          return [];
        const shim = netns.links.some((id) => {
          const link = view.link(id);
          return (
            link?.kind === driver &&
            link.lowerLink?.certainty === 'exact' &&
            view.link(link.lowerLink.to)?.facts.ifname === parent
          );
        });
        if (shim) return [];
        return {
          subject: name,
          title: `This host does not reach ${listNames(users.map((container) => container.facts.name))} on ${driver} network ${name}`,
          why: `${parent} and the ${driver} links on it exchange no frames; everybody else on the LAN reaches them.`,
          evidence: [{ fact: `driver ${driver}, parent ${parent}`, source: `${engine.kind} network inspect ${name}` }],
          remedies: [
            guided({
              title: 'Give the host a link of its own on the same parent',
              changes: 'The host reaches the containers through it.',
              scope: 'host',
              risk: 'The address must be free on the LAN.',
              riskLevel: 'low',
              persistence: untilReboot,
              steps: [
                `ip link add vs-shim link ${parent} type ${driver} mode ${driver === 'macvlan' ? 'bridge' : 'l2'}`,
                'ip addr add FREE-ADDRESS/32 dev vs-shim; ip link set vs-shim up',
                'ip route add CONTAINER-ADDRESS/32 dev vs-shim',
              ],
            }),
          ],
          affects: [network.id],
        };
      }),
    ),
};
