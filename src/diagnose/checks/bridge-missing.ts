/** A network's bridge does not exist: nobody on it can be reached, and starting a container fails. */
import { affectsNetwork, namesOn } from '../affected.ts';
import type { Check } from '../check.ts';
import { optionOf, where } from '../host-view.ts';
import { lostWithBridge } from '../lost-with-bridge.ts';
import { restartEngine } from '../remedies.ts';

export const bridgeMissing: Check = {
  id: 'bridge-missing',
  severity: 'error',
  gate: true,
  about:
    'The bridge of an engine network was deleted (by hand, by a clean-up script, by NetworkManager or a CNI tool). Containers lose their ' +
    'network at once, and starting one fails with "could not find bridge". The engine makes its bridges again when it starts.',
  not: [
    'a network of another driver',
    'a rootless engine, whose bridges live in its own netns',
    'links that were not read',
    'a Podman network, whose API does not say what its bridge is called',
  ],
  references: ['moby#27426', 'moby#15341', 'moby#34460'],
  needs: ['links'],
  leadsTo: 'engine',
  hides: lostWithBridge,
  find: (view) =>
    view.engines.flatMap(({ engine, netns, bridges }) => {
      if (netns?.facts.links === undefined || engine.rootless) return [];
      return (
        bridges
          .filter(({ bridge, ifname }) => bridge === undefined && view.linkNamed(netns.id, ifname) === undefined)
          // Podman makes a bridge when the first container starts and takes it away after the last; mostly it does not even say its name.
          .filter(
            ({ attachments, network }) =>
              engine.kind === 'docker' ||
              (attachments.length > 0 && (optionOf(network, 'network_interface') ?? '') !== ''),
          )
          .map((each) => ({
            subject: each.ifname,
            title: `Bridge ${each.ifname} of network ${each.network.facts.name} does not exist`,
            why:
              each.attachments.length === 0
                ? `No container can be started on network ${each.network.facts.name}.`
                : `${namesOn(each)} cannot reach anybody, and no container can be started on this network.`,
            evidence: [
              { fact: `no link ${each.ifname}`, source: `ip link ${where(netns)}`, netns: netns.id },
              {
                fact: `network ${each.network.facts.name} has driver bridge`,
                source: `${engine.kind} network inspect`,
              },
            ],
            remedies: [restartEngine(engine.liveRestore)],
            affects: [each.network.id, ...affectsNetwork(each)],
          }))
      );
    }),
};
