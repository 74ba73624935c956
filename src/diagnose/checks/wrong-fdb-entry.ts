/** A static forwarding entry of a bridge leads a container's MAC address, or the bridge's own, to another port. */
import type { LinkNode, NetnsNode } from '../../graph/graph.ts';
import type { FdbEntry } from '../../model/link.ts';
import { affectsAttachment, affectsNetwork, namesOn } from '../affected.ts';
import type { Check } from '../check.ts';
import type { Problem } from '../finding.ts';
import { type BridgeNetwork, where } from '../host-view.ts';
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

const writeBack = (netns: NetnsNode | undefined, entry: FdbEntry) =>
  command(
    netns,
    ...['bridge', 'fdb', 'replace', entry.mac, 'dev', entry.ifname, 'master'],
    ...(entry.flags.includes('sticky') ? ['sticky'] : []),
    entry.state.includes('permanent') ? 'permanent' : 'static',
    ...(entry.vlan === undefined ? [] : ['vlan', String(entry.vlan)]),
  );

/** Frames for the gateway go out of a port. A port's own address, which the bridge may share, stands there as permanent. */
function takesGateway(
  each: BridgeNetwork,
  bridge: LinkNode,
  netns: NetnsNode | undefined,
  written: ReadonlyMap<string, readonly FdbEntry[]>,
): readonly Problem[] {
  const { ifname, address = '' } = bridge.facts;
  const wrong = written
    .get(address.toLowerCase())
    ?.find((entry) => entry.master === ifname && entry.ifname !== ifname && entry.state.includes('static'));
  if (wrong === undefined) return [];
  return [
    {
      subject: ifname,
      title: `${ifname} sends frames for its own address, the gateway's, to port ${wrong.ifname}`,
      why: `A static entry leads ${address} to ${wrong.ifname}: nothing ${namesOn(each)} send beyond their network reaches this host.`,
      evidence: [
        {
          fact: `${address} dev ${wrong.ifname} master ${ifname} ${wrong.state}`,
          source: `bridge fdb ${where(netns)}`,
          link: bridge.id,
        },
        { fact: `${ifname} itself has ${address}`, source: `ip link ${where(netns)}`, link: bridge.id },
      ],
      remedies: [
        automatic({
          title: `Let ${ifname} take its own frames again`,
          changes: `Replaces the entry by one that leads ${address} to ${ifname} itself.`,
          scope: 'network',
          commands: [command(netns, 'bridge', 'fdb', 'replace', wrong.mac, 'dev', ifname, 'self', 'permanent')],
          undo: [writeBack(netns, wrong)],
          persistence: 'For good, unless whoever wrote the entry writes it again.',
        }),
      ],
      affects: affectsNetwork(each),
    },
  ];
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
  // Frames come to somebody else, whose forwarding is off.
  leadsTo: 'setting',
  hides: ['flow-blocked', 'neighbour-unanswered', 'stale-neighbour'],
  find: (view) =>
    view.engines.flatMap(({ netns, bridges }) => {
      const written = writtenEntries(netns?.facts.fdb ?? []);
      return bridges.flatMap((each) => {
        const { bridge, attachments } = each;
        if (bridge === undefined || attachments.length === 0 || written.size === 0) return [];
        const gateway = takesGateway(each, bridge, netns, written);
        const containers = attachments.flatMap((attachment) => {
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
                undo: [writeBack(netns, wrong)],
                persistence: 'For good, unless whoever wrote the entry writes it again.',
              }),
            ],
            affects: affectsAttachment(attachment),
          };
        });
        return [...gateway, ...containers];
      });
    }),
};
