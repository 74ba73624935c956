/** A link on a bridge network does not take part in address resolution. */

import type { LinkNode } from '../../graph/graph.ts';
import { affectsAttachment, affectsNetwork } from '../affected.ts';
import type { Check } from '../check.ts';
import type { Affected, Problem } from '../finding.ts';
import { type HostView, sysctlOf, where } from '../host-view.ts';
import { automatic, command, setSysctl, untilRestart } from '../remedies.ts';

/** Level 8: every question is ignored (Documentation/networking/ip-sysctl, arp_ignore). */
function ignoring(view: HostView, link: LinkNode, name: string, affects: readonly Affected[]): readonly Problem[] {
  const netns = view.netnsOf(link.netns);
  return ['all', link.facts.ifname].flatMap((scope) => {
    const setting = `ipv4.conf.${scope}.arp_ignore`;
    const value = sysctlOf(netns, setting);
    if (value !== '8') return [];
    return {
      subject: name,
      title: `${link.facts.ifname} ${where(netns)} ignores every question for its MAC address`,
      why: 'Neighbours that do not know it already cannot learn where to send frames for it.',
      evidence: [
        {
          fact: `net.${setting} = ${value}`,
          source: `sysctl ${where(netns)}`,
          ...(netns === undefined ? {} : { netns: netns.id }),
        },
      ],
      remedies: [
        setSysctl(netns, `net.${setting}`, '0', value, {
          title: 'Let it answer again',
          changes: `net.${setting} goes from ${value} to 0.`,
          scope: 'container',
        }),
      ],
      affects,
    };
  });
}

function problem(view: HostView, link: LinkNode, name: string, affects: readonly Affected[]): Problem {
  const netns = view.netnsOf(link.netns);
  const { ifname } = link.facts;
  return {
    subject: name,
    title: `${ifname} ${where(netns)} neither asks nor answers for MAC addresses (NOARP)`,
    why: 'Neighbours cannot learn where to send frames for it, and it cannot learn where to send its own.',
    evidence: [
      { fact: `${ifname} has flags ${link.facts.flags.join(',')}`, source: `ip link ${where(netns)}`, link: link.id },
    ],
    remedies: [
      automatic({
        title: `Let ${ifname} resolve addresses again`,
        changes: `Clears the NOARP flag of ${ifname}.`,
        scope: 'link',
        commands: [command(netns, 'ip', 'link', 'set', 'dev', ifname, 'arp', 'on')],
        undo: [command(netns, 'ip', 'link', 'set', 'dev', ifname, 'arp', 'off')],
        persistence: untilRestart,
      }),
    ],
    affects,
  };
}

export const linkWithoutArp: Check = {
  id: 'link-without-arp',
  severity: 'error',
  about:
    'With `arp off` a link sends no neighbour requests and answers none. On a bridge network nobody can then send it a frame, unless every neighbour entry is written by hand.',
  not: [
    'ipvlan in mode l3, point-to-point links and tunnels, where NOARP is normal',
    'a container that is not running',
    'lower levels of arp_ignore, which hosts with several addresses use',
  ],
  references: ['man 8 ip-link (arp)'],
  needs: ['links'],
  hides: ['flow-blocked', 'neighbour-unanswered', 'stale-neighbour'],
  find: (view) =>
    view.engines.flatMap(({ bridges }) =>
      bridges.flatMap((each) => {
        const { bridge, attachments } = each;
        const noArp = (link: LinkNode | undefined): link is LinkNode =>
          link?.facts.flags.includes('NOARP') === true && link.facts.link_type === 'ether';
        return [
          ...(bridge === undefined || attachments.length === 0
            ? []
            : ignoring(view, bridge, bridge.facts.ifname, affectsNetwork(each))),
          ...attachments.flatMap((attachment) =>
            attachment.inside === undefined
              ? []
              : ignoring(view, attachment.inside, attachment.container.facts.name, affectsAttachment(attachment)),
          ),
          ...(noArp(bridge) && attachments.length > 0
            ? [problem(view, bridge, bridge.facts.ifname, affectsNetwork(each))]
            : []),
          ...attachments.flatMap((attachment) =>
            noArp(attachment.inside)
              ? [problem(view, attachment.inside, attachment.container.facts.name, affectsAttachment(attachment))]
              : [],
          ),
        ];
      }),
    ),
};
