/** IPv6 asks for neighbours with ICMPv6, which ip6tables may stop: in the asker's netns and in that of who answers. */
import type { LinkNode } from '../../graph/graph.ts';
import type { Packet } from '../../model/packet.ts';
import type { Hook } from '../../model/ruleset.ts';
import { evaluateChains } from '../../netfilter/evaluate-chains.ts';
import { formatAddress, parseAddress } from '../../std/ip-address.ts';
import type { Flight } from '../flight.ts';
import { hookContext } from '../hooks/hook-context.ts';
import type { World } from '../world.ts';
import type { NeighbourQuestion } from './answers-neighbour.ts';

export type Passage =
  | { readonly kind: 'passes' }
  | { readonly kind: 'stopped'; readonly why: string }
  | { readonly kind: 'unknown'; readonly why: string };

const solicitation = 135;
const advertisement = 136;

const message = (type: number, src: string, dst: string): Packet => ({
  family: 6,
  src,
  dst,
  proto: 'icmpv6',
  icmpType: type,
  icmpCode: 0,
  ttl: 255,
  mark: 0,
  tos: 0,
  length: 72,
  dontFragment: false,
});

/** ff02::1:ffXX:XXXX of the address asked for. */
const solicitedNode = (target: string): string => {
  const parsed = parseAddress(target);
  return parsed === undefined
    ? target
    : formatAddress({ family: 6, value: (0xff02n << 112n) | 0x1ff000000n | (parsed.value & 0xffffffn) });
};

const runHooks = (world: World, link: LinkNode, hooks: readonly Hook[], packet: Packet, local: boolean): Passage => {
  const view = world.view(link.netns);
  const compiled = view.ruleset();
  const name = view.node.name;
  if (compiled.ruleset === undefined) return { kind: 'unknown', why: `the firewall rules of ${name} were not read` };
  const unread = compiled.unread('ip6');
  if (unread !== undefined) return { kind: 'unknown', why: `the rules of table ${unread} of ${name} were not read` };
  for (const hook of hooks) {
    const outward = hook === 'output' || hook === 'postrouting';
    const place = { hook, family: 'ip6', in: outward ? undefined : link, out: outward ? link : undefined } as const;
    const placed = { ...packet, ...(outward ? { out: link.facts.ifname } : { in: link.facts.ifname }) };
    // Discovery is never tracked (nf_conntrack_icmpv6).
    const flight: Flight = { ...emptyFlight(link, placed), local };
    for (const stage of compiled.stages('ip6', hook).stages) {
      if (stage.kind !== 'chains' || stage.chains.length === 0) continue;
      const result = evaluateChains(compiled.ruleset, stage.chains, placed, hookContext(view, flight, place));
      if (result.verdict === 'unknown') return { kind: 'unknown', why: result.dependsOn ?? `rules of ${name}` };
      if (result.verdict === 'accept') continue;
      const rule = result.decidedBy?.at;
      const where =
        rule === undefined ? hook : `${rule.table} ${rule.chain} ${rule.index === 0 ? 'policy' : `rule ${rule.index}`}`;
      return { kind: 'stopped', why: `${name} drops neighbour discovery: ${where}` };
    }
  }
  return { kind: 'passes' };
};

const emptyFlight = (link: LinkNode, packet: Packet): Flight => ({
  direction: 'request',
  packet,
  netns: link.netns,
  tracking: { entries: [], untracked: true },
  journal: undefined,
  local: true,
  vlan: 0,
  learnt: [],
  seen: [],
  crossings: 0,
  splits: 0,
});

/** The question out of `from` and into `owner`, and the answer back. */
export const discoveryPasses = (
  world: World,
  from: LinkNode,
  owner: LinkNode,
  question: NeighbourQuestion,
): Passage => {
  const { target, sender } = question;
  const asked = message(solicitation, sender, solicitedNode(target));
  const answered = message(advertisement, target, sender);
  const ways = [
    () => runHooks(world, from, ['output', 'postrouting'], asked, true),
    () => runHooks(world, owner, ['prerouting', 'input'], asked, false),
    () => runHooks(world, owner, ['output', 'postrouting'], answered, true),
    () => runHooks(world, from, ['prerouting', 'input'], answered, false),
  ];
  for (const way of ways) {
    const passage = way();
    if (passage.kind !== 'passes') return passage;
  }
  return { kind: 'passes' };
};
