/** The one sentence of a trace that an operator can paste into a ticket. */
import { formatEndpoint, formatPacket } from './format-packet.ts';
import type { Direction, Outcome, RuleRef, Step, Trace } from './trace.ts';

type Draft = Omit<Trace, 'explanation'>;

const outcomeWords: Readonly<Record<Exclude<Outcome, 'delivered' | 'unknown'>, string>> = {
  dropped: 'is dropped',
  rejected: 'is rejected',
  'no-route': 'finds no route',
  'no-neighbour': 'finds no neighbour to go to',
  'no-listener': 'is delivered, but nobody takes it',
  loop: 'goes round in circles',
};

const placeOf = (direction: Direction): string => direction.hops.at(-1)?.at ?? 'nowhere';

const purposeOf = (rule: RuleRef): string => (rule.purpose === undefined ? '' : `: ${rule.purpose}`);

const becauseOf = (step: Step | undefined): string => {
  if (step === undefined) return '';
  const { rule, sysctl, route } = step.evidence;
  if (rule !== undefined && rule.index === 0) return ` by the policy of ${rule.table} ${rule.chain}`;
  if (rule !== undefined) {
    // A built-in chain is nobody's: its name says all.
    const made = rule.madeBy === undefined || rule.madeBy === 'iptables' ? '' : ` (${rule.madeBy}${purposeOf(rule)})`;
    return ` by ${rule.table} ${rule.chain} rule ${rule.index}, ${rule.rule}${made}`;
  }
  const shown = sysctl === undefined ? '' : ` (${sysctl.name}=${sysctl.value})`;
  const line = route === undefined || step.text.includes(route) ? '' : ` (route ${route})`;
  return `: ${step.text}${shown}${line}`;
};

const firstPacketOf = (direction: Direction) => direction.hops[0]?.steps[0]?.packet;

const subject = (trace: Draft): string => {
  const packet = firstPacketOf(trace.request);
  const described = packet === undefined || packet.src === '' ? '' : ` (${formatPacket(packet)})`;
  return `${trace.from} → ${trace.to}${described}`;
};

const explainDelivered = (trace: Draft): string => {
  const last = trace.request.hops.at(-1)?.steps.at(-1);
  if (last?.kind === 'wire')
    return `${subject(trace)} ${last.text}, and an answer would come back; whether ${formatEndpoint(last.packet, 'dst')} answers cannot be seen from here.`;
  const parted = trace.parted === undefined ? '' : ` (one of several ways, depending on this: ${trace.parted})`;
  const seen = last === undefined ? '' : translated(trace, last);
  return `${subject(trace)} is delivered${seen}: ${trace.listener?.text ?? 'it arrives'}, and the answer comes back${parted}.`;
};

/** What the other end sees, where NAT changed it. */
const translated = (trace: Draft, last: Step): string => {
  const first = firstPacketOf(trace.request);
  const same = first?.src === last.packet.src && first.dst === last.packet.dst && first.dport === last.packet.dport;
  return same ? '' : ` as ${formatPacket(last.packet)}`;
};

/** Which of the connection's packets did not get through, and what it is called. */
const failing = (trace: Draft): { readonly direction: Direction; readonly lost: string; readonly doubt: string } => {
  const { request, reply, followUp } = trace;
  if (request.outcome !== 'delivered' || reply === undefined) {
    return { direction: request, lost: subject(trace), doubt: 'it arrives' };
  }
  if (reply.outcome !== 'delivered' || followUp === undefined) {
    return { direction: reply, lost: `${subject(trace)} arrives, but its answer`, doubt: 'an answer comes back' };
  }
  const lost = `${subject(trace)} is answered, but the connection's next packet`;
  return { direction: followUp, lost, doubt: 'the connection goes on after the answer' };
};

export const explainTrace = (trace: Draft): string => {
  if (trace.outcome === 'delivered') return explainDelivered(trace);
  const { direction, lost, doubt } = failing(trace);
  if (trace.outcome === 'unknown') {
    const why = trace.decidedBy?.dependsOn ?? trace.decidedBy?.text ?? 'facts are missing';
    return `${subject(trace)}: cannot tell whether ${doubt}: ${why}.`;
  }
  return `${lost} ${outcomeWords[trace.outcome]} at ${placeOf(direction)}${becauseOf(trace.decidedBy)}.`;
};
