/** Containers of one network are kept apart on purpose. */

import { tracePacket } from '../../trace/trace-packet.ts';
import { namesOn } from '../affected.ts';
import type { Check } from '../check.ts';
import { type BridgeNetwork, type HostView, optionOf } from '../host-view.ts';

/** Somebody else's rules (firewalld's zone of the bridge) can let pass what the engine's would stop: the first two tell. */
function passesAllTheSame({ graph }: HostView, { attachments }: BridgeNetwork): boolean {
  const [one, other] = attachments.filter(({ container }) => container.netns !== undefined);
  if (one === undefined || other?.endpoint.ipv4 === undefined || one.container.netns === other.container.netns)
    return false;
  const trace = tracePacket(graph, { from: `container:${one.container.facts.fullId}`, to: other.endpoint.ipv4 });
  return !('error' in trace) && trace.outcome === 'delivered';
}

export const iccDisabled: Check = {
  id: 'icc-disabled',
  severity: 'info',
  about:
    'A network with enable_icc=false lets its containers reach the outside, but not each other, except through published ports or legacy links. That is a choice, not a fault.',
  not: ['docker_gwbridge, which is always so', 'a network with fewer than two containers'],
  references: ['moby#31453', 'moby#12071'],
  needs: [],
  find: (view) =>
    view.engines.flatMap(({ engine, bridges }) =>
      bridges
        .filter(
          ({ network, attachments }) =>
            optionOf(network, 'com.docker.network.bridge.enable_icc') === 'false' &&
            attachments.length > 1 &&
            network.facts.name !== 'docker_gwbridge',
        )
        .map((each) => ({
          subject: each.network.facts.name,
          ...(passesAllTheSame(view, each)
            ? {
                title: `Containers of network ${each.network.facts.name} reach each other although icc=false`,
                why: `${namesOn(each)} are to be kept apart, but the rules as they stand let their packets pass.`,
              }
            : {
                title: `Containers of network ${each.network.facts.name} are kept apart (icc=false)`,
                why: `${namesOn(each)} cannot reach each other by design.`,
              }),
          evidence: [
            {
              fact: 'com.docker.network.bridge.enable_icc=false',
              source: `${engine.kind} network inspect ${each.network.facts.name}`,
            },
          ],
          remedies: [],
          affects: [each.network.id],
        })),
    ),
};
