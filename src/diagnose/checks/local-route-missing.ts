/** A link has its address, but the kernel does not take packets for it: the entry of table local is gone. */
import type { LinkNode, NetnsNode } from '../../graph/graph.ts';
import { affectsAttachment, affectsNetwork } from '../affected.ts';
import type { Check } from '../check.ts';
import type { Affected, Problem } from '../finding.ts';
import { type HostView, where } from '../host-view.ts';
import { automatic, command, untilReboot, untilRestart } from '../remedies.ts';

/** Table local as it is read in full has at least loopback's own entries. */
const wasRead = (netns: NetnsNode): boolean =>
  (netns.facts.routes ?? []).some(
    ({ table, type, dst }) => table === 'local' && type === 'local' && dst === '127.0.0.0/8',
  );

function missingFrom(view: HostView, link: LinkNode, name: string, affects: readonly Affected[]): readonly Problem[] {
  const netns = view.netnsOf(link.netns);
  if (netns === undefined || !wasRead(netns)) return [];
  const { ifname } = link.facts;
  const own = new Set((netns.facts.routes ?? []).filter(({ type }) => type === 'local').map(({ dst }) => dst));
  return link.addresses
    .filter(({ family, local, scope }) => family === 'inet' && scope === 'global' && !own.has(local))
    .map(({ local }) => {
      const route = ['local', local, 'dev', ifname, 'table', 'local', 'proto', 'kernel', 'scope', 'host', 'src', local];
      return {
        subject: name,
        title: `${netns.facts.isHost ? 'This host' : name} does not take packets for ${local}, its own address on ${ifname}`,
        why: `Table local has no entry for ${local}: questions for its MAC address are not answered, and packets that come for it are not taken in.`,
        evidence: [
          { fact: `${ifname} has ${local}`, source: `ip addr ${where(netns)}`, link: link.id },
          { fact: `no route local ${local}`, source: `ip route show table local ${where(netns)}`, netns: netns.id },
        ],
        remedies: [
          automatic({
            title: `Take packets for ${local} again`,
            changes: `Adds the entry that the kernel adds with an address: local ${local} dev ${ifname}.`,
            scope: netns.facts.isHost ? 'network' : 'container',
            commands: [command(netns, 'ip', 'route', 'add', ...route)],
            undo: [command(netns, 'ip', 'route', 'del', ...route)],
            persistence: netns.facts.isHost ? untilReboot : untilRestart,
          }),
        ],
        affects,
      };
    });
}

export const localRouteMissing: Check = {
  id: 'local-route-missing',
  severity: 'error',
  about:
    'With each address the kernel writes an entry into table local, by which it knows packets as its own. Deleted by hand or by a program that flushes tables, ' +
    'it leaves an address that looks right and that nobody reaches.',
  not: ['a link without an address', 'routes that were not read', 'addresses on links nobody runs on'],
  references: ['man 8 ip-route (table local)', 'linux fib_add_ifaddr()'],
  needs: ['links', 'addresses', 'routes'],
  leadsTo: 'engine',
  hides: ['flow-blocked', 'neighbour-unanswered', 'container-gateway-unreachable', 'host-gateway-unanswered'],
  find: (view) =>
    view.engines.flatMap(({ bridges }) =>
      bridges.flatMap((each) => {
        const { bridge, attachments } = each;
        if (bridge === undefined || attachments.length === 0) return [];
        return [
          ...missingFrom(view, bridge, bridge.facts.ifname, affectsNetwork(each)),
          ...attachments.flatMap((attachment) =>
            attachment.inside === undefined
              ? []
              : missingFrom(view, attachment.inside, attachment.container.facts.name, affectsAttachment(attachment)),
          ),
        ];
      }),
    ),
};
