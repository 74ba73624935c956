/** A packet at one point of its walk, with its fields as numbers, and what rules have changed on the way. */
import type { Packet, TcpFlag } from '../../model/packet.ts';
import { parseAddress } from '../../std/ip-address.ts';
import type { EvaluationContext, Unknown } from '../context.ts';
import { protocolNumbers } from './symbols.ts';

export interface View {
  readonly packet: Packet;
  readonly context: EvaluationContext;
  /** IPv4 as a number, IPv6 as a bigint: comparisons of 32 bits are what most rules are made of. */
  readonly src: number | bigint;
  readonly dst: number | bigint;
  readonly proto: number;
  readonly tcpFlags: number;
  /** Set when a rule wrote a mark that cannot be known. */
  readonly unknownMark?: Unknown;
  /** What a rule wrote on the connection's mark. */
  readonly ctMark?: number | Unknown;
  readonly untracked: boolean;
}

const flagBits: Readonly<Record<TcpFlag, number>> = {
  FIN: 1,
  SYN: 2,
  RST: 4,
  PSH: 8,
  ACK: 16,
  URG: 32,
  ECE: 64,
  CWR: 128,
};

/** A dotted quad from one position to before another; -1: something else. Large rulesets have thousands of them. */
export function quadNumber(text: string, from: number, to: number): number {
  let value = 0;
  let part = -1;
  let dots = 0;
  for (let n = from; n < to; n++) {
    const code = text.charCodeAt(n);
    if (code >= 48 && code <= 57) part = Math.max(part, 0) * 10 + code - 48;
    else if (code !== 46 || part < 0) return -1;
    else {
      value = value * 256 + part;
      part = -1;
      dots++;
    }
    if (part > 255) return -1;
  }
  return dots === 3 && part >= 0 ? value * 256 + part : -1;
}

/** -1 when the text is no address: it then equals no rule's value. */
export const addressNumber = (text: string): number | bigint => {
  const quad = quadNumber(text, 0, text.length);
  if (quad >= 0) return quad;
  const address = parseAddress(text);
  if (address === undefined) return -1;
  return address.family === 4 ? Number(address.value) : address.value;
};

export const viewOf = (packet: Packet, context: EvaluationContext): View => ({
  packet,
  context,
  src: addressNumber(packet.src),
  dst: addressNumber(packet.dst),
  proto: typeof packet.proto === 'number' ? packet.proto : (protocolNumbers[packet.proto] ?? 255),
  tcpFlags: (packet.tcpFlags ?? ['SYN']).reduce((bits, flag) => bits | flagBits[flag], 0),
  untracked: context.untracked === true,
});
