/** A running container was taken off its network: nobody reaches it, and it reaches nobody. */
import type { ContainerNode } from '../../graph/graph.ts';
import type { Check } from '../check.ts';
import { type HostView, where } from '../host-view.ts';
import { guided } from '../remedies.ts';

/** Links that somebody else gave it, with addresses. */
const hasOthers = (view: HostView, { links }: ContainerNode): boolean =>
  links.some((id) => {
    const link = view.link(id);
    return link?.kind !== 'loopback' && link?.addresses.some(({ scope }) => scope === 'global') === true;
  });

export const containerWithoutNetwork: Check = {
  id: 'container-without-network',
  severity: 'error',
  about:
    'A container that was started on a network and disconnected from it runs on with nothing but its loopback: names that others know it by are gone, published ' +
    'ports lead nowhere, and it reaches nobody. The engine connects it again only when told.',
  not: [
    'mode none, host and container:X',
    'a container with links of somebody else’s making, such as pipework’s',
    'a container that is not running',
  ],
  references: ['docker network disconnect'],
  needs: [],
  find: (view) =>
    view.engines.flatMap(({ engine, running }) =>
      running.flatMap((container) => {
        const { name, mode, endpoints, networkMode } = container.facts;
        const netns = view.netnsOf(container.netns);
        if (['none', 'host', 'container', 'path'].includes(mode) || endpoints.length > 0) return [];
        if (engine.kind !== 'docker' || netns?.facts.links === undefined || netns.facts.isHost) return [];
        if (hasOthers(view, container)) return [];
        const network = networkMode === 'default' ? 'bridge' : networkMode;
        return {
          subject: name,
          title: `${name} is on no network any more: it was started on ${network}`,
          why: 'Nobody reaches it, by name, address or published port, and it reaches nobody.',
          evidence: [
            {
              fact: `NetworkMode ${networkMode}, Networks empty`,
              source: `docker inspect ${name}`,
              container: container.id,
            },
            { fact: 'no link but loopback has an address', source: `ip addr ${where(netns)}`, netns: netns.id },
          ],
          remedies: [
            guided({
              title: `Connect ${name} to ${network} again`,
              changes: `The engine gives ${name} a link and an address on ${network}; its aliases have to be given again.`,
              scope: 'container',
              risk: 'Nobody is interrupted.',
              riskLevel: 'low',
              persistence: 'For good.',
              commands: [{ argv: ['docker', 'network', 'connect', network, name] }],
              undo: [{ argv: ['docker', 'network', 'disconnect', network, name] }],
            }),
          ],
          affects: [container.id],
        };
      }),
    ),
};
