/** NAT as conntrack does it: the mapping a rule asks for, and the packet rewritten by the mapping (nf_nat_setup_info, nf_nat_packet). */
import type { Packet, Tuple } from '../../model/packet.ts';
import type { NatRequest } from '../../netfilter/hook-result.ts';
import { addressBits, formatAddress, parseAddress } from '../../std/ip-address.ts';
import type { Entry, Tracking } from './connections.ts';
import { currentEntry, invert, replaceEntry } from './connections.ts';

export type Manip = 'dst' | 'src';

export interface Mapping {
  readonly address?: string;
  readonly port?: number;
  /** The port is changed, but to one nobody can foretell. */
  readonly anyPort?: boolean;
}

/** The tuple the translated packet has; conntrack keeps its inverse as what the reply looks like. */
const mapped = (entry: Entry, manip: Manip, mapping: Mapping): Entry => {
  const before = invert(entry.reply);
  const { sport, dport, ...ends } = before;
  const oldPort = manip === 'dst' ? dport : sport;
  const newPort = mapping.anyPort ? undefined : (mapping.port ?? oldPort);
  const ports = manip === 'dst' ? { sport, dport: newPort } : { sport: newPort, dport };
  const after: Tuple = {
    ...ends,
    ...(mapping.address !== undefined && { [manip]: mapping.address }),
    ...(ports.sport !== undefined && { sport: ports.sport }),
    ...(ports.dport !== undefined && { dport: ports.dport }),
  };
  const changed = after[manip] !== before[manip] || newPort !== oldPort;
  return {
    ...entry,
    reply: invert(after),
    ...(manip === 'dst'
      ? { dstDone: true, dnat: entry.dnat || changed }
      : { srcDone: true, snat: entry.snat || changed }),
  };
};

export const settle = (tracking: Tracking, manip: Manip, mapping: Mapping): Tracking => {
  const entry = currentEntry(tracking);
  return entry === undefined ? tracking : replaceEntry(tracking, mapped(entry, manip, mapping));
};

/** Is a rule still to be asked for this end of the connection? Only for its first packet. */
export const needsMapping = (tracking: Tracking, manip: Manip): boolean => {
  const entry = currentEntry(tracking);
  if (entry === undefined || tracking.current!.direction === 'reply' || entry.seenReply) return false;
  return manip === 'dst' ? !entry.dstDone : !entry.srcDone;
};

const withEnd = (packet: Packet, end: Manip, address: string, port: number | undefined): Packet => {
  const key = end === 'dst' ? 'dport' : 'sport';
  if (packet[end] === address && packet[key] === port) return packet;
  const { [key]: _old, ...rest } = packet;
  return { ...rest, [end]: address, ...(port !== undefined && { [key]: port }) };
};

/**
 * The packet after the translation of this end. In the reply direction a hook for destinations takes back what was done to the
 * source, and the other way round.
 */
export const translate = (packet: Packet, tracking: Tracking, manip: Manip): Packet => {
  const entry = currentEntry(tracking);
  if (entry === undefined) return packet;
  const forward = tracking.current!.direction === 'original';
  const done = forward === (manip === 'dst') ? entry.dnat : entry.snat;
  if (!done) return packet;
  const target = forward ? invert(entry.reply) : invert(entry.original);
  const port = manip === 'dst' ? target.dport : target.sport;
  const address = manip === 'dst' ? target.dst : target.src;
  return withEnd(packet, manip, address, port);
};

/** NETMAP: the net's bits of the new address, the host's bits of the old one. */
export const netmapAddress = (request: NatRequest, old: string): string | undefined => {
  const net = parseAddress(request.addresses?.[0] ?? '');
  const host = parseAddress(old);
  if (net === undefined || host === undefined || request.prefixLength === undefined) return undefined;
  const bits = BigInt(addressBits(net.family) - request.prefixLength);
  return formatAddress({
    family: net.family,
    value: ((net.value >> bits) << bits) | (host.value & ((1n << bits) - 1n)),
  });
};
