/** The host end of a container's veth is in no bridge, in the wrong one, or in another netns. */
import type { LinkNode } from '../../graph/graph.ts';
import { affectsAttachment } from '../affected.ts';
import type { Check } from '../check.ts';
import type { Problem } from '../finding.ts';
import { type Attachment, type HostView, isUp, where } from '../host-view.ts';
import { automatic, command, recreateContainer, untilRestart } from '../remedies.ts';

/** Somebody took the outer end out of the netns of the bridge. By which name it would come back only whoever took it knows. */
function movedAway(view: HostView, { container, endpoint, ...ends }: Attachment, bridge: LinkNode): Problem {
  const [outside, inside] = [ends.outside!, ends.inside!];
  const netns = view.netnsOf(outside.netns);
  const { name } = container.facts;
  const { ifname } = outside.facts;
  return {
    subject: name,
    title: `The host end ${ifname} of ${name}'s link lies in ${netns?.name ?? 'another netns'}`,
    why: `It is no port of ${bridge.facts.ifname} there: nothing from network ${endpoint.network} reaches ${name}.`,
    evidence: [
      {
        fact: `${ifname} lies in ${netns?.name ?? 'another netns'}, ${bridge.facts.ifname} in ${view.netnsOf(bridge.netns)?.name}`,
        source: `ip -d link ${where(netns)}`,
        link: outside.id,
      },
      {
        fact: `its peer is ${inside.facts.ifname} of ${name}`,
        source: 'link-netnsid of both ends',
        link: inside.id,
      },
    ],
    remedies: [recreateContainer(name, 'The engine makes a new link, whose outer end is a port of the bridge.')],
    affects: affectsAttachment({ container, endpoint, outside, inside }),
  };
}

export const vethWithoutMaster: Check = {
  id: 'veth-without-master',
  severity: 'error',
  about:
    'A container on a bridge network reaches it by a veth whose outer end is a port of the bridge. When that end is taken out of the bridge, ' +
    'by hand or by a network manager, or moved to another netns, this one container is cut off while its neighbours are fine.',
  not: [
    'overlay sandboxes, whose outer end is a port of br0 in the netns of the overlay',
    'routed veths of Calico, Cilium or ipvlan-like drivers',
    'a stopped container',
  ],
  references: ['moby#26492', 'man 8 ip-link (nomaster)'],
  needs: ['links'],
  leadsTo: 'engine',
  hides: [
    'neighbour-unanswered',
    'flow-blocked',
    'bridge-port-blocked',
    'container-gateway-unreachable',
    'leftover-veth',
  ],
  find: (view) =>
    view.engines.flatMap(({ netns, bridges }) =>
      bridges.flatMap(({ bridge, network, attachments }) => {
        if (bridge === undefined || netns === undefined) return [];
        return attachments.flatMap((attachment) => {
          const { outside, inside, container } = attachment;
          if (outside === undefined || inside === undefined || outside.master === bridge.id) return [];
          if (outside.netns !== bridge.netns) return movedAway(view, attachment, bridge);
          const { ifname } = outside.facts;
          const now = view.link(outside.master)?.facts.ifname;
          return {
            subject: container.facts.name,
            title: `${container.facts.name} is not plugged into ${bridge.facts.ifname}`,
            why: `${ifname}, the host end of its ${inside.facts.ifname}, is ${now === undefined ? 'in no bridge' : `in ${now}`}: nothing from network ${network.facts.name} reaches it.`,
            evidence: [
              {
                fact: `${ifname} has ${now === undefined ? 'no master' : `master ${now}`}`,
                source: `ip -d link ${where(netns)}`,
                link: outside.id,
              },
              {
                fact: `its peer is ${inside.facts.ifname} of ${container.facts.name}, with ${attachment.endpoint.ipv4 ?? attachment.endpoint.mac ?? 'the endpoint'} of network ${network.facts.name}`,
                source: 'link-netnsid of both ends',
                link: inside.id,
              },
            ],
            remedies: [
              automatic({
                title: `Plug ${ifname} into ${bridge.facts.ifname}`,
                changes: `Makes ${ifname} a port of ${bridge.facts.ifname}${isUp(outside) ? '' : ' and sets it up'}.`,
                scope: 'container',
                commands: [
                  command(netns, 'ip', 'link', 'set', 'dev', ifname, 'master', bridge.facts.ifname),
                  ...(isUp(outside) ? [] : [command(netns, 'ip', 'link', 'set', 'dev', ifname, 'up')]),
                ],
                undo: [
                  ...(isUp(outside) ? [] : [command(netns, 'ip', 'link', 'set', 'dev', ifname, 'down')]),
                  now === undefined
                    ? command(netns, 'ip', 'link', 'set', 'dev', ifname, 'nomaster')
                    : command(netns, 'ip', 'link', 'set', 'dev', ifname, 'master', now),
                ],
                persistence: untilRestart,
              }),
            ],
            affects: affectsAttachment(attachment),
          };
        });
      }),
    ),
};
