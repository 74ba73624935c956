/** From what was seen of a probe: what became of it, and the step that decided. */
import type { GrownCounter, IcmpError, ProbeRecord } from '../host/live/live-order.ts';
import type { NetnsId } from '../model/ids.ts';
import type { Packet } from '../model/packet.ts';
import type { Outcome, Step } from '../trace/trace.ts';
import type { World } from '../trace/world.ts';
import { findKernelDrop, type KernelDrop } from './kernel-reason.ts';
import { nameLegacy } from './name-rule.ts';
import { ruleStep, type Told } from './tell-flow.ts';

export interface Verdict {
  readonly outcome: Outcome;
  readonly decided?: Told;
  /** Which way it was going when it was decided. */
  readonly direction: 'request' | 'reply';
  /** `seen`: the kernel told it; `silence`: only that nothing came back. */
  readonly proof: 'seen' | 'silence';
  /** What the verdict rests on, one clause. */
  readonly words: string;
}

export interface Seen {
  readonly world: World;
  readonly record: ProbeRecord;
  readonly from: NetnsId;
  /** Where it was made, when nothing of it was seen. */
  readonly start: { readonly netns: NetnsId; readonly at: string; readonly packet: Packet };
  readonly request: readonly Told[];
  readonly reply: readonly Told[];
  /** The predicted path ends where nothing can be seen any more. */
  readonly leavesPicture: boolean;
}

const isDrop = ({ step }: Told): boolean => step.verdict === 'dropped' || step.verdict === 'rejected';

const lastTold = ({ request, reply }: Seen): Told | undefined => reply.at(-1) ?? request.at(-1);

/** Only rules and policies that end a packet: others count whatever passes. */
const legacyDrop = (seen: Seen): Told | undefined => {
  const { world, record } = seen;
  const steps = record.grown.flatMap((grown: GrownCounter): readonly Told[] => {
    const rule = nameLegacy(world, grown.netns, grown);
    const ends =
      rule !== undefined && (grown.index === 0 ? /policy drop/i.test(rule.rule) : /-j (DROP|REJECT)\b/.test(rule.rule));
    const packet = lastTold(seen)?.step.packet;
    if (!ends || packet === undefined) return [];
    const hook = rule.chain.toUpperCase() === rule.chain ? rule.chain : '';
    const at = `${world.view(grown.netns).node.name} ${hook}`.trim();
    return [{ netns: grown.netns, at, step: ruleStep(rule, 'drop', packet) }];
  });
  // Several that count at once: which of them took this packet is not told.
  return steps.length === 1 ? steps[0] : undefined;
};

const ofDrop = (told: Told, direction: Verdict['direction']): Verdict => ({
  outcome: told.step.verdict === 'rejected' ? 'rejected' : 'dropped',
  decided: told,
  direction,
  proof: 'seen',
  words: told.step.text,
});

const kernelStep = (seen: Seen, drop: KernelDrop): Told | undefined => {
  const last = lastTold(seen);
  if (last === undefined) return undefined;
  const after = drop.after === undefined ? '' : `, after ${drop.after}`;
  return {
    ...last,
    step: {
      kind: drop.outcome === 'no-listener' ? 'socket' : drop.outcome === 'no-route' ? 'route' : 'wire',
      verdict: drop.outcome,
      text: `the kernel drops it: ${drop.words} (${drop.reason} in ${drop.location}${after})`,
      evidence: { fact: `${drop.reason} in ${drop.location}`, source: 'skb:kfree_skb' },
      packet: last.step.packet,
    },
  };
};

const ofKernel = (seen: Seen): Verdict | undefined => {
  const drop = findKernelDrop(seen.record.kernel);
  if (drop === undefined) return undefined;
  const decided = kernelStep(seen, drop);
  const direction = seen.reply.length > 0 && drop.outcome !== 'no-listener' ? 'reply' : 'request';
  return { outcome: drop.outcome, ...(decided && { decided }), direction, proof: 'seen', words: drop.words };
};

const plain = (outcome: Outcome, words: string, proof: Verdict['proof'] = 'seen'): Verdict => ({
  outcome,
  direction: 'request',
  proof,
  words,
});

/** What a rule did, as far as any source tells. */
const ofRules = (seen: Seen): Verdict | undefined => {
  const inRequest = seen.request.findLast(isDrop);
  if (inRequest !== undefined) return ofDrop(inRequest, 'request');
  const inReply = seen.reply.findLast(isDrop);
  if (inReply !== undefined) return ofDrop(inReply, 'reply');
  const legacy = legacyDrop(seen);
  return legacy === undefined ? undefined : ofDrop(legacy, 'request');
};

const reached = ({ request, from }: Seen): Told | undefined =>
  request.findLast(({ step, netns }) => step.kind === 'socket' && (netns !== from || request.at(-1)?.step === step));

/** A neighbour is asked three times, a second apart; a missing route is told at once. */
const neighbourMs = 900;

/** RFC 792, 1812 and 4443 type and code → what a router or the target said. */
const icmpWords: Readonly<Record<string, readonly [Outcome, string]>> = {
  '3/0': ['no-route', 'network unreachable'],
  '3/2': ['no-listener', 'protocol unreachable'],
  '3/4': ['dropped', 'too big and not to be fragmented'],
  '3/9': ['rejected', 'network prohibited'],
  '3/10': ['rejected', 'host prohibited'],
  '3/13': ['rejected', 'communication prohibited'],
  '11/0': ['loop', 'time to live exceeded'],
  '1/0': ['no-route', 'no route to destination'],
  '1/1': ['rejected', 'communication prohibited'],
  '1/5': ['rejected', 'source address prohibited'],
  '1/6': ['rejected', 'route rejects'],
  '2/0': ['dropped', 'packet too big'],
};

/** Those a socket's errno tells better. */
const otherIcmpWords: Readonly<Record<string, string>> = {
  '3/1': 'host unreachable',
  '3/3': 'port unreachable',
  '1/3': 'address unreachable',
  '1/4': 'port unreachable',
};

/** `host unreachable (ICMP 3/1)`. */
export const icmpErrorWords = (type: number, code: number): string => {
  const key = `${type}/${code}`;
  const known = icmpWords[key]?.[1] ?? otherIcmpWords[key];
  return known === undefined ? `ICMP ${type}/${code}` : `${known} (ICMP ${type}/${code})`;
};

const ofIcmp = ({ type, code, from }: IcmpError): Verdict | undefined => {
  const known = icmpWords[`${type}/${code}`];
  return known && plain(known[0], `${from} answered: ${known[1]} (ICMP ${type}/${code})`);
};

const judgeRefusal = (seen: Seen, errno: string, icmp: IcmpError | undefined): Verdict => {
  const told = icmp && ofIcmp(icmp);
  if (told !== undefined) return told;
  const { tookMs } = seen.record;
  const kernel = ofKernel(seen);
  switch (errno) {
    case 'ECONNREFUSED':
      if (kernel?.outcome === 'no-listener') return kernel;
      return reached(seen) === undefined
        ? plain('unknown', 'it was refused, by whom was not seen')
        : plain('no-listener', 'it arrived and was refused: no socket takes it');
    case 'EACCES':
      return plain('rejected', 'its route prohibits it (EACCES)');
    case 'EINVAL':
      return plain('dropped', 'its route is a blackhole (EINVAL)');
    case 'EPERM':
      return plain('dropped', 'a rule of its own netns refuses it (EPERM)');
    case 'ENETUNREACH':
    case 'EHOSTUNREACH':
      if (kernel?.outcome === 'no-route' || kernel?.outcome === 'no-neighbour') return kernel;
      return errno === 'EHOSTUNREACH' && tookMs > neighbourMs
        ? plain(
            'no-neighbour',
            `its next hop was asked for and did not answer (${errno} after ${Math.round(tookMs)} ms)`,
          )
        : plain('no-route', `it was told that no route leads there (${errno})`);
    default:
      return kernel ?? plain('unknown', `its socket says ${errno}`);
  }
};

const judgeSilence = (seen: Seen): Verdict => {
  const kernel = ofKernel(seen);
  if (kernel !== undefined) return kernel;
  const arrived = reached(seen);
  const { record } = seen;
  if (record.end.end === 'silent' && arrived?.step.packet.proto === 'udp')
    return {
      ...plain('delivered', 'it was delivered, and nothing refused it; UDP is not answered by everybody', 'silence'),
    };
  if (seen.leavesPicture)
    return plain('unknown', 'it left, and nothing came back: what happened to it cannot be seen from here', 'silence');
  const last = lastTold(seen);
  if (last === undefined) return plain('unknown', 'nothing came back, and its way was not seen', 'silence');
  const words = `nothing came back within ${Math.round(record.tookMs)} ms; last seen: ${last.step.text}`;
  const decided: Told = {
    ...last,
    step: { kind: 'wire', verdict: 'dropped', text: words, evidence: {}, packet: last.step.packet },
  };
  return {
    outcome: 'dropped',
    decided,
    direction: seen.reply.length > 0 ? 'reply' : 'request',
    proof: 'silence',
    words,
  };
};

/** What only the sender was told ends the way where the packet was seen last. */
const withStep = (seen: Seen, verdict: Verdict): Verdict => {
  if (verdict.decided !== undefined || verdict.outcome === 'delivered' || verdict.outcome === 'unknown') return verdict;
  const { netns, at, packet } = seen.start;
  const last = lastTold(seen) ?? { netns, at, step: { packet } };
  const kind = verdict.outcome === 'no-route' ? 'route' : verdict.outcome === 'no-neighbour' ? 'neighbour' : 'wire';
  const step: Step = {
    kind,
    verdict: verdict.outcome,
    text: verdict.words,
    evidence: { source: 'the socket' },
    packet: last.step.packet,
  };
  return { ...verdict, decided: { netns: last.netns, at: last.at, step } };
};

export const judgeProbe = (seen: Seen): Verdict => withStep(seen, judgeEnd(seen));

const judgeEnd = (seen: Seen): Verdict => {
  const { end } = seen.record;
  switch (end.end) {
    case 'connected':
    case 'closed':
      return plain('delivered', 'the connection was made');
    case 'answered':
      return plain('delivered', 'it was answered');
    case 'refused':
      return ofRules(seen) ?? judgeRefusal(seen, end.errno, end.icmp);
    case 'silent':
      return ofRules(seen) ?? judgeSilence(seen);
  }
};
