/** A connection as conntrack has it, in the graph's words. */
import type { ConnectionEvent, FlowTuple } from '../../host/live/watch-order.ts';
import type { World } from '../../trace/world.ts';

const protocols: Readonly<Record<number, string>> = { 1: 'icmp', 6: 'tcp', 17: 'udp', 58: 'icmpv6', 132: 'sctp' };

const end = (address: string | undefined, port: number | undefined): string =>
  port === undefined ? (address ?? '?') : `${address?.includes(':') === true ? `[${address}]` : address}:${port}`;

/** The asker's port is one nobody chose. */
const askWords = ({ src, dst, dport, proto }: FlowTuple): string =>
  `${src} → ${end(dst, dport)}${proto === undefined ? '' : ` ${protocols[proto] ?? proto}`}`;

/** What answers look like says what was translated: the reply's ends the other way round. */
const translation = ({ original, reply }: ConnectionEvent): string => {
  const source = original.src === reply.dst ? '' : `its source becomes ${reply.dst}`;
  const target =
    original.dst === reply.src && original.dport === reply.sport
      ? ''
      : `its destination becomes ${end(reply.src, reply.sport)}`;
  const both = [target, source].filter((one) => one !== '').join(', ');
  return both === '' ? 'nothing is translated' : both;
};

/** Equal for all connections that are alike. */
export const connectionKey = ({ netns, original, reply }: ConnectionEvent): string =>
  [netns, askWords(original), reply.dst, reply.src, reply.sport].join(' ');

export interface ConnectionCounts {
  readonly begun: number;
  readonly answered: number;
  readonly ended: number;
  /** Ended without an answer. */
  readonly unanswered: number;
}

export const connectionText = (world: World, event: ConnectionEvent, counts: ConnectionCounts): string => {
  const { node } = world.view(event.netns);
  const numbers = [
    `${counts.begun} begun`,
    `${counts.answered} answered`,
    `${counts.ended} ended${counts.unanswered === 0 ? '' : `, ${counts.unanswered} of them unanswered`}`,
  ];
  return `${node.name} tracks ${askWords(event.original)}: ${translation(event)}; ${numbers.join(', ')}`;
};
