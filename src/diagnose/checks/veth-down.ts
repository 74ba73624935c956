/** One end of a running container's veth, or its macvlan, is switched off. */
import type { LinkNode, NetnsNode } from '../../graph/graph.ts';
import { affectsAttachment } from '../affected.ts';
import type { Check } from '../check.ts';
import type { Problem } from '../finding.ts';
import { type Attachment, type HostView, isUp, where } from '../host-view.ts';
import { automatic, command, untilRestart } from '../remedies.ts';

/** What needs frames to pass. */
const ofFrames = ['neighbour-unanswered', 'flow-blocked', 'bridge-port-blocked', 'container-gateway-unreachable'];

function problem(
  attachment: Attachment,
  link: LinkNode,
  netns: NetnsNode | undefined,
  side: 'host' | 'inside',
): Problem {
  const { container, endpoint } = attachment;
  const { ifname } = link.facts;
  return {
    subject: container.facts.name,
    title:
      side === 'host'
        ? `The host end ${ifname} of ${container.facts.name}'s link is switched off`
        : `${ifname} inside ${container.facts.name} is switched off`,
    why: `No frame passes between ${container.facts.name} and network ${endpoint.network}; senders get "no route to host" or nothing.`,
    evidence: [
      {
        fact: `${ifname} has flags ${link.facts.flags.join(',') || 'none'}: UP is missing`,
        source: `ip link ${where(netns)}`,
        link: link.id,
      },
    ],
    remedies: [
      automatic({
        title: `Switch ${ifname} on`,
        changes: `Sets the UP flag of ${ifname}${side === 'inside' ? '; the default route that went with it is added again' : ''}.`,
        scope: 'container',
        commands: [
          command(netns, 'ip', 'link', 'set', 'dev', ifname, 'up'),
          // Switching a link off inside deletes its routes; switching it on brings back the connected one alone.
          ...(side === 'inside' && endpoint.gateway4 !== undefined
            ? [command(netns, 'ip', 'route', 'replace', 'default', 'via', endpoint.gateway4, 'dev', ifname)]
            : []),
        ],
        undo: [command(netns, 'ip', 'link', 'set', 'dev', ifname, 'down')],
        persistence: untilRestart,
      }),
    ],
    affects: affectsAttachment(attachment),
    // Routes and addresses go with the end inside, not with the other one.
    ...(side === 'host' ? { hides: ofFrames } : {}),
  };
}

function check(view: HostView, attachment: Attachment, home: NetnsNode | undefined): readonly Problem[] {
  const { outside, inside } = attachment;
  const found: Problem[] = [];
  // An end that was moved to another netns is down for that reason.
  if (outside !== undefined && outside.netns === home?.id && !isUp(outside))
    found.push(problem(attachment, outside, view.netnsOf(outside.netns), 'host'));
  if (inside !== undefined && !isUp(inside))
    found.push(problem(attachment, inside, view.netnsOf(inside.netns), 'inside'));
  return found;
}

export const vethDown: Check = {
  id: 'veth-down',
  severity: 'error',
  about:
    'A veth carries frames only while both ends are up. One end of a running container’s link was switched off: by `ip link set … down`, by ' +
    'a program in the container with NET_ADMIN, or by a network manager.',
  not: ['a stopped container', 'LOWERLAYERDOWN alone: it only says that the other end is down'],
  references: ['moby#23407', 'man 8 ip-link'],
  needs: ['links'],
  hides: [...ofFrames, 'container-no-default-route', 'container-address-wrong'],
  find: (view) =>
    view.engines.flatMap(({ netns, bridges, onParents }) =>
      [...bridges, ...onParents].flatMap(({ attachments }) =>
        attachments.flatMap((attachment) => check(view, attachment, netns)),
      ),
    ),
};
