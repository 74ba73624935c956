/** Ports of one bridge are isolated from each other by a port flag. */
import { affectsAttachment, listNames } from '../affected.ts';
import type { Check } from '../check.ts';
import { where } from '../host-view.ts';
import { automatic, command, untilRestart } from '../remedies.ts';

export const bridgePortsIsolated: Check = {
  id: 'bridge-ports-isolated',
  severity: 'error',
  about:
    'Two ports with the flag `isolated` exchange no frames, while both still reach the host and ports without the flag. No engine sets it ' +
    'unless the network says icc=false: somebody else did.',
  not: [
    'a single isolated port: it still reaches everybody',
    'a network with icc=false, where containers are to be kept apart',
  ],
  references: ['man 8 bridge (isolated)', 'linux br_skb_isolated()'],
  needs: ['links'],
  hides: ['flow-blocked', 'neighbour-unanswered'],
  find: (view) =>
    view.engines.flatMap(({ netns, bridges }) =>
      bridges.flatMap(({ bridge, network, attachments }) => {
        if (bridge === undefined || network.facts.options['com.docker.network.bridge.enable_icc'] === 'false')
          return [];
        const isolated = attachments.filter(
          ({ outside }) => outside?.bridgePort?.isolated === true && outside.master === bridge.id,
        );
        if (isolated.length < 2) return [];
        const names = isolated.map(({ outside }) => outside!.facts.ifname);
        return {
          subject: bridge.facts.ifname,
          title: `${listNames(isolated.map(({ container }) => container.facts.name))} cannot reach each other: their bridge ports are isolated`,
          why: `Frames between ports with the flag isolated are dropped in ${bridge.facts.ifname}; the host still reaches both.`,
          evidence: isolated.map(({ outside }) => ({
            fact: `${outside!.facts.ifname} isolated on`,
            source: `bridge -d link ${where(netns)}`,
            link: outside!.id,
          })),
          remedies: [
            automatic({
              title: 'Take the flag off',
              changes: `Clears isolated on ${names.join(', ')}.`,
              scope: 'network',
              commands: names.map((name) => command(netns, 'bridge', 'link', 'set', 'dev', name, 'isolated', 'off')),
              undo: names.map((name) => command(netns, 'bridge', 'link', 'set', 'dev', name, 'isolated', 'on')),
              persistence: untilRestart,
            }),
          ],
          affects: [network.id, ...isolated.flatMap(affectsAttachment)],
        };
      }),
    ),
};
