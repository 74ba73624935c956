/** A bridge is about to be full: it takes 1023 ports. */
import type { Check } from '../check.ts';
import { where } from '../host-view.ts';
import { guided } from '../remedies.ts';

/** linux net/bridge BR_PORT_BITS 10: port numbers 1 to 1023. */
const limit = 1023;

export const bridgePortLimit: Check = {
  id: 'bridge-port-limit',
  severity: 'warning',
  about:
    'A Linux bridge takes 1023 ports. The next container fails with "exchange full"; shortly before, broadcasts overflow the receive queue and neighbours seem to vanish.',
  not: ['many containers spread over several bridges', 'a subnet that is full first'],
  references: ['moby#44973', 'linux net/bridge/br_private.h BR_PORT_BITS'],
  needs: ['links'],
  find: (view) =>
    view.netns.flatMap((netns) =>
      netns.links.flatMap((id) => {
        const bridge = view.link(id);
        if (bridge?.kind !== 'bridge' || bridge.ports.length < limit - 63) return [];
        const full = bridge.ports.length >= limit;
        return {
          subject: bridge.facts.ifname,
          severity: full ? ('error' as const) : ('warning' as const),
          title: full
            ? `Bridge ${bridge.facts.ifname} is full`
            : `Bridge ${bridge.facts.ifname} has ${bridge.ports.length} of ${limit} ports`,
          why: 'One more container than that cannot be started on it.',
          evidence: [
            {
              fact: `${bridge.ports.length} ports`,
              source: `ip link show master ${bridge.facts.ifname} ${where(netns)}`,
              link: bridge.id,
            },
          ],
          remedies: [
            guided({
              title: 'Spread the containers over several networks',
              changes: 'Each network has a bridge of its own.',
              scope: 'network',
              risk: 'Containers are attached anew.',
              riskLevel: 'medium',
              persistence: 'For good.',
              steps: ['docker network create …', 'docker network connect …'],
            }),
          ],
          affects: [bridge.id],
        };
      }),
    ),
};
