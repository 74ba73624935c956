/** Packets made by hand for tests: each function wraps what it is given in one header. Checksums are zero, as offloading leaves them. */
import { parseAddress } from '../../src/std/ip-address.ts';

export const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replaceAll(/\s/g, ''), 'hex'));
export const text = (value: string): Uint8Array => new Uint8Array(Buffer.from(value, 'latin1'));

const join = (...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array =>
  new Uint8Array(parts.flatMap((part) => [...part]));
const two = (value: number): readonly number[] => [(value >> 8) & 255, value & 255];
const four = (value: number): readonly number[] => [...two(value >>> 16), ...two(value & 0xffff)];

const address = (value: string): readonly number[] => {
  const parsed = parseAddress(value)!;
  const bytes = parsed.family === 4 ? 4 : 16;
  return Array.from({ length: bytes }, (_, n) => Number((parsed.value >> BigInt(8 * (bytes - 1 - n))) & 255n));
};
const mac = (value: string): readonly number[] => value.split(':').map((part) => Number.parseInt(part, 16));

export const macs = { a: '02:00:00:00:00:0a', b: '02:00:00:00:00:0b', all: 'ff:ff:ff:ff:ff:ff' } as const;

export const ethernet = (etherType: number, payload: Uint8Array, src: string = macs.a, dst: string = macs.b) =>
  join(mac(dst), mac(src), two(etherType), payload);
export const tagged = (id: number, etherType: number, payload: Uint8Array, tpid = 0x8100) =>
  ethernet(tpid, join(two(id), two(etherType), payload));

export interface Ipv4 {
  readonly src: string;
  readonly dst: string;
  readonly proto: number;
  readonly ttl?: number;
  readonly id?: number;
  /** Bytes. */
  readonly offset?: number;
  readonly more?: boolean;
  readonly df?: boolean;
}

export const ipv4 = ({ src, dst, proto, ttl = 64, id = 1, offset = 0, more, df }: Ipv4, payload: Uint8Array) =>
  join(
    [0x45, 0],
    two(20 + payload.length),
    two(id),
    two((offset >> 3) | (more === true ? 0x2000 : 0) | (df === true ? 0x4000 : 0)),
    [ttl, proto, 0, 0],
    address(src),
    address(dst),
    payload,
  );
export const ipv6 = (src: string, dst: string, next: number, payload: Uint8Array, hops = 64) =>
  join([0x60, 0, 0, 0], two(payload.length), [next, hops], address(src), address(dst), payload);

const flagBits: Readonly<Record<string, number>> = { F: 1, S: 2, R: 4, P: 8, '.': 16, U: 32 };

export interface Tcp {
  readonly sport?: number;
  readonly dport?: number;
  readonly seq?: number;
  readonly ack?: number;
  /** tcpdump's letters: `S`, `S.`, `P.`. */
  readonly flags?: string;
  readonly window?: number;
  readonly options?: Uint8Array;
}

export const tcp = (
  { sport = 40_000, dport = 80, seq = 1000, ack = 0, flags = 'S', window = 64_240, options = hex('') }: Tcp,
  payload: Uint8Array = hex(''),
) =>
  join(
    two(sport),
    two(dport),
    four(seq),
    four(ack),
    [(5 + options.length / 4) << 4, [...flags].reduce((bits, flag) => bits | (flagBits[flag] ?? 0), 0)],
    two(window),
    [0, 0, 0, 0],
    options,
    payload,
  );
export const udp = (sport: number, dport: number, payload: Uint8Array) =>
  join(two(sport), two(dport), two(8 + payload.length), [0, 0], payload);
export const icmp = (type: number, code: number, rest: number, payload: Uint8Array = hex('')) =>
  join([type, code, 0, 0], four(rest), payload);
export const echo = (
  type: 8 | 0 | 128 | 129,
  id: number,
  seq: number,
  payload: Uint8Array = text('abcdefgh01234567'),
) => icmp(type, 0, id * 0x1_0000 + seq, payload);
export const arp = (operation: number, senderIp: string, targetIp: string, senderMac: string = macs.a) =>
  ethernet(
    0x0806,
    join(
      hex('0001080006040000').with(7, operation),
      mac(senderMac),
      address(senderIp),
      mac('00:00:00:00:00:00'),
      address(targetIp),
    ),
    senderMac,
    macs.all,
  );
export const vxlan = (vni: number, frame: Uint8Array) => udp(51_000, 4789, join([8, 0, 0, 0], four(vni << 8), frame));
export const geneve = (vni: number, frame: Uint8Array) =>
  udp(51_000, 6081, join([0, 0, 0x65, 0x58], four(vni << 8), frame));
export const gre = (etherType: number, payload: Uint8Array, key?: number) =>
  join(two(key === undefined ? 0 : 0x2000), two(etherType), key === undefined ? [] : four(key), payload);

const dnsName = (name: string): Uint8Array =>
  join(...name.split('.').map((label) => [label.length, ...text(label)]), [0]);
export const dnsQuery = (id: number, name: string, type = 1) =>
  join(two(id), hex('01000001000000000000'), dnsName(name), two(type), [0, 1]);
/** Answers with addresses; the name is a pointer to the question. */
export const dnsAnswer = (id: number, name: string, addresses: readonly string[], rcode = 0) =>
  join(
    two(id),
    two(0x8180 | rcode),
    hex('0001'),
    two(addresses.length),
    hex('00000000'),
    dnsName(name),
    hex('00010001'),
    ...addresses.map((one) => join(hex('c00c000100010000003c0004'), address(one))),
  );

/** A record whose name is one SNI. */
export const clientHello = (serverName: string) => {
  const name = join([0], two(serverName.length), text(serverName));
  const sni = join(hex('0000'), two(name.length + 2), two(name.length), name);
  const versions = hex('002b0005040a0a0304');
  const extensions = join(sni, versions);
  const body = join(
    hex('0303'),
    new Uint8Array(32),
    [0],
    hex('00021301'),
    hex('0100'),
    two(extensions.length),
    extensions,
  );
  const shake = join([1, 0], two(body.length), body);
  return join(hex('160301'), two(shake.length), shake);
};

/** TCP over IPv4 over Ethernet, what most tests need. */
export const tcpFrame = (ip: Omit<Ipv4, 'proto'>, header: Tcp, payload?: Uint8Array) =>
  ethernet(0x0800, ipv4({ ...ip, proto: 6 }, tcp(header, payload)));
export const udpFrame = (ip: Omit<Ipv4, 'proto'>, sport: number, dport: number, payload: Uint8Array) =>
  ethernet(0x0800, ipv4({ ...ip, proto: 17 }, udp(sport, dport, payload)));
export const icmpFrame = (ip: Omit<Ipv4, 'proto'>, payload: Uint8Array) =>
  ethernet(0x0800, ipv4({ ...ip, proto: 1 }, payload));

/** Numbers that look random and are the same in every run (mulberry32). */
export const createDice = (seed: number): ((sides: number) => number) => {
  let state = seed;
  return (sides) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * sides);
  };
};
