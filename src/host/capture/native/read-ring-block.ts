/** The packets of one ring block (linux/if_packet.h, TPACKET_V3), with a VLAN tag put back where the kernel took it off. */
import { littleEndian } from '../../netlink/wire/attributes.ts';

export interface RingPacket {
  readonly seconds: number;
  readonly nanoseconds: number;
  /** On the link. */
  readonly length: number;
  readonly bytes: Uint8Array;
  /** Bytes of a VLAN tag that belongs behind the two MAC addresses; absent where there is none. */
  readonly tag?: Uint8Array;
  readonly isOutgoing: boolean;
}

/** struct tpacket_block_desc. */
const countAt = 12;
const firstAt = 16;
/** struct tpacket3_hdr. */
const secondsAt = 4;
const nanosecondsAt = 8;
const keptAt = 12;
const lengthAt = 16;
const statusAt = 20;
const macAt = 24;
const tciAt = 32;
const tpidAt = 36;
/** struct sockaddr_ll follows the header, which is 48 bytes long. */
const pktTypeAt = 48 + 10;

const TP_STATUS_VLAN_VALID = 1 << 4;
const TP_STATUS_VLAN_TPID_VALID = 1 << 6;
const PACKET_OUTGOING = 4;
const ETH_P_8021Q = 0x8100;
const tagBytes = 4;
const macBytes = 12;

const readTag = (block: DataView, at: number): Uint8Array | undefined => {
  const status = block.getUint32(at + statusAt, littleEndian);
  if ((status & TP_STATUS_VLAN_VALID) === 0) return undefined;
  const tpid = (status & TP_STATUS_VLAN_TPID_VALID) === 0 ? ETH_P_8021Q : block.getUint16(at + tpidAt, littleEndian);
  const tci = block.getUint32(at + tciAt, littleEndian);
  return Uint8Array.of(tpid >> 8, tpid & 0xff, (tci >> 8) & 0xff, tci & 0xff);
};

/** `take` must be done with the bytes when it returns: they are the kernel's. */
export const readRingBlock = (block: DataView<ArrayBuffer>, take: (packet: RingPacket) => void): void => {
  const count = block.getUint32(countAt, littleEndian);
  let at = block.getUint32(firstAt, littleEndian);
  for (let n = 0; n < count; n++) {
    const kept = block.getUint32(at + keptAt, littleEndian);
    const mac = block.getUint16(at + macAt, littleEndian);
    const tag = kept >= macBytes ? readTag(block, at) : undefined;
    take({
      seconds: block.getUint32(at + secondsAt, littleEndian),
      nanoseconds: block.getUint32(at + nanosecondsAt, littleEndian),
      length: block.getUint32(at + lengthAt, littleEndian) + (tag === undefined ? 0 : tagBytes),
      bytes: new Uint8Array(block.buffer, block.byteOffset + at + mac, kept),
      ...(tag === undefined ? {} : { tag }),
      isOutgoing: block.getUint8(at + pktTypeAt) === PACKET_OUTGOING,
    });
    at += block.getUint32(at, littleEndian);
  }
};

/** The frame as it was on the wire, into memory of ours; answers its length there. */
export const copyFrame = ({ bytes, tag }: RingPacket, out: Uint8Array, at: number): number => {
  if (tag === undefined) {
    out.set(bytes, at);
    return bytes.length;
  }
  out.set(bytes.subarray(0, macBytes), at);
  out.set(tag, at + macBytes);
  out.set(bytes.subarray(macBytes), at + macBytes + tagBytes);
  return bytes.length + tagBytes;
};
