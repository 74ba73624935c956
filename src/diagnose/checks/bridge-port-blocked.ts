/** A bridge port of a running container does not forward frames. */
import { affectsAttachment } from '../affected.ts';
import type { Check } from '../check.ts';
import { isUp, where } from '../host-view.ts';
import { automatic, command, guided, untilReboot, untilRestart } from '../remedies.ts';

const numbers: Readonly<Record<string, string>> = {
  disabled: '0',
  listening: '1',
  learning: '2',
  forwarding: '3',
  blocking: '4',
};

const usesStp = (data: Readonly<Record<string, unknown>> | undefined) => Number(data?.['stp_state'] ?? 0) !== 0;

export const bridgePortBlocked: Check = {
  id: 'bridge-port-blocked',
  severity: 'error',
  about:
    'A port whose state is not `forwarding` takes no frames. With spanning tree on, a new port waits twice the forward delay before it ' +
    'forwards; a port in state disabled or blocking without spanning tree was set so by hand.',
  not: [
    'listening or learning while spanning tree is on: the port is on its way',
    'a port that is down',
    'overlay bridges',
  ],
  references: ['man 8 bridge (state)', 'moby#3043'],
  needs: ['links'],
  hides: ['neighbour-unanswered', 'flow-blocked', 'container-gateway-unreachable'],
  find: (view) =>
    view.engines.flatMap(({ netns, bridges }) =>
      bridges.flatMap(({ bridge, attachments }) =>
        attachments.flatMap((attachment) => {
          const { outside, container } = attachment;
          const state = outside?.bridgePort?.state;
          if (bridge === undefined || outside === undefined || state === undefined || state === 'forwarding') return [];
          if (outside.master !== bridge.id || !isUp(outside) || !isUp(bridge)) return [];
          const stp = usesStp(bridge.facts.linkinfo?.info_data);
          // A port without carrier is disabled by the bridge itself.
          if (!outside.facts.flags.includes('LOWER_UP')) return [];
          const onItsWay = stp && (state === 'listening' || state === 'learning');
          const { ifname } = outside.facts;
          return {
            subject: container.facts.name,
            severity: onItsWay ? ('warning' as const) : ('error' as const),
            title: `Bridge port ${ifname} of ${container.facts.name} is in state ${state}`,
            why: onItsWay
              ? `Spanning tree is on: ${container.facts.name} has no network until the port forwards, up to twice the forward delay after it came up.`
              : `${bridge.facts.ifname} takes no frames from ${container.facts.name} and gives it none.`,
            evidence: [
              { fact: `${ifname} state ${state}`, source: `bridge -d link ${where(netns)}`, link: outside.id },
              {
                fact: `${bridge.facts.ifname} stp_state ${stp ? 1 : 0}`,
                source: `ip -d link ${where(netns)}`,
                link: bridge.id,
              },
            ],
            remedies: onItsWay
              ? [
                  guided({
                    title: `Switch spanning tree off on ${bridge.facts.ifname}`,
                    changes: 'New ports forward at once.',
                    scope: 'network',
                    risk: 'With a physical port in the bridge a loop would no longer be found: a storm can cut off the host.',
                    riskLevel: 'medium',
                    persistence: untilReboot,
                    commands: [
                      command(
                        netns,
                        'ip',
                        'link',
                        'set',
                        'dev',
                        bridge.facts.ifname,
                        'type',
                        'bridge',
                        'stp_state',
                        '0',
                      ),
                    ],
                    undo: [
                      command(
                        netns,
                        'ip',
                        'link',
                        'set',
                        'dev',
                        bridge.facts.ifname,
                        'type',
                        'bridge',
                        'stp_state',
                        '1',
                      ),
                    ],
                  }),
                ]
              : [
                  automatic({
                    title: `Let ${ifname} forward`,
                    changes: `Sets the state of the port ${ifname} to forwarding.`,
                    scope: 'container',
                    commands: [command(netns, 'bridge', 'link', 'set', 'dev', ifname, 'state', '3')],
                    undo: [command(netns, 'bridge', 'link', 'set', 'dev', ifname, 'state', numbers[state] ?? '0')],
                    persistence: untilRestart,
                  }),
                ],
            affects: affectsAttachment(attachment),
          };
        }),
      ),
    ),
};
