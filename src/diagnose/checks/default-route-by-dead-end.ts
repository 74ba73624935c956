/** A container on several networks has its default route on one that does not lead out, while another does. */
import type { NetworkNode } from '../../graph/graph.ts';
import type { Check } from '../check.ts';
import { type Attachment, type EngineView, optionOf, where } from '../host-view.ts';
import { guided } from '../remedies.ts';

/** What keeps packets of this network from getting out, or answers from coming back; undefined: nothing. */
function deadEnd(network: NetworkNode): string | undefined {
  if (network.facts.internal) return 'is internal: nothing leaves it';
  if (optionOf(network, 'com.docker.network.bridge.enable_ip_masquerade') === 'false')
    return 'is not masqueraded: only a router that knows the way back answers';
  return undefined;
}

interface Place {
  readonly network: NetworkNode;
  readonly attachment: Attachment;
}

const placesOf = ({ bridges }: EngineView, id: string): readonly Place[] =>
  bridges.flatMap(({ network, attachments }) =>
    attachments.filter(({ container }) => container.id === id).map((attachment) => ({ network, attachment })),
  );

export const defaultRouteByDeadEnd: Check = {
  id: 'default-route-by-dead-end',
  severity: 'warning',
  about:
    'A container has one default route, however many networks it is on. Unless told by a priority, the engine takes the network whose name comes first, and may ' +
    'move the route when another network is connected: what went out before then leaves by a network that leads nowhere.',
  not: [
    'a container on one network',
    'several networks that all lead out, or none',
    'a network that was given the higher priority (gw-priority)',
  ],
  references: ['moby#20179', 'moby#21741', 'docker network connect --gw-priority'],
  needs: [],
  leadsTo: 'engine',
  hides: ['flow-blocked', 'container-gateway-unreachable'],
  find: (view) =>
    view.engines.flatMap((engine) =>
      engine.running.flatMap((container) => {
        const netns = view.netnsOf(container.netns);
        const route = netns?.facts.routes?.find(({ dst, type }) => dst === 'default' && type === 'unicast');
        const places = placesOf(engine, container.id);
        const taken = places.find(({ attachment }) => attachment.inside?.facts.ifname === route?.dev);
        const why = taken === undefined ? undefined : deadEnd(taken.network);
        const better = places.find(
          ({ network, attachment }) =>
            deadEnd(network) === undefined &&
            network.facts.driver === 'bridge' &&
            (attachment.endpoint.gateway4 ?? '') !== '',
        );
        if (route === undefined || taken === undefined || why === undefined || better === undefined) return [];
        const priority = ({ attachment }: Place) => attachment.endpoint.gwPriority ?? 0;
        if (priority(taken) > priority(better)) return [];
        const { name } = container.facts;
        const [from, to] = [taken.network.facts.name, better.network.facts.name];
        return {
          subject: name,
          title: `${name} leaves by network ${from}, which leads nowhere, though it is on ${to} too`,
          why: `Network ${from} ${why}.`,
          evidence: [
            {
              fact: `default via ${route.gateway ?? '?'} dev ${route.dev ?? '?'}`,
              source: `ip route ${where(netns)}`,
              ...(netns === undefined ? {} : { netns: netns.id }),
            },
            {
              fact: `${route.dev} is on ${from}; ${better.attachment.inside?.facts.ifname ?? 'another link'} on ${to} has gateway ${better.attachment.endpoint.gateway4}`,
              source: `docker inspect ${name}`,
              container: container.id,
            },
          ],
          remedies: [
            guided({
              title: `Let ${name} leave by ${to}`,
              changes: `The default route of ${name} moves to its link on ${to}.`,
              scope: 'container',
              risk: `${name} leaves ${to} for a moment; its connections end.`,
              riskLevel: 'medium',
              persistence: 'For good with a priority; a route set by hand lasts until the container restarts.',
              steps: [
                `28 and later: docker network disconnect ${to} ${name}; docker network connect --gw-priority 1 ${to} ${name}`,
                `before: ip route replace default via ${better.attachment.endpoint.gateway4}, inside ${name}`,
              ],
            }),
          ],
          affects: [container.id],
        };
      }),
    ),
};
