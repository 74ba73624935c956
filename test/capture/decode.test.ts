import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { decodePacket } from '../../src/capture/decode/decode-packet.ts';
import type { IpLayer, Layer } from '../../src/capture/decode/layers.ts';
import { requires } from '../support/requires.ts';
import { samples } from './sample-packets.ts';

/** Another program that takes packets apart; the two must agree on every fact both name. */
const { describe, test } = requires('tool:tshark');

const fields = [
  'ip.src',
  'ip.dst',
  'ip.ttl',
  'ip.proto',
  'ipv6.src',
  'ipv6.dst',
  'tcp.srcport',
  'tcp.dstport',
  'tcp.seq_raw',
  'tcp.len',
  'tcp.window_size_value',
  'tcp.options.mss_val',
  'udp.srcport',
  'udp.dstport',
  'icmp.type',
  'icmp.code',
  'icmpv6.type',
  'arp.opcode',
  'dns.qry.name',
  'dns.a',
  'tls.handshake.extensions_server_name',
  'http.host',
  'vxlan.vni',
  'geneve.vni',
  'gre.key',
  'vlan.id',
] as const;
type Field = (typeof fields)[number];

/** One file, so one kind of link. */
const onEthernet = samples.filter(({ linkType = 1 }) => linkType === 1);

const pcapOf = (packets: readonly Uint8Array[]): Buffer => {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(262_144, 16);
  header.writeUInt32LE(1, 20);
  const records = packets.map((bytes) => {
    const record = Buffer.alloc(16);
    record.writeUInt32LE(bytes.length, 8);
    record.writeUInt32LE(bytes.length, 12);
    return Buffer.concat([record, bytes]);
  });
  return Buffer.concat([header, ...records]);
};

let folder: string;
let told: readonly ReadonlyMap<Field, readonly string[]>[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'vethscope-tshark-'));
  const file = join(folder, 'samples.pcap');
  writeFileSync(file, pcapOf(onEthernet.map(({ bytes }) => bytes)));
  const options = ['-n', '-o', 'ip.defragment:false', '-T', 'fields', '-E', 'separator=|', '-E', 'aggregator=;'];
  const lines = execFileSync('tshark', ['-r', file, ...options, ...fields.flatMap((field) => ['-e', field])], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).split('\n');
  told = onEthernet.map((_, n) => {
    const cells = lines[n]?.split('|') ?? [];
    return new Map(fields.map((field, at) => [field, (cells[at] ?? '').split(';').filter((one) => one !== '')]));
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Layers with those an error quotes, in the order in which they stand in the packet. */
const flat = (layers: readonly Layer[]): readonly Layer[] =>
  layers.flatMap((one) => [one, ...('original' in one ? flat(one.original ?? []) : [])]);

const ofKind = <Kind extends Layer['kind']>(layers: readonly Layer[], ...kinds: readonly Kind[]) =>
  layers.filter((one): one is Extract<Layer, { kind: Kind }> => (kinds as readonly string[]).includes(one.kind));

const ours = (bytes: Uint8Array): Partial<Record<Field, readonly (string | number)[]>> => {
  const layers = flat(decodePacket(bytes, 1).layers);
  const ip = (kind: IpLayer['kind']) => ofKind(layers, kind);
  const tcp = ofKind(layers, 'tcp');
  const udp = ofKind(layers, 'udp');
  const icmp = ofKind(layers, 'icmp');
  const defined = <Value>(values: readonly (Value | undefined)[]) => values.filter((one) => one !== undefined);
  return {
    'ip.src': ip('ipv4').map(({ src }) => src),
    'ip.dst': ip('ipv4').map(({ dst }) => dst),
    'ip.ttl': ip('ipv4').map(({ ttl }) => ttl),
    'ip.proto': ip('ipv4').map(({ proto }) => proto),
    'ipv6.src': ip('ipv6').map(({ src }) => src),
    'ipv6.dst': ip('ipv6').map(({ dst }) => dst),
    'tcp.srcport': tcp.map(({ sport }) => sport),
    'tcp.dstport': tcp.map(({ dport }) => dport),
    'tcp.seq_raw': tcp.map(({ seq }) => seq),
    'tcp.len': tcp.map(({ payloadLength }) => payloadLength),
    'tcp.window_size_value': tcp.map(({ window }) => window),
    'tcp.options.mss_val': defined(tcp.map(({ mss }) => mss)),
    'udp.srcport': udp.map(({ sport }) => sport),
    'udp.dstport': udp.map(({ dport }) => dport),
    'icmp.type': icmp.map(({ type }) => type),
    'icmp.code': icmp.map(({ code }) => code),
    'icmpv6.type': ofKind(layers, 'icmpv6').map(({ type }) => type),
    'arp.opcode': ofKind(layers, 'arp').map(({ operation }) => operation),
    'dns.qry.name': ofKind(layers, 'dns').flatMap(({ questions }) => questions.map(({ name }) => name)),
    'dns.a': ofKind(layers, 'dns').flatMap(({ answers }) => answers.map(({ data }) => data)),
    'tls.handshake.extensions_server_name': defined(ofKind(layers, 'tls').map(({ serverName }) => serverName)),
    'http.host': defined(ofKind(layers, 'http').map(({ host }) => host)),
    'vxlan.vni': ofKind(layers, 'vxlan').map(({ id }) => id ?? ''),
    'geneve.vni': ofKind(layers, 'geneve').map(({ id }) => Number(id)),
    'gre.key': defined(ofKind(layers, 'gre').map(({ id }) => id)),
    'vlan.id': ofKind(layers, 'vlan').map(({ id }) => id),
  };
};

/** tshark prints some numbers in hexadecimal. */
const plain = (value: string | number): string =>
  /^0x[0-9a-f]+$/.test(String(value)) ? String(Number(value)) : String(value);

/** Where tshark names no field for what it shows, knows a port we leave alone, or looks no further. */
const silent: Readonly<Record<string, readonly Field[]>> = {
  "a DNS answer of Docker's resolver, from the port lo sees": ['dns.qry.name', 'dns.a'],
  'packet too big': ['tcp.len'],
  // The outer tag goes by another name there.
  QinQ: ['vlan.id'],
};

describe('tshark agrees', () => {
  test.each(onEthernet.map((sample, n) => [sample.name, n] as const))('on %s', (name, n) => {
    const mine = ours(onEthernet[n]!.bytes);
    for (const field of fields) {
      if (silent[name]?.includes(field)) continue;
      expect(mine[field]?.map(plain), field).toEqual(told[n]?.get(field)?.map(plain));
    }
  });
});
