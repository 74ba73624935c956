import { describe, expect, test } from 'vitest';
import { decodePacket } from '../../../src/capture/decode/decode-packet.ts';
import type { Layer } from '../../../src/capture/decode/layers.ts';
import { readHeaders } from '../../../src/capture/decode/read-headers.ts';
import { summaryText } from '../../../src/capture/filter/summary-text.ts';
import { createDice, ethernet, hex, ipv4, tcpFrame, text, udpFrame } from '../packets.ts';
import { samples } from '../sample-packets.ts';

const lineOf = (bytes: Uint8Array, linkType = 1, lengthOnLink = bytes.length): string =>
  summaryText(decodePacket(bytes, linkType, lengthOnLink).summary, () => undefined);

const layer = <Kind extends Layer['kind']>(bytes: Uint8Array, kind: Kind): Extract<Layer, { kind: Kind }> =>
  decodePacket(bytes, 1).layers.find((one) => one.kind === kind) as Extract<Layer, { kind: Kind }>;

const ends = { src: '172.17.0.2', dst: '172.17.0.3' } as const;

describe('a packet in one line', () => {
  test.each(samples.map((sample) => [sample.name, sample] as const))('%s', (_, { bytes, linkType, line }) => {
    expect(lineOf(bytes, linkType)).toBe(line);
  });

  test('names in place of addresses stand wherever an address stands', () => {
    const names = new Map([['172.17.0.2', 'web']]);
    const { summary } = decodePacket(samples[0]!.bytes, 1);
    expect(summaryText(summary, (address) => names.get(address))).toBe(
      'web → 172.17.0.1 ARP who has 172.17.0.1? tell web',
    );
  });

  test('every layer lies where it says it lies', () => {
    for (const { bytes, linkType = 1 } of samples)
      for (const one of decodePacket(bytes, linkType).layers) {
        expect(one.offset).toBeGreaterThanOrEqual(0);
        expect(one.offset + one.size).toBeLessThanOrEqual(bytes.length);
      }
  });
});

describe('what the network sends may be anything', () => {
  test.each(samples.map((sample) => [sample.name, sample] as const))(
    '%s, cut at every length',
    (_, { bytes, linkType = 1 }) => {
      for (let length = 0; length <= bytes.length; length++) {
        const part = bytes.slice(0, length);
        expect(() => decodePacket(part, linkType, bytes.length).summary).not.toThrow();
        expect(() => readHeaders(part, linkType, bytes.length)).not.toThrow();
      }
    },
  );

  test('bytes changed at random, and random bytes: never a throw, never a character that steers a terminal', () => {
    const roll = createDice(42);
    for (let n = 0; n < 30_000; n++) {
      const { bytes, linkType = 1 } = samples[roll(samples.length)]!;
      const changed = Uint8Array.from(bytes);
      for (let times = roll(8) + 1; times > 0; times--) changed[roll(changed.length)] = roll(256);
      const { summary, cut } = decodePacket(changed, roll(20) === 0 ? roll(300) : linkType);
      const line = `${summaryText(summary, () => undefined)}${cut}`;
      expect(line).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      readHeaders(changed, linkType);
    }
  });

  test('a snap length is said, and the fields before it are still read', () => {
    const { bytes } = samples.find(({ name }) => name === 'a TLS ClientHello')!;
    expect(lineOf(bytes.slice(0, 14 + 20 + 10), 1, bytes.length)).toBe(
      '172.17.0.2:40000 → 172.17.0.3:443 TCP seq 1000 (TCP header not captured whole)',
    );
  });

  test('a packet that ends too early by itself is told apart from one that was cut', () => {
    const broken = ethernet(0x0800, ipv4({ ...ends, proto: 6 }, hex('9c40005000')));
    expect(decodePacket(broken, 1).cut).toBe('TCP header too short');
  });

  test('names in DNS cannot go round, run out of the message, or hide control characters', () => {
    const loop = hex('000101000001000000000000 c00c 00010001');
    expect(layer(udpFrame(ends, 40_000, 53, loop), 'dns').questions).toEqual([]);
    const ahead = hex('000101000001000000000000 c014 00010001 0000');
    expect(layer(udpFrame(ends, 40_000, 53, ahead), 'dns').questions).toEqual([]);
    const hostile = new Uint8Array([
      ...hex('000101000001000000000000 06'),
      ...text('a\u001b[3.b'),
      ...hex('00 00010001'),
    ]);
    expect(layer(udpFrame(ends, 40_000, 53, hostile), 'dns').questions).toEqual([{ name: 'a\\e[3\\.b', type: 'A' }]);
  });

  test('a chain of DNS pointers costs no more than the message is long', () => {
    const chain = new Uint8Array(12 + 2 + 2 * 8000);
    chain.set(hex('000101000001000000000000 00'));
    for (let at = 14; at + 2 <= chain.length; at += 2) chain.set([0xc0 | ((at - 2) >> 8), (at - 2) & 255], at);
    expect(() => decodePacket(udpFrame(ends, 40_000, 53, chain), 1)).not.toThrow();
  });

  test('an HTTP line with escape sequences is printed, not obeyed', () => {
    const line = lineOf(
      tcpFrame(ends, { flags: 'P.' }, text('GET /\u001b]0;x\u0007 HTTP/1.1\r\nHost: a\u009bb\r\n\r\n')),
    );
    expect(line).toContain('GET /\\e]0;x\\x07 HTTP/1.1 (a\\x9bb)');
  });

  test('packets in packets end somewhere', () => {
    let bytes = ipv4({ ...ends, proto: 4 }, hex('45'));
    for (let n = 0; n < 100; n++) bytes = ipv4({ ...ends, proto: 4 }, bytes);
    const { layers } = decodePacket(bytes, 101);
    expect(layers.length).toBeLessThan(30);
    expect(layers.at(-1)).toMatchObject({ kind: 'data', what: 'packets nested too deep' });
  });
});

describe('header fields', () => {
  test('are those of the innermost packet, with what it travels in', () => {
    const { bytes } = samples.find(({ name }) => name === 'VXLAN')!;
    expect(readHeaders(bytes, 1)).toMatchObject({
      src: '172.17.0.2',
      dst: '172.17.0.3',
      inside: 'vxlan 42',
      icmpType: 8,
      seq: 1,
    });
    expect(readHeaders(bytes, 1).outer).toMatchObject({ src: '10.0.0.1', dport: 4789 });
  });

  test('an inner packet that is cut off leaves the one around it', () => {
    const { bytes } = samples.find(({ name }) => name === 'VXLAN')!;
    expect(readHeaders(bytes.slice(0, 70), 1, bytes.length)).toMatchObject({
      src: '10.0.0.1',
      inside: '',
      dport: 4789,
    });
  });

  test('the length of the payload comes from the headers: neither padding nor a snap length changes it', () => {
    const bytes = tcpFrame(ends, { flags: 'P.' }, text('hello'));
    const padded = new Uint8Array(100);
    padded.set(bytes);
    expect(readHeaders(padded, 1).payloadLength).toBe(5);
    expect(readHeaders(bytes.slice(0, 54), 1, bytes.length).payloadLength).toBe(5);
  });

  test('a packet larger than its length field can say has the length it had on the link', () => {
    const bytes = tcpFrame(ends, { flags: 'P.' }, text('hello'));
    bytes[16] = 0;
    bytes[17] = 0;
    expect(readHeaders(bytes, 1, 90_000).payloadLength).toBe(90_000 - 54);
  });
});
