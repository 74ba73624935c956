/** A static forwarding entry of a bridge leads a container's MAC address to another port. */
import type { FdbEntry } from '../../model/link.ts';
import { affectsAttachment } from '../affected.ts';
import type { Check } from '../check.ts';
import { where } from '../host-view.ts';
import { automatic, command } from '../remedies.ts';

/** MAC address → the entries that no frame corrects. */
function writtenEntries(fdb: readonly FdbEntry[]): ReadonlyMap<string, readonly FdbEntry[]> {
  const entries = new Map<string, FdbEntry[]>();
  for (const entry of fdb) {
    if (!entry.state.includes('permanent') && !entry.state.includes('static')) continue;
    const mac = entry.mac.toLowerCase();
    entries.set(mac, [...(entries.get(mac) ?? []), entry]);
  }
  return entries;
}

export const wrongFdbEntry: Check = {
  id: 'wrong-fdb-entry',
  severity: 'error',
  about:
    'A bridge sends a frame to the port its forwarding database names for the MAC address. An entry somebody wrote as static, sticky or permanent is ' +
    'not forgotten: when it names the wrong port, the container behind the right one gets nothing, until it sends something itself, and for ever where ' +
    'the entry is sticky or permanent.',
  not: [
    'learnt entries, which the next frame corrects',
    'permanent entries for the ports’ own MAC addresses',
    'vxlan entries of overlay networks',
  ],
  references: ['man 8 bridge (fdb)', 'linux br_fdb_update()'],
  needs: ['links', 'fdb'],
  hides: ['flow-blocked', 'neighbour-unanswered', 'stale-neighbour'],
  find: (view) =>
    view.engines.flatMap(({ netns, bridges }) => {
      const written = writtenEntries(netns?.facts.fdb ?? []);
      return bridges.flatMap(({ bridge, attachments }) => {
        if (bridge === undefined || written.size === 0) return [];
        return attachments.flatMap((attachment) => {
          const { inside, outside, container } = attachment;
          const mac = inside?.facts.address?.toLowerCase();
          if (mac === undefined || outside === undefined) return [];
          const wrong = written
            .get(mac)
            ?.find((entry) => entry.master === bridge.facts.ifname && entry.ifname !== outside.facts.ifname);
          if (wrong === undefined) return [];
          const vlan = wrong.vlan === undefined ? [] : ['vlan', String(wrong.vlan)];
          return {
            subject: container.facts.name,
            title: `${bridge.facts.ifname} sends frames for ${container.facts.name} to port ${wrong.ifname}`,
            why: `A static entry leads ${mac} to ${wrong.ifname}, while ${container.facts.name} is behind ${outside.facts.ifname}: it gets nothing.`,
            evidence: [
              {
                fact: `${mac} dev ${wrong.ifname} master ${bridge.facts.ifname} ${wrong.state}`,
                source: `bridge fdb ${where(netns)}`,
                link: bridge.id,
              },
              {
                fact: `${outside.facts.ifname} is the host end of ${container.facts.name}'s ${inside!.facts.ifname} with ${mac}`,
                source: 'ip link',
                link: outside.id,
              },
            ],
            remedies: [
              automatic({
                title: 'Delete the wrong entry',
                changes: `Deletes the entry of ${mac} on ${wrong.ifname}; the bridge learns the right port from the next frame.`,
                scope: 'container',
                commands: [command(netns, 'bridge', 'fdb', 'del', wrong.mac, 'dev', wrong.ifname, 'master', ...vlan)],
                undo: [
                  command(
                    netns,
                    'bridge',
                    'fdb',
                    'replace',
                    wrong.mac,
                    'dev',
                    wrong.ifname,
                    'master',
                    ...(wrong.flags.includes('sticky') ? ['sticky'] : []),
                    wrong.state.includes('permanent') ? 'permanent' : 'static',
                    ...vlan,
                  ),
                ],
                persistence: 'For good, unless whoever wrote the entry writes it again.',
              }),
            ],
            affects: affectsAttachment(attachment),
          };
        });
      });
    }),
};
