/** A bridge that carries running containers is switched off. */
import { affectsNetwork, namesOn } from '../affected.ts';
import type { Check } from '../check.ts';
import { isUp, where } from '../host-view.ts';
import { lostWithBridge } from '../lost-with-bridge.ts';
import { automatic, command, untilReboot } from '../remedies.ts';

export const bridgeDown: Check = {
  id: 'bridge-down',
  severity: 'error',
  gate: true,
  about:
    'The bridge of a network is administratively down: no frame passes between its containers, nor to the host. Somebody ran `ip link set ' +
    '… down`, or a network manager took the link over.',
  not: [
    'NO-CARRIER: normal for a bridge without running containers',
    'operstate DOWN with the UP flag set',
    'a bridge nobody runs on',
  ],
  references: ['moby#40217', 'moby#40170', 'moby#21175'],
  needs: ['links'],
  leadsTo: 'engine',
  hides: lostWithBridge,
  find: (view) =>
    view.engines.flatMap(({ netns, bridges }) =>
      bridges.flatMap((each) => {
        const { bridge, network } = each;
        if (bridge === undefined || isUp(bridge) || each.attachments.length === 0) return [];
        return {
          subject: bridge.facts.ifname,
          title: `Bridge ${bridge.facts.ifname} of network ${network.facts.name} is switched off`,
          why: `${namesOn(each)} cannot reach each other, the host or anybody else.`,
          evidence: [
            {
              fact: `${bridge.facts.ifname} has flags ${bridge.facts.flags.join(',')}: UP is missing`,
              source: `ip link ${where(netns)}`,
              link: bridge.id,
            },
          ],
          remedies: [
            automatic({
              title: `Switch ${bridge.facts.ifname} on`,
              changes: `Sets the UP flag of ${bridge.facts.ifname}.`,
              scope: 'link',
              commands: [command(netns, 'ip', 'link', 'set', 'dev', bridge.facts.ifname, 'up')],
              undo: [command(netns, 'ip', 'link', 'set', 'dev', bridge.facts.ifname, 'down')],
              persistence: `${untilReboot} The engine sets its bridges up when it starts.`,
            }),
          ],
          affects: affectsNetwork(each),
        };
      }),
    ),
};
