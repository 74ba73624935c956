/** A bridge port of a running container is told not to flood, not to learn, or to take frames of known senders only. */
import type { LinkNode, NetnsNode } from '../../graph/graph.ts';
import type { FdbEntry } from '../../model/link.ts';
import { affectsAttachment } from '../affected.ts';
import type { Check } from '../check.ts';
import { type Attachment, isUp, where } from '../host-view.ts';
import { automatic, command, untilRestart } from '../remedies.ts';

interface Wrong {
  readonly flag: 'bcast_flood' | 'flood' | 'locked';
  readonly now: 'on' | 'off';
  readonly why: string;
}

const flagOf = (port: LinkNode, name: string): boolean | undefined => {
  const value = port.facts.linkinfo?.info_slave_data?.[name];
  return typeof value === 'boolean' ? value : undefined;
};

const knows = (fdb: readonly FdbEntry[] | undefined, port: LinkNode, mac: string | undefined): boolean =>
  fdb === undefined ||
  fdb.some((entry) => entry.ifname === port.facts.ifname && entry.mac.toLowerCase() === mac?.toLowerCase());

function wrongFlags(
  { inside, container }: Attachment,
  port: LinkNode,
  fdb: readonly FdbEntry[] | undefined,
): readonly Wrong[] {
  // Asked only of a port that is closed: the table of a busy host is long.
  const isKnown = (): boolean => knows(fdb, port, inside?.facts.address);
  const { name } = container.facts;
  return [
    ...(flagOf(port, 'bcast_flood') === false
      ? [
          {
            flag: 'bcast_flood',
            now: 'off',
            why: `broadcasts, and so all questions for its MAC address, do not reach ${name}: who does not know it already cannot reach it`,
          } as const,
        ]
      : []),
    // What it learnt, or somebody wrote, is delivered without flooding.
    ...(flagOf(port, 'flood') === false && flagOf(port, 'learning') === false && !isKnown()
      ? [
          {
            flag: 'flood',
            now: 'off',
            why: `the bridge neither learns nor has an entry for ${name}, and frames to unknown addresses do not go out of its port`,
          } as const,
        ]
      : []),
    ...(flagOf(port, 'locked') === true && !isKnown()
      ? [
          {
            flag: 'locked',
            now: 'on',
            why: `the port takes frames only of senders in the forwarding database, and ${name} is not there`,
          } as const,
        ]
      : []),
  ];
}

function problem(netns: NetnsNode | undefined, attachment: Attachment, port: LinkNode, wrong: readonly Wrong[]) {
  const { ifname } = port.facts;
  const set = (to: (one: Wrong) => string) =>
    command(netns, 'bridge', 'link', 'set', 'dev', ifname, ...wrong.flatMap((one) => [one.flag, to(one)]));
  const { name } = attachment.container.facts;
  const words = wrong.map(({ flag, now }) => `${flag} ${now}`).join(', ');
  return {
    subject: name,
    title: `Bridge port ${ifname} of ${name} is set to ${words}`,
    why: `${wrong
      .map(({ why }) => why)
      .join('; ')
      .replace(/^./, (first) => first.toUpperCase())}.`,
    evidence: [{ fact: `${ifname} ${words}`, source: `bridge -d link ${where(netns)}`, link: port.id }],
    remedies: [
      automatic({
        title: `Let ${ifname} forward like its neighbours`,
        changes: `Changes ${words} of ${ifname}.`,
        scope: 'container',
        commands: [set(({ now }) => (now === 'on' ? 'off' : 'on'))],
        undo: [set(({ now }) => now)],
        persistence: untilRestart,
      }),
    ],
    affects: affectsAttachment(attachment),
  };
}

export const bridgePortFloodOff: Check = {
  id: 'bridge-port-flood-off',
  severity: 'error',
  about:
    'A bridge port can be told not to send out broadcasts or frames for unknown addresses, not to learn, or to be locked for unknown senders. Engines leave all of ' +
    'that open; where it was closed by hand and no forwarding entry makes up for it, a container behind the port is not found.',
  not: [
    'a port without flooding whose container has an entry in the forwarding database',
    'a locked port whose container has such an entry',
    'flooding of unknown addresses off on a port that learns',
    'a port that is down',
  ],
  references: ['man 8 bridge (bcast_flood, flood, learning, locked)', 'linux br_forward.c: br_flood()'],
  needs: ['links', 'fdb'],
  hides: ['flow-blocked', 'neighbour-unanswered', 'container-gateway-unreachable'],
  find: (view) =>
    view.engines.flatMap(({ netns, bridges }) =>
      bridges.flatMap(({ bridge, attachments }) =>
        attachments.flatMap((attachment) => {
          const { outside } = attachment;
          if (outside === undefined || outside.master !== bridge?.id || !isUp(outside)) return [];
          const wrong = wrongFlags(attachment, outside, netns?.facts.fdb);
          return wrong.length === 0 ? [] : [problem(netns, attachment, outside, wrong)];
        }),
      ),
    ),
};
