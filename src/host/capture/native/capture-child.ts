/** Reads the packets of several links without any tool, in a process of its own: it ends when its parent does, and blocks nobody. */
import { readSync, writeSync } from 'node:fs';
import { enterNetns, openNetns, stayingHome } from '../../namespaces/open-netns.ts';
import { poll } from '../../netlink/kernel/socket-calls.ts';
import { littleEndian } from '../../netlink/wire/attributes.ts';
import {
  type ChildOrder,
  type ChildTap,
  type ChildWord,
  encodeWord,
  frameHeaderBytes,
  frameKinds,
  writeFrameHeader,
} from './child-frame.ts';
import { findLinkKind } from './link-kind.ts';
import {
  openPacketSocket,
  type PacketRing,
  type PacketSocket,
  type RingOrder,
  retireMs,
  ringBlockBytes,
} from './packet-ring.ts';
import { copyFrame, readRingBlock } from './read-ring-block.ts';

interface OpenTap {
  readonly tap: number;
  readonly ring: PacketRing;
  /** The kernel shows each packet of a loopback twice, going out and coming in. */
  readonly isLoopback: boolean;
}

const stdin = 0;
const stdout = 1;
const POLLIN = 1;
const POLLERR = 8;
const countsMs = 1000;

/** A blocking write: while the parent does not read, the kernel keeps what fits into the ring, and counts the rest. */
const put = (bytes: Uint8Array, length = bytes.length): void => {
  for (let at = 0; at < length; ) at += writeSync(stdout, bytes, at, length - at);
};
const say = (tap: number, word: ChildWord): void => put(encodeWord(tap, word));

const causes: readonly string[] = ['EPERM', 'EACCES'];
const explain = (error: unknown): ChildWord => {
  const detail = error instanceof Error ? error.message : String(error);
  if (causes.includes(detail)) return { say: 'ended', why: 'EPERM', detail };
  return { say: 'ended', why: detail === 'ENODEV' || detail === 'ENXIO' ? 'vanished' : 'failed', detail };
};

const openRing = (packets: PacketSocket, order: RingOrder): PacketRing => {
  try {
    return packets.open(order);
  } catch (error) {
    packets.close();
    throw error;
  }
};

const openTap = (order: ChildOrder, tap: number, { ifindex, inode, doors }: ChildTap): OpenTap | undefined => {
  const netns = openNetns(doors, inode);
  if (netns === undefined) {
    say(tap, { say: 'ended', why: 'netns' });
    return undefined;
  }
  try {
    return stayingHome(() => {
      const refused = enterNetns(netns.fd);
      if (refused !== undefined) throw new Error(refused);
      const packets = openPacketSocket(ifindex);
      const kind = findLinkKind(packets.linkKind);
      if (kind === undefined) {
        packets.close();
        say(tap, { say: 'ended', why: 'link-type', detail: `ARPHRD ${packets.linkKind}` });
        return undefined;
      }
      const { promiscuous, bufferBytes, programs } = order;
      const ring = openRing(packets, { program: programs[kind.frame], promiscuous, bufferBytes });
      say(tap, { say: 'ready', linkType: kind.linkType });
      return { tap, ring, isLoopback: kind.isLoopback };
    });
  } catch (error) {
    say(tap, explain(error));
    return undefined;
  } finally {
    netns.close();
  }
};

/** One write a block: headers and a block's packets, VLAN tags put back. */
const scratch = new Uint8Array(ringBlockBytes * 3);
const scratchView = new DataView(scratch.buffer);
const spareBytes = 128 * 1024;

const pump = ({ tap, ring, isLoopback }: OpenTap): void =>
  ring.drain((block) => {
    let at = 0;
    readRingBlock(block, (packet) => {
      if (isLoopback && packet.isOutgoing) return;
      if (at + frameHeaderBytes + packet.bytes.length > scratch.length - spareBytes) {
        put(scratch, at);
        at = 0;
      }
      const kept = copyFrame(packet, scratch, at + frameHeaderBytes);
      const { length, seconds, nanoseconds, isOutgoing } = packet;
      const direction = isOutgoing ? 2 : 1;
      writeFrameHeader(scratchView, at, {
        tap,
        kind: frameKinds.packet,
        direction,
        kept,
        length,
        seconds,
        nanoseconds,
      });
      at += frameHeaderBytes + kept;
    });
    put(scratch, at);
  });

/** The kernel hands over a block that is not full after its time; then nothing is left. */
const finish = (taps: readonly OpenTap[], why?: 'vanished'): void => {
  for (const { ring } of taps) ring.shut();
  if (taps.length > 0) poll(new Uint8Array(128), 0, 2 * retireMs);
  for (const one of taps) {
    pump(one);
    say(one.tap, { say: 'ended', counts: one.ring.counts(), ...(why === undefined ? {} : { why }) });
    one.ring.close();
  }
};

/** Waits for packets of any tap, or a word of the parent; answers what poll saw of each. */
const waitFor = (taps: readonly OpenTap[], timeoutMs: number): readonly number[] => {
  const fds = [stdin, ...taps.map(({ ring }) => ring.fd)];
  const memory = new DataView(new ArrayBuffer(Math.max(128, fds.length * 8)));
  for (const [n, fd] of fds.entries()) {
    memory.setInt32(n * 8, fd, littleEndian);
    memory.setUint16(n * 8 + 4, POLLIN, littleEndian);
  }
  poll(new Uint8Array(memory.buffer), fds.length, timeoutMs);
  return fds.map((_, n) => memory.getUint16(n * 8 + 6, littleEndian));
};

/** Undefined at its end. */
const readWords = (): readonly string[] | undefined => {
  const piece = Buffer.alloc(4096);
  const length = readSync(stdin, piece);
  return length === 0 ? undefined : piece.toString('utf8', 0, length).split('\n');
};

const run = (order: ChildOrder): void => {
  let taps = order.taps.map((tap, n) => openTap(order, n, tap)).filter((one) => one !== undefined);
  let counted = performance.now();
  while (taps.length > 0) {
    const [asked = 0, ...seen] = waitFor(taps, countsMs);
    for (const one of taps) pump(one);
    if (asked !== 0) {
      const words = readWords();
      if (words === undefined || words.includes('stop')) break;
      const ending = taps.filter(({ tap }) => words.includes(`end ${tap}`));
      finish(ending);
      taps = taps.filter((one) => !ending.includes(one));
      continue;
    }
    const isTime = performance.now() - counted >= countsMs;
    // A link goes down before it goes: the error tells the one, and nothing the other.
    const lost = taps.filter(({ ring }, n) => (isTime || ((seen[n] ?? 0) & POLLERR) !== 0) && ring.hasLostLink());
    finish(lost, 'vanished');
    taps = taps.filter((one) => !lost.includes(one));
    if (!isTime) continue;
    counted = performance.now();
    for (const { tap, ring } of taps) say(tap, { say: 'counts', counts: ring.counts() });
  }
  finish(taps);
};

/** The first line, whole: the parent writes it at once. */
const readOrder = (): ChildOrder => {
  let text = '';
  while (!text.includes('\n')) {
    const words = Buffer.alloc(65_536);
    const length = readSync(stdin, words);
    if (length === 0) process.exit(1);
    text += words.toString('utf8', 0, length);
  }
  return JSON.parse(text) as ChildOrder;
};

process.on('SIGPIPE', () => process.exit(1));
try {
  run(readOrder());
  process.exit(0);
} catch {
  // The parent is gone: there is nobody to tell.
  process.exit(1);
}
