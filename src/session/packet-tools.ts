/** What makes packets readable, loaded when the first packet is looked at. */
import type { decodePacket } from '../capture/decode/decode-packet.ts';

export interface PacketTools {
  readonly decodePacket: typeof decodePacket;
}

export const loadPacketTools = async (): Promise<PacketTools> => {
  const [decode] = await Promise.all([import('../capture/decode/decode-packet.ts')]);
  return { decodePacket: decode.decodePacket };
};
