/** A link delays, loses, reorders or swallows packets on purpose. */

import type { LinkNode } from '../../graph/graph.ts';
import { affectsAttachment } from '../affected.ts';
import type { Check } from '../check.ts';
import type { Affected, Problem } from '../finding.ts';
import { type HostView, where } from '../host-view.ts';
import { command, guided, untilReboot } from '../remedies.ts';

/** Queues that no engine sets, and what they do to packets. */
const purposes: Readonly<Record<string, { readonly does: string; readonly why: string }>> = {
  netem: {
    does: 'delays or loses packets on purpose',
    why: 'A network emulator is the queue of this link: somebody tests bad networks, or forgot to stop.',
  },
  blackhole: {
    does: 'throws away every packet it should send',
    why: 'Its queue is a blackhole: nothing leaves by this link.',
  },
};

const isOnPurpose = (link: LinkNode | undefined): link is LinkNode => (link?.facts.qdisc ?? '') in purposes;

function problem(view: HostView, link: LinkNode, affects: readonly Affected[]): Problem {
  const netns = view.netnsOf(link.netns);
  const { ifname, qdisc = '' } = link.facts;
  return {
    subject: netns?.facts.isHost === true ? ifname : `${netns?.name}/${ifname}`,
    severity: qdisc === 'blackhole' ? 'error' : 'warning',
    title: `${ifname} ${where(netns)} ${purposes[qdisc]?.does} (${qdisc})`,
    why: purposes[qdisc]?.why ?? '',
    evidence: [{ fact: `qdisc ${qdisc} on ${ifname}`, source: `ip link ${where(netns)}`, link: link.id }],
    remedies: [
      guided({
        title: `Remove ${qdisc} from ${ifname}`,
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
    'The queueing discipline `netem` delays, drops, duplicates or reorders packets as told, and `blackhole` drops them all. No engine sets it: it is left over from a test, or somebody still tests.',
  not: ['any other queueing discipline', 'links of containers that are not looked at by any engine'],
  references: ['man 8 tc-netem', 'linux net/sched/sch_blackhole.c'],
  needs: ['links'],
  hides: ['neighbour-unanswered'],
  find: (view) => {
    const found = new Map<string, Problem>();
    for (const { netns, bridges } of view.engines) {
      for (const id of netns?.links ?? []) {
        const link = view.link(id);
        if (isOnPurpose(link)) found.set(link.id, problem(view, link, []));
      }
      for (const attachment of bridges.flatMap((bridge) => bridge.attachments)) {
        for (const link of [attachment.inside, attachment.outside]) {
          if (isOnPurpose(link)) found.set(link.id, problem(view, link, affectsAttachment(attachment)));
        }
      }
    }
    return [...found.values()];
  },
};
