/** Reads a classic pcap file as tcpdump writes it, for tests that compare with other programs. */
export interface PcapPacket {
  /** Nanoseconds since 1970. */
  readonly at: bigint;
  readonly length: number;
  readonly bytes: Uint8Array;
}

const nanoMagic = 0xa1b23c4d;

/** Little-endian files only: those of the machines the tests run on. */
export const readPcap = (file: Buffer): { readonly linkType: number; readonly packets: readonly PcapPacket[] } => {
  const nano = file.readUInt32LE(0) === nanoMagic;
  const packets: PcapPacket[] = [];
  for (let at = 24; at + 16 <= file.length; ) {
    const size = file.readUInt32LE(at + 8);
    packets.push({
      at: BigInt(file.readUInt32LE(at)) * 1_000_000_000n + BigInt(file.readUInt32LE(at + 4)) * (nano ? 1n : 1000n),
      length: file.readUInt32LE(at + 12),
      bytes: new Uint8Array(file.subarray(at + 16, at + 16 + size)),
    });
    at += 16 + size;
  }
  return { linkType: file.readUInt32LE(20) & 0xffff, packets };
};
