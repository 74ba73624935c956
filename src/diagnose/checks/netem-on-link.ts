/** A link delays, loses or reorders packets on purpose. */

import type { LinkNode } from '../../graph/graph.ts';
import { affectsAttachment } from '../affected.ts';
import type { Check } from '../check.ts';
import type { Affected, Problem } from '../finding.ts';
import { type HostView, where } from '../host-view.ts';
import { command, guided, untilReboot } from '../remedies.ts';

function problem(view: HostView, link: LinkNode, affects: readonly Affected[]): Problem {
  const netns = view.netnsOf(link.netns);
  const { ifname } = link.facts;
  return {
    subject: netns?.facts.isHost === true ? ifname : `${netns?.name}/${ifname}`,
    title: `${ifname} ${where(netns)} delays or loses packets on purpose (netem)`,
    why: 'A network emulator is the queue of this link: somebody tests bad networks, or forgot to stop.',
    evidence: [{ fact: `qdisc netem on ${ifname}`, source: `ip link ${where(netns)}`, link: link.id }],
    remedies: [
      guided({
        title: `Remove the emulator from ${ifname}`,
        changes: `${ifname} gets its default queue back. Its settings are lost: note \`tc qdisc show dev ${ifname}\` first.`,
        scope: 'link',
        risk: 'Packets that wait in it are dropped.',
        riskLevel: 'low',
        persistence: untilReboot,
        commands: [command(netns, 'tc', 'qdisc', 'del', 'dev', ifname, 'root')],
      }),
    ],
    affects: [link.id, ...affects],
  };
}

export const netemOnLink: Check = {
  id: 'netem-on-link',
  severity: 'warning',
  about:
    'The queueing discipline `netem` delays, drops, duplicates or reorders packets as told. No engine sets it: it is left over from a test, or somebody still tests.',
  not: ['any other queueing discipline', 'links of containers that are not looked at by any engine'],
  references: ['man 8 tc-netem'],
  needs: ['links'],
  hides: [],
  find: (view) => {
    const found = new Map<string, Problem>();
    for (const { netns, bridges } of view.engines) {
      for (const id of netns?.links ?? []) {
        const link = view.link(id);
        if (link?.facts.qdisc === 'netem') found.set(link.id, problem(view, link, []));
      }
      for (const attachment of bridges.flatMap((bridge) => bridge.attachments)) {
        for (const link of [attachment.inside, attachment.outside]) {
          if (link?.facts.qdisc === 'netem') found.set(link.id, problem(view, link, affectsAttachment(attachment)));
        }
      }
    }
    return [...found.values()];
  },
};
