/** Whether a captured packet is the one the model expects at a stop: ports nobody chose fit any. */
import type { Packet } from '../../model/packet.ts';
import { nameOfProtocol } from '../decode/protocol-names.ts';
import type { Headers } from '../decode/read-headers.ts';

export const matchesStop = (expected: Packet, headers: Headers): boolean => {
  if (headers.family !== expected.family || headers.src !== expected.src || headers.dst !== expected.dst) return false;
  if (nameOfProtocol(headers.proto) !== String(expected.proto) && headers.proto !== expected.proto) return false;
  // An ICMP echo's id stands where ports do, and the model knows none.
  if (headers.icmpType >= 0 || headers.transport < 0) return true;
  return (
    (expected.sport === undefined || expected.sport === headers.sport) &&
    (expected.dport === undefined || expected.dport === headers.dport)
  );
};
