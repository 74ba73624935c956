/** Finds the packet that an ICMP error or a reset answers. */
import { u16, u32 } from '../decode/bytes.ts';
import { isIcmpError, nameIcmp } from '../decode/icmp-names.ts';
import { protocols } from '../decode/ip-payload.ts';
import { type Headers, readQuoted, tcpFlags } from '../decode/read-headers.ts';
import type { Arrival } from './find-row.ts';
import { fingerprint } from './fingerprint.ts';
import type { FlowIndex } from './flow-index.ts';
import { sequenceGap } from './join-pieces.ts';
import type { Row } from './row.ts';
import type { RowStore } from './row-store.ts';

const errorText = (headers: Headers, bytes: Uint8Array): string => {
  const { family, icmpType, icmpCode, src, transport } = headers;
  const name = nameIcmp(family === 6 ? 6 : 4, icmpType, icmpCode);
  const mtu =
    family === 4 && icmpType === 3 && icmpCode === 4
      ? ` (mtu ${u16(bytes, transport + 6)})`
      : family === 6 && icmpType === 2
        ? ` (mtu ${u32(bytes, transport + 4)})`
        : '';
  return `${src} says ${name}${mtu}`;
};

/** The quoted packet's row: the same packet, or the one that held its bytes before it was cut. */
const findQuoted = (quoted: Headers, bytes: Uint8Array, flows: FlowIndex, store: RowStore): Row | undefined => {
  const same = store.ofKey(fingerprint(quoted, bytes)).at(-1);
  if (same !== undefined || quoted.proto !== protocols.tcp || quoted.seq < 0) return same;
  const flow = flows.peek(quoted, bytes);
  return flow?.flow.sides[flow.side].segments.findLast((row) => {
    const gap = sequenceGap(quoted.seq, row.seen[0]!.headers.seq);
    return gap >= 0 && gap < row.span;
  });
};

/** Rows that `answer` refuses; it is told to them. */
export const noteRefusal = (
  answer: Row,
  { headers, packet, flow }: Arrival,
  flows: FlowIndex,
  store: RowStore,
): readonly Row[] => {
  const { family, icmpType, transport } = headers;
  if (family !== 0 && icmpType >= 0 && isIcmpError(family, icmpType)) {
    const quoted = readQuoted(packet.bytes, transport + 8);
    const row = quoted && findQuoted(quoted, packet.bytes, flows, store);
    if (row === undefined || store.isForgotten(row)) return [];
    row.refusedBy = { row: answer.id, text: errorText(headers, packet.bytes) };
    return [row];
  }
  if (flow === undefined || headers.proto !== protocols.tcp || (headers.flags & tcpFlags.RST) === 0) return [];
  const syn = flow.flow.sides[flow.side === 0 ? 1 : 0].lastSyn;
  if (syn === undefined || store.isForgotten(syn) || sequenceGap(headers.ack, syn.seen[0]!.headers.seq) !== 1)
    return [];
  syn.refusedBy = { row: answer.id, text: `${headers.src} resets it: nobody takes it there, or a rule rejects it` };
  return [syn];
};
