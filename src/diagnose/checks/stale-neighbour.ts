/** A neighbour entry has another MAC address than the one who has that address now. */
import type { LinkNode, NetnsNode } from '../../graph/graph.ts';
import type { Neighbour } from '../../model/route.ts';
import type { Check } from '../check.ts';
import type { Affected, Problem } from '../finding.ts';
import { type BridgeNetwork, type HostView, where } from '../host-view.ts';
import { automatic, command } from '../remedies.ts';

interface Owner {
  readonly name: string;
  readonly mac: string;
  readonly link: LinkNode;
  readonly affects: readonly Affected[];
}

/** Who really has each address on this bridge: the bridge itself and the ends inside. An address two have is not ours to judge. */
function owners({ bridge, attachments }: BridgeNetwork): ReadonlyMap<string, Owner | null> {
  const all = new Map<string, Owner | null>();
  const add = (link: LinkNode, name: string, affects: readonly Affected[]) => {
    const mac = link.facts.address;
    if (mac === undefined) return;
    for (const { local } of link.addresses) all.set(local, all.has(local) ? null : { name, mac, link, affects });
  };
  if (bridge !== undefined) add(bridge, bridge.facts.ifname, []);
  for (const { container, inside } of attachments)
    if (inside !== undefined) add(inside, container.facts.name, [container.id]);
  return all;
}

/** What nobody ever checks again: NOARP holds as long as PERMANENT. */
const fixed = ['PERMANENT', 'NOARP'] as const;

function judge(entry: Neighbour, owner: Owner, netns: NetnsNode): Problem {
  const state = fixed.find((one) => entry.state.includes(one));
  const permanent = state !== undefined;
  return {
    subject: netns.facts.isHost ? owner.name : `${netns.name}:${owner.name}`,
    severity: permanent ? 'error' : 'warning',
    title: `${netns.name} sends packets for ${owner.name} (${entry.dst}) to a MAC address nobody has`,
    why: `Its neighbour entry says ${entry.lladdr}, while ${owner.name} has ${owner.mac}: packets are lost${permanent ? ' until somebody deletes the entry' : ' until the entry is checked again'}.`,
    evidence: [
      {
        fact: `${entry.dst} lladdr ${entry.lladdr} ${entry.state.join(',')} dev ${entry.dev}`,
        source: `ip neigh ${where(netns)}`,
        netns: netns.id,
      },
      { fact: `${owner.link.facts.ifname} of ${owner.name} has ${owner.mac}`, source: 'ip link', link: owner.link.id },
    ],
    remedies: [
      automatic({
        title: 'Forget the wrong entry',
        changes: `Deletes the neighbour entry of ${entry.dst} on ${entry.dev}; the kernel asks anew with the next packet.`,
        scope: 'container',
        commands: [command(netns, 'ip', 'neigh', 'del', entry.dst, 'dev', entry.dev)],
        undo: [
          command(
            netns,
            'ip',
            'neigh',
            'replace',
            entry.dst,
            'lladdr',
            entry.lladdr ?? '',
            'dev',
            entry.dev,
            'nud',
            state?.toLowerCase() ?? 'stale',
          ),
        ],
        persistence: 'For good, unless whoever wrote the entry writes it again.',
      }),
    ],
    affects: [...owner.affects, owner.link.id, netns.id, ...netns.containers],
  };
}

function checkNetns(netns: NetnsNode, dev: string, known: ReadonlyMap<string, Owner | null>): readonly Problem[] {
  return (netns.facts.neighbours ?? []).flatMap((entry) => {
    const owner = known.get(entry.dst);
    if (
      owner === undefined ||
      owner === null ||
      entry.dev !== dev ||
      entry.lladdr === undefined ||
      entry.state.length === 0
    )
      return [];
    if (entry.state.includes('FAILED') || entry.state.includes('INCOMPLETE')) return [];
    return entry.lladdr.toLowerCase() === owner.mac.toLowerCase() ? [] : [judge(entry, owner, netns)];
  });
}

function checkBridge(view: HostView, each: BridgeNetwork): readonly Problem[] {
  const { bridge, attachments } = each;
  const home = view.netnsOf(bridge?.netns);
  if (bridge === undefined || home === undefined) return [];
  const known = owners(each);
  const inside = attachments.flatMap(({ container, inside: link }) => {
    const netns = view.netnsOf(container.netns);
    return netns === undefined || link === undefined ? [] : checkNetns(netns, link.facts.ifname, known);
  });
  return [...checkNetns(home, bridge.facts.ifname, known), ...inside];
}

export const staleNeighbour: Check = {
  id: 'stale-neighbour',
  severity: 'error',
  about:
    'The host or a container remembers the wrong MAC address for an address on its bridge, so packets go to nobody. It remains after a container ' +
    'was recreated with the same address and another MAC, and for ever when somebody wrote it as permanent.',
  not: [
    'state STALE with the right MAC: it will be checked',
    'FAILED and INCOMPLETE entries, which have no MAC',
    'entries for addresses nobody on the host has',
    'proxy entries',
  ],
  references: ['moby#36069', 'moby#30238', 'man 8 ip-neighbour'],
  needs: ['links', 'addresses', 'neighbours'],
  // Frames come to somebody else, whose forwarding is off.
  leadsTo: 'setting',
  hides: ['flow-blocked', 'neighbour-unanswered'],
  find: (view) => view.engines.flatMap(({ bridges }) => bridges.flatMap((each) => checkBridge(view, each))),
};
